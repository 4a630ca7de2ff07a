import { describe, expect, it } from '@jest/globals'
import {
  byField,
  fieldOf,
  isAdvanced,
  isForAnotherAddress,
  wholeForm,
} from '../../../../src/console/page/fault-placement.ts'
import { draftOf } from '../../../../src/console/page/form-draft.ts'
import { emptyForm } from '../../../../src/console/page/form-state.ts'
import { webhookFormFields } from '../../../../src/domain/webhook-form-record.ts'
import { limitNames } from '../../../../src/domain/webhook-limits.ts'

const positions = { parameters: [7, 4], headers: [9], secrets: [12] }

describe('the field of a fault', () => {
  it.each([
    ['address', 'address'],
    ['host', 'address'],
    ['port', 'address'],
    ['protocol', 'address'],
    ['path', 'path'],
    ['parameters', 'parameters'],
    ['parameters[0].name', 'parameter-7-name'],
    ['parameters[1]', 'parameter-4-value'],
    ['parameters[1].parameter', 'parameter-4-value'],
    ['parameters[1].source.parameter', 'parameter-4-value'],
    ['parameters[0].literal', 'parameter-7-value'],
    ['parameters[2].name', 'parameters'],
    ['event_types[1]', 'event-types'],
    ['headers[0].name', 'header-9-name'],
    ['headers[0].value', 'header-9-value'],
    ['headers[3].value', 'headers'],
    ['authentication.password', 'password'],
    ['signing_secrets[0]', 'secret-12'],
    ['signing_secrets[1]', 'signing-secrets'],
    ['limits.total_timeout_ms', 'total-timeout'],
    ['limits.concurrency', 'concurrency'],
    ['limits.rate_per_second', 'rate-per-second'],
    ['limits.retry_horizon_s', 'retry-horizon'],
    ['limits', 'limits'],
    ['limits.unknown', wholeForm],
    ['', wholeForm],
    ['__proto__', wholeForm],
  ])('of %j is %s', (path, field) => {
    expect(fieldOf(path, positions)).toBe(field)
  })

  it('is one of its own for every field that a client fills in', () => {
    const notTheirs = new Set(['webhook_id', 'account_id', 'enabled', 'created_at', 'updated_at'])
    const theirs = [
      ...webhookFormFields.filter((name) => !notTheirs.has(name)),
      ...limitNames.map((name) => `limits.${name}`),
    ]
    expect(theirs.filter((name) => fieldOf(name, positions) === wholeForm)).toEqual([])
  })
})

it('keeps the order of faults within a field, and follows rows that are skipped', () => {
  const parameters = [
    { key: 1, name: '', source: 'parameter', value: '' },
    { key: 2, name: 'a', source: 'parameter', value: 'x' },
  ] as const
  const draft = draftOf({ ...emptyForm, parameters })
  const faults = [
    { path: 'parameters[0].parameter', text: 'first' },
    { path: 'address', text: 'other' },
    { path: 'parameters[0].literal', text: 'second' },
  ]
  const placed = byField(faults, draft)
  expect(placed.get('parameter-2-value')?.map(({ text }) => text)).toEqual(['first', 'second'])
  expect([...placed.keys()]).toEqual(['parameter-2-value', 'address'])
})

it('knows which fields stand in the part that is closed at first', () => {
  const open = ['address', 'path', 'parameters', 'parameter-1-name', 'method', 'event-types', 'content-type']
  expect(open.filter(isAdvanced)).toEqual([])
  const paths = [
    'headers',
    'headers[0].name',
    'authentication.username',
    'authentication.token',
    'signing_secrets[0]',
  ]
  const limits = ['limits', ...limitNames.map((name) => `limits.${name}`)]
  const advanced = [...paths, 'tls_verification', 'missing_values', 'time_zone', ...limits]
  expect(advanced.filter((path) => !isAdvanced(fieldOf(path, positions)))).toEqual([])
})

it.each([
  ['headers[12].value', 'conflict', true],
  ['authentication.password', 'conflict', true],
  ['authentication.token', 'conflict', true],
  ['headers[0].name', 'conflict', false],
  ['authentication.token', 'form', false],
] as const)('knows stored secrets of another address: %s %s', (path, rule, isOne) => {
  expect(isForAnotherAddress({ path, rule, found: '', allowed: '' })).toBe(isOne)
})
