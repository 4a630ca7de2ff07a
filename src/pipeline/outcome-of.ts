// The outcome records of a delivery's life, filled from what is known when they are written.
import type { AttemptResult } from '../domain/attempt.ts'
import type { CallEvent } from '../domain/call-event.ts'
import type { ConfigPosition, Delivery } from '../domain/delivery.ts'
import type { DeliveryId } from '../domain/ids.ts'
import type { FaultOwner, Outcome, OutcomeReason, OutcomeResult } from '../domain/outcome.ts'
import { attemptOutcomeId, finalOutcomeId } from '../domain/outcome.ts'
import type { ParameterName } from '../domain/parameter-catalogue.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { Webhook } from '../domain/webhook.ts'

/** How it went: what stands in the outcome beside the names of things. */
export interface Ending {
  readonly result: OutcomeResult
  readonly reason: OutcomeReason
  readonly faultOwner: FaultOwner | null
}

export interface LifeSoFar {
  readonly delivery: Delivery
  /** Requests begun. */
  readonly attempts: number
  readonly webhook: Webhook | null
  readonly config: ConfigPosition | null
  readonly result: AttemptResult | null
  /** Milliseconds from taking the event to the attempt's begin. */
  readonly queuedMs: number | null
  readonly excerpt: string | null
  readonly cutValues: readonly ParameterName[]
  readonly nowMs: number
}

export function finalOutcome(life: LifeSoFar, ending: Ending): Outcome {
  const { deliveryId, replay } = life.delivery
  return {
    ...common(life),
    ...ending,
    outcomeId: finalOutcomeId(deliveryId, replay),
    final: true,
    nextAttemptAtMs: null,
  }
}

/** For a try that failed and is followed by another after `waitMs`. */
export function triedOutcome(life: LifeSoFar, ending: Omit<Ending, 'result'>, waitMs: number): Outcome {
  const { deliveryId, replay } = life.delivery
  return {
    ...common(life),
    ...ending,
    result: 'retry_scheduled',
    outcomeId: attemptOutcomeId(deliveryId, replay, life.attempts),
    final: false,
    nextAttemptAtMs: life.nowMs + waitMs,
  }
}

function common(
  life: LifeSoFar,
): Omit<Outcome, 'result' | 'reason' | 'faultOwner' | 'outcomeId' | 'final' | 'nextAttemptAtMs'> {
  const { delivery, result, webhook, nowMs } = life
  const { event } = delivery
  const answered = result?.kind === 'answered' ? result : null
  return {
    deliveryId: delivery.deliveryId,
    replay: delivery.replay,
    eventId: event.event_id,
    callId: event.call_id,
    accountId: event.account_id,
    webhookId: delivery.webhookId,
    config: life.config,
    source: delivery.source,
    eventType: event.event_type,
    attempt: life.attempts,
    statusCode: answered?.statusCode ?? null,
    method: webhook?.method ?? null,
    origin: webhook?.origin ?? null,
    queuedMs: life.queuedMs,
    timings: result?.timings ?? null,
    eventAgeMs: nowMs - delivery.eventTimeMs,
    redirectOrigin: answered?.redirectOrigin ?? null,
    excerpt: life.excerpt,
    cutValues: life.cutValues,
    writtenAtMs: nowMs,
  }
}

/** One outcome for a whole event that matched more webhooks than it may: its delivery id names the event alone. */
export function fanoutOutcome(
  event: CallEvent,
  about: { deliveryId: DeliveryId; source: RecordPosition; eventTimeMs: number; nowMs: number },
): Outcome {
  return {
    outcomeId: finalOutcomeId(about.deliveryId, 0),
    deliveryId: about.deliveryId,
    replay: 0,
    eventId: event.event_id,
    callId: event.call_id,
    accountId: event.account_id,
    webhookId: null,
    config: null,
    source: about.source,
    eventType: event.event_type,
    attempt: 0,
    result: 'rejected',
    final: true,
    reason: 'fanout_limit',
    faultOwner: 'config',
    statusCode: null,
    method: null,
    origin: null,
    queuedMs: null,
    timings: null,
    eventAgeMs: about.nowMs - about.eventTimeMs,
    nextAttemptAtMs: null,
    redirectOrigin: null,
    excerpt: null,
    cutValues: [],
    writtenAtMs: about.nowMs,
  }
}
