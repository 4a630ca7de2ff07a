// The part of the API that tells what happened to calls, and has failed deliveries sent again.
import { answer, byId, common, count, flag, list, object, orNull, ref, refusal } from './api-schema-parts.ts'
import { stored, text, unknown, withBody } from './api-schema-parts.ts'
import type { Schema } from './api-schema-parts.ts'

const moment: Schema = { type: 'string', format: 'date-time' }
const momentOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
const ms = orNull('integer')
const ends = { delivered: count, failed: count }

export const deliveryComponents = {
  Attempt: object(
    {
      outcome_id: text,
      delivery_id: text,
      replay: count,
      event_id: text,
      call_id: text,
      webhook_id: orNull('string'),
      event_type: text,
      attempt: count,
      result: text,
      reason: text,
      final: flag,
      fault_owner: orNull('string'),
      status_code: orNull('integer'),
      method: orNull('string'),
      origin: orNull('string'),
      queued_ms: ms,
      connect_ms: ms,
      first_byte_ms: ms,
      total_ms: ms,
      event_age_ms: { type: 'integer' },
      next_attempt_at: momentOrNull,
      excerpt: orNull('string'),
      redirect_origin: orNull('string'),
      cut_values: list(text),
      at: moment,
      sendable: flag,
    },
    {
      description:
        'An outcome as schemas/webhook-outcome.avsc describes it. Sendable: it ended without being delivered, and nothing newer is known of its delivery.',
    },
  ),
  Attempts: object({
    attempts: list(ref('Attempt')),
    next: orNull('string'),
    total: {
      type: ['integer', 'null'],
      description: 'Where all that there is stands on this page; null where it is not counted',
    },
  }),
  Suspension: object(
    {
      state: { type: 'string', enum: ['watched', 'suspended'] },
      since: moment,
      cause: { type: ['string', 'null'], enum: ['unknown', 'only_failures', 'gone', null] },
      attempts: count,
      last_reason: orNull('string'),
      last_status: orNull('integer'),
      first_failed_at: moment,
    },
    { description: 'The webhook only fails. Watched: it is counted. Suspended: calls are not sent to it.' },
  ),
  Health: object({
    hour: object(ends),
    day: object(ends),
    chart: list(object({ from: moment, ...ends })),
    delay_ms: {
      description:
        'From the event to its delivery at the first attempt, within the last hour; null: there was none',
      anyOf: [object({ p50: count, p95: count }), { type: 'null' }],
    },
    breaker: { type: 'string', enum: ['closed', 'open', 'trying'] },
    breaker_since: momentOrNull,
    parked: object({ count, next_due: momentOrNull }),
    suspension: { anyOf: [ref('Suspension'), { type: 'null' }] },
  }),
  Replay: object({
    replay_id: text,
    state: { type: 'string', enum: ['counting', 'counted', 'sending', 'done', 'failed', 'another_runs'] },
    read: { type: 'number', minimum: 0, maximum: 1 },
    count: orNull('integer'),
    by_result: { type: 'object', additionalProperties: count },
    sent: count,
    passed_over: count,
    unsent: list(object({ why: text, count })),
    left: count,
    error: orNull('string'),
  }),
}

const pageQuery = {
  limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  after: { type: 'string', minLength: 1, maxLength: 100, description: 'The next of an earlier page' },
}
const attempts = answer('A page, newest first', ref('Attempts'))
const byReplayId = { params: object({ replay_id: { type: 'string', minLength: 1, maxLength: 100 } }) }
const unknownReplay = { 404: refusal('The account has no such replay') }
const id: Schema = { type: 'string', minLength: 1, maxLength: 1_000 }

export const deliverySchemas = {
  deliveriesOfWebhook: {
    summary: 'What happened to the calls of a webhook',
    ...byId,
    querystring: {
      type: 'object',
      properties: {
        ...pageQuery,
        only: { type: 'string', enum: ['all', 'failed'], default: 'all' },
        since: moment,
        until: moment,
      },
    },
    response: { ...stored, ...unknown, 200: attempts },
  },
  deliveriesOfCall: {
    summary: 'What happened to a call, at all webhooks of the account',
    params: object({ call_id: id }),
    querystring: { type: 'object', properties: pageQuery },
    response: { ...stored, 200: attempts },
  },
  health: {
    summary: 'How a webhook fares',
    ...byId,
    response: { ...stored, ...unknown, 200: answer('Its health', ref('Health')) },
  },
  beginReplay: {
    summary: 'Count failed deliveries of a webhook, in order to send them again',
    ...byId,
    body: {
      description: 'Either up to 100 deliveries, or those whose end was written in a stretch of time',
      oneOf: [
        object({ delivery_ids: { type: 'array', minItems: 1, maxItems: 100, items: text } }),
        object({ since: moment, until: moment }),
      ],
    },
    response: {
      ...stored,
      ...withBody,
      404: refusal('The account has no such webhook, or the webhook no such delivery'),
      409: refusal('A replay of the account is under way'),
      422: refusal('The body names neither'),
      202: answer('It is being counted', object({ replay_id: text })),
    },
  },
  replay: {
    summary: 'How far a replay has come',
    ...byReplayId,
    response: { ...common, ...unknownReplay, 200: answer('The replay', ref('Replay')) },
  },
  sendReplay: {
    summary: 'Send again what was counted',
    ...byReplayId,
    response: {
      ...common,
      ...unknownReplay,
      202: answer('It is being sent', ref('Replay')),
      409: refusal('It is not counted yet, or was sent'),
    },
  },
  removeReplay: {
    summary: 'Interrupt or forget a replay; what was sent by then stays sent',
    ...byReplayId,
    response: { ...common, ...unknownReplay, 204: { description: 'Gone', type: 'null' } },
  },
  events: {
    summary: 'Be told when there is something new about a webhook or a call, until the connection ends',
    querystring: { type: 'object', properties: { webhook_id: id, call_id: id } },
    response: {
      ...stored,
      ...unknown,
      200: {
        description:
          'Server-sent events: deliveries and health, at most one of each a second, their data naming the webhook or call; comments in between',
        content: { 'text/event-stream': { schema: text } },
      },
    },
  },
}
