// The outcome records of a delivery's life, filled from what is known when they are written.
import type { AttemptResult } from '../domain/attempt.ts'
import type { CallEvent } from '../domain/call-event.ts'
import type { ConfigPosition, Delivery, DeliveryProgress, LastFault } from '../domain/delivery.ts'
import type { DeliveryId } from '../domain/ids.ts'
import type { FaultOwner, Outcome, OutcomeReason, OutcomeResult } from '../domain/outcome.ts'
import { attemptOutcomeId, deferralOutcomeId, finalOutcomeId } from '../domain/outcome.ts'
import type { ParameterName } from '../domain/parameter-catalogue.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
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
  /** Times that it was parked without one, this one included. */
  readonly deferrals: number
  readonly webhook: Webhook | null
  readonly config: ConfigPosition | null
  readonly result: AttemptResult | null
  /** Milliseconds from taking the event to the attempt's begin. */
  readonly queuedMs: number | null
  readonly excerpt: string | null
  readonly cutValues: readonly ParameterName[]
  readonly nowMs: number
}

/** When and where the delivery goes on. */
interface Next {
  /** Epoch milliseconds. */
  readonly atMs: number
  /** Null: in this process. */
  readonly parked: RecordPosition | null
}

export function finalOutcome(life: LifeSoFar, ending: Ending): Outcome {
  const { deliveryId, replay } = life.delivery
  return {
    ...common(life),
    ...ending,
    outcomeId: finalOutcomeId(deliveryId, replay),
    final: true,
    nextAttemptAtMs: null,
    parked: null,
  }
}

/** For a try that failed and is followed by another. */
export function triedOutcome(life: LifeSoFar, ending: Omit<Ending, 'result'>, next: Next): Outcome {
  const { deliveryId, replay } = life.delivery
  return {
    ...common(life),
    ...ending,
    result: 'retry_scheduled',
    outcomeId: attemptOutcomeId(deliveryId, replay, life.attempts),
    final: false,
    nextAttemptAtMs: next.atMs,
    parked: next.parked,
  }
}

/** Beyond the delivery itself: no version of its webhook, no attempt, no answer. */
export const nothingKnown = {
  webhook: null,
  config: null,
  result: null,
  queuedMs: null,
  excerpt: null,
  cutValues: [],
} as const

export interface UntoldTry {
  readonly attempt: number
  /** Null: not even that is known. */
  readonly fault: LastFault | null
  readonly parked: RecordPosition
  readonly nowMs: number
}

/** For a try of a process that may have died before it told of it: all that is known of it is what it led to. */
export function untoldOutcome(delivery: Delivery, { attempt, fault, parked, nowMs }: UntoldTry): Outcome {
  const life: LifeSoFar = {
    delivery,
    attempts: attempt,
    deferrals: delivery.progress.deferrals,
    nowMs,
    ...nothingKnown,
  }
  const { reason, faultOwner, statusCode } = fault ?? unknownFault
  return { ...triedOutcome(life, { reason, faultOwner }, { atMs: nowMs, parked }), statusCode }
}

const unknownFault: LastFault = { reason: 'interrupted', faultOwner: 'worker', statusCode: null }

/** For a delivery that was parked without a try. */
export function deferredOutcome(life: LifeSoFar, reason: OutcomeReason, next: Next): Outcome {
  const { deliveryId, replay } = life.delivery
  return {
    ...common(life),
    result: 'deferred',
    reason,
    faultOwner: ownerOfDeferral(reason),
    outcomeId: deferralOutcomeId(deliveryId, replay, life.deferrals),
    final: false,
    nextAttemptAtMs: next.atMs,
    parked: next.parked,
  }
}

/** The delivery as it is parked once more. */
export function parkedCopyOf(
  { delivery, attempts, deferrals }: LifeSoFar,
  wait: Pick<DeliveryProgress, 'backoffStep' | 'notBeforeMs' | 'expectedAtMs' | 'lastFault'>,
): ParkedDelivery {
  const { event, eventBytes, webhookId, replay, eventTimeMs, expiresAtMs, source, progress, trace } = delivery
  return {
    eventBytes,
    callId: event.call_id,
    webhookIds: [webhookId],
    replay,
    progress: { ...wait, attempts, deferrals, parkedTimes: progress.parkedTimes + 1 },
    eventTimeMs,
    expiresAtMs,
    source,
    trace,
  }
}

/** A client that wants less than comes, a worker that goes or was told to wait; else a receiver that cannot keep up. */
function ownerOfDeferral(reason: OutcomeReason): FaultOwner {
  if (reason === 'rate_limited') return 'config'
  return reason === 'interrupted' || reason === 'paused' ? 'worker' : 'receiver'
}

function common(
  life: LifeSoFar,
): Omit<Outcome, 'result' | 'reason' | 'faultOwner' | 'outcomeId' | 'final' | 'nextAttemptAtMs' | 'parked'> {
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
    deferrals: life.deferrals,
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
    parked: null,
    deferrals: 0,
    redirectOrigin: null,
    excerpt: null,
    cutValues: [],
    writtenAtMs: about.nowMs,
  }
}
