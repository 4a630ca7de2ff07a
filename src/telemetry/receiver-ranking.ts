// Which webhooks and origins do worst of late, for whoever asks "which receiver?". A metric with a label for each would
// have as many series as there are webhooks; this has a fixed number of places, held by the worst.
// Invariant: memory is bounded whatever comes. Measured on one core, over webhook and origin: 0.1 µs for an outcome that
// delivered, 0.25 µs for one that failed, 1 µs where each of 65,536 receivers fails in turn and pushes another one out.
import type { Observation } from '../domain/observation.ts'
import type { Outcome, OutcomeReason } from '../domain/outcome.ts'
import type { Clock, Observer } from '../ports.ts'
import { SpaceSaving } from './space-saving.ts'
import type { HeavyHitter } from './space-saving.ts'
import { WindowMaxima } from './window-maxima.ts'
import type { Largest } from './window-maxima.ts'

/** Whose it is. */
export interface Whose {
  /** Null for an origin: it may be many accounts'. */
  readonly accountId: string | null
  readonly origin: string | null
}

export interface FailureNote extends Whose {
  /** Of the last failure. */
  reason: OutcomeReason
  statusCode: number | null
  /** Epoch milliseconds of the first failure since it last delivered, or since it is held here. */
  sinceMs: number
  /** Epoch milliseconds; null: not since it is held here. */
  deliveredAtMs: number | null
}

export interface ParkedNote extends Whose {
  /** Of the last time. */
  reason: OutcomeReason
}

/** Counts are of about the last minute. */
export interface Ranks {
  readonly failures: readonly HeavyHitter<FailureNote>[]
  /** Times that a delivery was written to a retry topic. */
  readonly parked: readonly HeavyHitter<ParkedNote>[]
  /** Milliseconds from an event's time to the end of an attempt, or to the delivery's. */
  readonly delays: readonly Largest<Whose>[]
}

/** Any key with more than a 128th of all failures is found. */
const capacity = 128
/** A count that decays so is, at a steady rate, what happens within 61 s. */
const halfLifeMs = 42_000
const spanMs = 60_000
/** As long as ids of events may be. Who has a longer one is not ranked. */
const longestKey = 1_000

export class ReceiverRanking implements Observer {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #webhooks = new Ranking()
  readonly #origins = new Ranking()

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  observe(observation: Observation): void {
    switch (observation.kind) {
      case 'outcome':
        return this.#outcome(observation.outcome)
      case 'deferred': {
        const { webhookId, accountId, origin, reason } = observation
        const nowMs = this.#clock.monotonicMs()
        this.#webhooks.parked(webhookId, { accountId, origin }, reason, nowMs)
        if (origin !== null) this.#origins.parked(origin, { accountId: null, origin }, reason, nowMs)
        return undefined
      }
      default:
        return undefined
    }
  }

  webhooks(): Ranks {
    return this.#webhooks.ranks(this.#clock.monotonicMs())
  }

  origins(): Ranks {
    return this.#origins.ranks(this.#clock.monotonicMs())
  }

  #outcome(outcome: Outcome): void {
    const { webhookId, accountId, origin } = outcome
    const nowMs = this.#clock.monotonicMs()
    if (webhookId !== null) this.#webhooks.ended(webhookId, { accountId, origin }, outcome, nowMs)
    if (origin !== null) this.#origins.ended(origin, { accountId: null, origin }, outcome, nowMs)
  }
}

class Ranking {
  readonly #failures = new SpaceSaving<FailureNote>(capacity, halfLifeMs)
  readonly #parked = new SpaceSaving<ParkedNote>(capacity, halfLifeMs)
  readonly #delays = new WindowMaxima<Whose>(capacity, spanMs)

  ended(key: string, whose: Whose, outcome: Outcome, nowMs: number): void {
    if (key.length > longestKey) return
    switch (outcome.result) {
      case 'delivered': {
        const note = this.#failures.noteOf(key)
        if (note !== undefined) note.deliveredAtMs = outcome.writtenAtMs
        break
      }
      case 'retry_scheduled':
        if (outcome.parked !== null) this.parked(key, whose, outcome.reason, nowMs)
        this.#failed(key, whose, outcome, nowMs)
        break
      case 'failed':
      case 'expired':
      case 'rejected':
        this.#failed(key, whose, outcome, nowMs)
        break
      case 'deferred':
      case 'cancelled':
      case 'shadowed':
        return
    }
    this.#delays.add(key, outcome.eventAgeMs, nowMs, whose)
  }

  parked(key: string, whose: Whose, reason: OutcomeReason, nowMs: number): void {
    if (key.length > longestKey) return
    this.#parked.add(key, nowMs, () => ({ ...whose, reason })).reason = reason
  }

  ranks(nowMs: number): Ranks {
    return {
      failures: this.#failures.hitters(nowMs),
      parked: this.#parked.hitters(nowMs),
      delays: this.#delays.largest(nowMs),
    }
  }

  #failed(key: string, whose: Whose, outcome: Outcome, nowMs: number): void {
    const { faultOwner, reason, statusCode, writtenAtMs } = outcome
    // An invalid webhook fails with every event, and would stand before all receivers; it is listed for itself.
    if (faultOwner === 'worker' || reason === 'invalid_config') return
    const note = this.#failures.add(key, nowMs, () => ({
      ...whose,
      reason,
      statusCode,
      sinceMs: writtenAtMs,
      deliveredAtMs: null,
    }))
    if (note.deliveredAtMs !== null && note.deliveredAtMs >= note.sinceMs) {
      note.sinceMs = writtenAtMs
      note.deliveredAtMs = null
    }
    // That time ran out says less than what went wrong until then.
    if (reason === 'horizon_passed') return
    note.reason = reason
    note.statusCode = statusCode
  }
}
