// Parameters that the account gave to its calls: site, campaign, tags and values of its own.
// The names of the service whose webhooks are followed stand beside clearer ones for the same value.

import type { ParameterRows } from './parameter-entry.ts'

/** Rows of the catalogue by group; see parameter-catalogue.ts. */
export const parameterRowsOfAccount = {
  account: [
    {
      name: 'account_id',
      type: 'id',
      atStart: 'always',
      atEnd: 'always',
      example: '10427',
      meaning: 'The account that owns the call and the webhook',
    },
    {
      name: 'user_id',
      type: 'id',
      atStart: 'always',
      atEnd: 'always',
      example: '10427',
      meaning: 'The same as account_id',
      derivedFrom: ['account_id'],
      value: ({ account_id }) => account_id,
    },
    {
      name: 'host',
      type: 'word',
      format: 'host name',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'okna.example.ru',
      meaning: 'Site whose number was dialled',
    },
    {
      name: 'company_name',
      type: 'text',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'Окна Москва',
      meaning: 'The tracking campaign in the account; not utm_campaign',
    },
    {
      name: 'project_name',
      type: 'text',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'Окна Москва',
      meaning: 'The same as company_name',
      derivedFrom: ['company_name'],
      value: ({ company_name }) => company_name,
    },
  ],
  labels: [
    {
      name: 'tags',
      type: 'list',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: ['целевой', 'уникальный'],
      meaning: 'Tags on the call',
    },
    {
      name: 'is_unique',
      type: 'flag',
      atStart: 'always',
      atEnd: 'always',
      example: true,
      meaning: "Whether it is the first call of this client in the account's period",
    },
    {
      name: 'is_target',
      type: 'flag',
      atStart: 'never',
      atEnd: 'always',
      example: true,
      meaning: "Whether the conversation reached the account's target length",
    },
    {
      name: 'custom_1',
      type: 'text',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'order-77',
      meaning: "First value that the site's script passed",
    },
    {
      name: 'custom_2',
      type: 'text',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'vip',
      meaning: "Second value that the site's script passed",
    },
    {
      name: 'custom_3',
      type: 'text',
      atStart: 'when_known',
      atEnd: 'when_known',
      example: 'Скидка 10 %',
      meaning: "Third value that the site's script passed",
    },
  ],
} as const satisfies ParameterRows
