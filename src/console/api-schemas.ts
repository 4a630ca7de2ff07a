// The API as its OpenAPI document describes it. Parameters of addresses are checked by these schemas; bodies are only
// described by them, because the reader of forms names each fault and a schema check does not.
import { readFileSync } from 'node:fs'
import { deliveryComponents, deliverySchemas } from './api-schemas-deliveries.ts'
import {
  answer,
  byId,
  common,
  count,
  flag,
  invalid,
  list,
  object,
  orNull,
  raced,
  ref,
  stored,
  text,
  unknown,
  withBody,
} from './api-schema-parts.ts'
import type { Schema } from './api-schema-parts.ts'

const webhookSchema = JSON.parse(
  readFileSync(new URL('../../schemas/webhook.schema.json', import.meta.url), 'utf8'),
) as Schema

/** What the server sets itself. */
const setHere = new Set(['webhook_id', 'account_id', 'created_at', 'updated_at'])

export const components = {
  schemas: {
    WebhookDraft: {
      ...withoutIdentity(webhookSchema),
      required: (Array.isArray(webhookSchema['required']) ? webhookSchema['required'] : []).filter(
        (name: unknown) => typeof name !== 'string' || !setHere.has(name),
      ),
      description:
        'A webhook as a client fills it in. Id, account and times are set by the server. A secret that is *** stays as it is stored: a header’s by its name, a signing secret by its position, where null stands for one that goes. For another protocol, host or port than the stored ones, header values, password and token have to be given anew.',
    },
    Webhook: object(
      { webhook_id: text, account_id: text, enabled: flag, address: text, path: text },
      { description: 'A webhook with *** in the place of each secret.' },
    ),
    Fault: object({ path: text, rule: text, found: text, allowed: text }),
    Warning: object({ path: text, rule: text, text }),
    Counts: object({ delivered: count, failed: count, last_attempt_at: orNull('string') }),
    Stored: object({
      webhook: ref('Webhook'),
      etag: text,
      valid: flag,
      faults: list(ref('Fault')),
      counts: ref('Counts'),
      suspension: { anyOf: [ref('Suspension'), { type: 'null' }] },
    }),
    Saved: object({ webhook: ref('Webhook'), etag: text, warnings: list(ref('Warning')) }),
    Error: { ...object({ error: text }), properties: { error: text, detail: text } },
    InvalidWebhook: object({ error: text, faults: list(ref('Fault')) }),
    ChangedMeanwhile: object({ error: text, current: object({ webhook: ref('Webhook'), etag: text }) }),
    ...deliveryComponents,
    PreviewedRequest: object({ event_type: text, text, bytes: count, cut_values: list(text) }),
  },
}

/** Checked by the route: its absence has an answer of its own. */
const ifMatch = {
  headers: {
    type: 'object',
    properties: { 'if-match': { type: 'string', description: 'The ETag of the version that is changed' } },
  },
}
const webhookAndId = {
  ...object({ webhook: ref('WebhookDraft') }),
  properties: {
    webhook: ref('WebhookDraft'),
    webhook_id: { type: 'string', description: 'Whose stored secrets *** stands for' },
  },
}

export const routeSchemas = {
  session: {
    summary: 'Who asks, and what the operator leaves to them',
    response: {
      ...common,
      200: answer('The account', object({ account_id: text, authentication: text, unverified_tls: text })),
    },
  },
  list: {
    summary: 'The account’s webhooks, newest created first',
    querystring: {
      type: 'object',
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
        after: { type: 'string', minLength: 1, maxLength: 2_000, description: 'The next of an earlier page' },
        search: { type: 'string', maxLength: 200, default: '', description: 'In address, names and id' },
      },
    },
    response: {
      ...stored,
      200: answer('A page', object({ webhooks: list(ref('Stored')), total: count, next: orNull('string') })),
    },
  },
  create: {
    summary: 'Add a webhook',
    body: ref('WebhookDraft'),
    response: { ...stored, ...withBody, ...invalid, 201: answer('Added and read back', ref('Saved')) },
  },
  get: {
    summary: 'One webhook',
    ...byId,
    response: { ...stored, ...unknown, 200: answer('The webhook', ref('Stored')) },
  },
  replace: {
    summary: 'Change a webhook',
    ...byId,
    ...ifMatch,
    body: ref('WebhookDraft'),
    response: {
      ...stored,
      ...withBody,
      ...invalid,
      ...unknown,
      ...raced,
      200: answer('Changed and read back', ref('Saved')),
    },
  },
  remove: {
    summary: 'Delete a webhook',
    ...byId,
    ...ifMatch,
    response: { ...stored, ...unknown, ...raced, 204: { description: 'Deleted', type: 'null' } },
  },
  lift: {
    summary: 'Lift the suspension of a webhook, which is written anew as it is',
    ...byId,
    ...ifMatch,
    response: {
      ...stored,
      ...invalid,
      ...unknown,
      ...raced,
      200: answer('Written and read back', ref('Saved')),
    },
  },
  ...deliverySchemas,
  preview: {
    summary: 'The requests that a webhook would make, without sending them',
    body: webhookAndId,
    response: {
      ...stored,
      ...withBody,
      ...invalid,
      ...unknown,
      200: answer(
        'A request for each event type',
        object({ requests: list(ref('PreviewedRequest')), warnings: list(ref('Warning')) }),
      ),
    },
  },
  test: {
    summary: 'Send a test request',
    body: {
      ...webhookAndId,
      properties: { ...webhookAndId.properties, event_type: { type: 'string' } },
    },
    response: {
      ...stored,
      ...withBody,
      ...invalid,
      ...unknown,
      200: answer(
        'What came back',
        object({
          event_type: text,
          delivered: flag,
          status_code: orNull('integer'),
          reason: text,
          redirect_origin: orNull('string'),
          total_ms: orNull('integer'),
          excerpt: orNull('string'),
        }),
      ),
    },
  },
}

function withoutIdentity(schema: Schema): Schema {
  const { $schema: _dialect, $id: _id, ...rest } = schema
  return rest
}
