// The API as its OpenAPI document describes it. Parameters of addresses are checked by these schemas; bodies are only
// described by them, because the reader of forms names each fault and a schema check does not.
import { readFileSync } from 'node:fs'

type Schema = Readonly<Record<string, unknown>>

const webhookSchema = JSON.parse(
  readFileSync(new URL('../../schemas/webhook.schema.json', import.meta.url), 'utf8'),
) as Schema

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const count: Schema = { type: 'integer', minimum: 0 }
const orNull = (type: string): Schema => ({ type: [type, 'null'] })
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  ...more,
})
const list = (items: Schema): Schema => ({ type: 'array', items })
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

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
    }),
    Saved: object({ webhook: ref('Webhook'), etag: text, warnings: list(ref('Warning')) }),
    Error: { ...object({ error: text }), properties: { error: text, detail: text } },
    InvalidWebhook: object({ error: text, faults: list(ref('Fault')) }),
    ChangedMeanwhile: object({ error: text, current: object({ webhook: ref('Webhook'), etag: text }) }),
    PreviewedRequest: object({ event_type: text, text, bytes: count, cut_values: list(text) }),
  },
}

const answer = (description: string, schema: Schema): Schema => ({
  description,
  content: { 'application/json': { schema } },
})
const refusal = (description: string): Schema => answer(description, ref('Error'))

const common = {
  400: refusal('The request is not one'),
  401: refusal('It is not known which account asks'),
  403: refusal('The request comes from another site'),
  429: refusal('Too many requests; Retry-After says when to ask again'),
}
const stored = { ...common, 503: refusal('The webhooks are not read yet, or Kafka is away') }
const withBody = { 413: refusal('The body is larger than 256 KB'), 415: refusal('The body is not JSON') }
const invalid = { 422: answer('The webhook is invalid', ref('InvalidWebhook')) }
const unknown = { 404: refusal('The account has no such webhook') }
const raced = {
  412: answer('Somebody else changed it meanwhile; nothing was done', ref('ChangedMeanwhile')),
  428: refusal('If-Match is missing'),
}

const byId = {
  params: object({ webhook_id: { type: 'string', minLength: 1, maxLength: 1_000 } }),
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
