// What is written about a delivery: one outcome per failed try and one final one, under ids that a repeat
// after a crash reproduces. Readers fold by id, so writing twice adds nothing.
import type { AttemptTimings } from './attempt.ts'
import type { EventType } from './call-event.ts'
import type { ConfigPosition } from './delivery.ts'
import type { AccountId, CallId, DeliveryId, EventId, WebhookId } from './ids.ts'
import type { ParameterName } from './parameter-catalogue.ts'
import type { RecordPosition } from './record-position.ts'
import type { WebhookOutcomeRecord } from './records.ts'
import type { HttpMethod } from './webhook.ts'

export type OutcomeResult = Exclude<WebhookOutcomeRecord['result'], 'unknown'>
export type OutcomeReason = Exclude<WebhookOutcomeRecord['reason'], 'unknown'>
export type FaultOwner = Exclude<NonNullable<WebhookOutcomeRecord['fault_owner']>, 'unknown'>

// Records, so that what is added to the schema and not here is a type error.
export const outcomeReasons: Readonly<Record<OutcomeReason, true>> = {
  ok: true,
  http_status: true,
  redirect: true,
  dns: true,
  connect: true,
  tls: true,
  reset: true,
  connect_timeout: true,
  total_timeout: true,
  protocol_error: true,
  response_too_large: true,
  proxy: true,
  lane_full: true,
  rate_limited: true,
  breaker_open: true,
  retry_after: true,
  horizon_passed: true,
  webhook_deleted: true,
  webhook_disabled: true,
  interrupted: true,
  paused: true,
  fanout_limit: true,
  invalid_config: true,
  address_denied: true,
  url_too_long: true,
  body_too_large: true,
  suspended: true,
}

export const faultOwners: Readonly<Record<FaultOwner, true>> = {
  receiver: true,
  network: true,
  config: true,
  blocked: true,
  worker: true,
}

export interface Outcome {
  readonly outcomeId: string
  readonly deliveryId: DeliveryId
  readonly replay: number
  readonly eventId: EventId
  readonly callId: CallId
  readonly accountId: AccountId
  /** Null only for an outcome about the whole event (`fanout_limit`). */
  readonly webhookId: WebhookId | null
  readonly config: ConfigPosition | null
  readonly source: RecordPosition
  readonly eventType: EventType
  /** Requests begun so far; 0 if none was. */
  readonly attempt: number
  readonly result: OutcomeResult
  readonly final: boolean
  readonly reason: OutcomeReason
  readonly faultOwner: FaultOwner | null
  readonly statusCode: number | null
  readonly method: HttpMethod | null
  readonly origin: string | null
  readonly queuedMs: number | null
  readonly timings: AttemptTimings | null
  /** Milliseconds from the event's time to this outcome. */
  readonly eventAgeMs: number
  /** Epoch milliseconds. */
  readonly nextAttemptAtMs: number | null
  /** Where the rest of the delivery waits; null where nothing was parked. */
  readonly parked: RecordPosition | null
  /** Times that the delivery was parked without a try so far. */
  readonly deferrals: number
  readonly redirectOrigin: string | null
  readonly excerpt: string | null
  /** The call parameters whose values were shortened or left empty, in the webhook's order. */
  readonly cutValues: readonly ParameterName[]
  /** Epoch milliseconds. */
  readonly writtenAtMs: number
}

/** The id under which a delivery ends. Exactly one is ever written per (delivery, replay). */
export function finalOutcomeId(deliveryId: string, replay: number): string {
  return `${deliveryId}/${replay}/final`
}

/** The id of a try that failed and was followed by another; `attempt` counts from 1. */
export function attemptOutcomeId(deliveryId: string, replay: number, attempt: number): string {
  return `${deliveryId}/${replay}/a${attempt}`
}

/** The id of a deferral that has an outcome of its own: the first; `deferrals` counts from 1. */
export function deferralOutcomeId(deliveryId: string, replay: number, deferrals: number): string {
  return `${deliveryId}/${replay}/d${deferrals}`
}
