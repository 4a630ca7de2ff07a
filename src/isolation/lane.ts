// One webhook's lane: what is known of its receiver, and how much of this process it may hold.
// Invariant: a lane belongs to one destination; a webhook whose address changes gets a new one, so that a fixed address
// does not wait for what the old one did.
import type { Webhook } from '../domain/webhook.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import type { AttemptEnding, DeferralReason } from './admission.ts'
import { oldAfterMs } from './attempt-ages.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { DecayingRate } from './decaying-rate.ts'
import { RetryBudget } from './retry-budget.ts'
import { RoomLine } from './room-line.ts'
import { RunningMedian } from './running-median.ts'
import { StartPace } from './start-pace.ts'
import { WaitingLine } from './waiting-line.ts'

export interface LaneAttempt {
  readonly begunAtMs: number
  /** It is the one that the half-open breaker lets through. */
  readonly isLaneProbe: boolean
}

/** Milliseconds by which an answer must exceed twice the median to count as slow: below, it is this machine's jitter. */
const slowByMs = 100
/** A pause that a receiver asks for binds its lane for no longer; the rest binds the one delivery. */
const longestPauseMs = 300_000
/** How many results a hang, or a connection that cannot be made, counts for: each has held a slot for seconds. */
const hangWeight = 5
/** An answer within this time proves that the receiver is there. */
const provenForMs = 10_000
/** After an outage the arrears are taken at not quite the usual load once more, until they should be gone. */
const recoveryFactor = 1.75
const recoveryFloorPerSecond = 1
const recoveryForMs = 120_000
const offeredWindowMs = 30_000
const capacityWindowMs = 5_000
/** Until a lane has been busy for some answers, its capacity is worked out from its limit and latency. */
const enoughAnswers = 20
/** What nobody knows is taken for plenty: who comes back too early has lost nothing but a parking. */
const assumedCapacityPerSecond = 500

export class Lane {
  readonly origin: string
  readonly accountId: string
  readonly limit = new AdaptiveLimit()
  readonly breaker = new CircuitBreaker()
  readonly waiting = new WaitingLine()
  readonly running = new Set<LaneAttempt>()
  readonly retryBudget: RetryBudget
  readonly pace: StartPace
  /** Those who were sent away until there should be room. */
  readonly line = new RoomLine()
  /** Monotonic milliseconds before which nothing begins: the receiver asked for it. */
  pausedUntilMs = Number.NEGATIVE_INFINITY
  /** Before which the next one may not begin, where the limit is below one. */
  restUntilMs = Number.NEGATIVE_INFINITY
  /** What this process may begin a second by the rate of the webhook, or the operator's, as of the last look; null: any. */
  ratePerSecond: number | null = null
  movedAtMs = Number.NEGATIVE_INFINITY
  readonly #path: string
  readonly #tlsVerification: Webhook['tlsVerification']
  readonly #latency = new RunningMedian()
  readonly #offered: DecayingRate
  #answered: DecayingRate
  #answersSinceBusy = 0
  #answeredAtMs = Number.NEGATIVE_INFINITY
  #recoveringUntilMs = Number.NEGATIVE_INFINITY

  /** `pacedFromMs`: from where a first begin is spaced. */
  constructor({ origin, accountId, path, tlsVerification }: Webhook, nowMs: number, pacedFromMs: number) {
    this.origin = origin
    this.accountId = accountId
    this.#path = path
    this.#tlsVerification = tlsVerification
    this.retryBudget = new RetryBudget(nowMs)
    this.pace = new StartPace(pacedFromMs)
    this.#offered = new DecayingRate(offeredWindowMs, nowMs)
    this.#answered = new DecayingRate(capacityWindowMs, nowMs)
  }

  isFor({ origin, path, tlsVerification }: Webhook): boolean {
    const isThere = origin === this.origin && path === this.#path
    return isThere && tlsVerification === this.#tlsVerification
  }

  /** Nothing of it is under way or waits. */
  get isIdle(): boolean {
    return this.running.size === 0 && this.waiting.size === 0
  }

  /** It knows nothing that holds back what comes next. */
  isForgettable(nowMs: number): boolean {
    return this.isIdle && this.line.isOver(nowMs) && this.#isUnhindered(nowMs)
  }

  /** Requests at once as things stand; one while it is half-open: the probe. */
  slots(nowMs: number): number {
    if (this.breaker.state(nowMs).kind === 'half_open') return 1
    return Math.max(1, Math.floor(this.limit.value))
  }

  /** Well, and less than half busy. */
  hasSpareRoom(nowMs: number): boolean {
    const isBusy = this.waiting.size > 0 || this.running.size * 2 > this.slots(nowMs)
    const perSecond = this.pacedPerSecond(nowMs)
    // By a rate, places in line are told as they are: only where one was not taken another may come for it.
    const isTaken = perSecond !== null && nowMs < this.pace.nextAtMs(perSecond / 2)
    return !isBusy && !isTaken && this.#isUnhindered(nowMs)
  }

  #isUnhindered(nowMs: number): boolean {
    const isShut = this.breaker.state(nowMs).kind !== 'closed' || nowMs < this.pausedUntilMs
    return !isShut && nowMs >= this.restUntilMs && !this.isPaced(nowMs)
  }

  /** An attempt has been under way for so long that the receiver, as it is known, does not answer. */
  isHanging(nowMs: number): boolean {
    for (const { begunAtMs } of this.running) {
      return nowMs - begunAtMs > Math.max(oldAfterMs, 2 * (this.#latency.ms ?? 0))
    }
    return false
  }

  isProven(nowMs: number): boolean {
    return nowMs - this.#answeredAtMs < provenForMs
  }

  /** A new event asks for it: the load that the receiver is used to. */
  offer(nowMs: number): void {
    this.#offered.add(nowMs)
    this.retryBudget.firstAttempt(nowMs)
  }

  /** Somebody begins to wait: from here on its capacity can be measured. */
  becomesBusy(nowMs: number): void {
    this.#answered = new DecayingRate(capacityWindowMs, nowMs)
    this.#answersSinceBusy = 0
  }

  /** It has been busy for long enough to tell what it can do. */
  get isMeasured(): boolean {
    return this.#answersSinceBusy >= enoughAnswers
  }

  /** Begins per second; null: not limited. */
  pacedPerSecond(nowMs: number): number | null {
    if (nowMs >= this.#recoveringUntilMs) return this.ratePerSecond
    const recovery = recoveryFactor * this.#offered.perSecond(nowMs) + recoveryFloorPerSecond
    return Math.min(this.ratePerSecond ?? recovery, recovery)
  }

  /** The rate does not let the next one begin yet. */
  isPaced(nowMs: number): boolean {
    const perSecond = this.pacedPerSecond(nowMs)
    return perSecond !== null && nowMs < this.pace.nextAtMs(perSecond)
  }

  begin(attempt: LaneAttempt, nowMs: number): void {
    const perSecond = this.pacedPerSecond(nowMs)
    if (perSecond !== null) this.pace.began(nowMs, perSecond)
    this.running.add(attempt)
  }

  /** Answers per second that the receiver gives while it is kept busy. */
  capacityPerSecond(nowMs: number): number {
    const own = this.#measuredPerSecond(nowMs)
    return Math.max(0.01, Math.min(own, this.pacedPerSecond(nowMs) ?? own))
  }

  /** Milliseconds after which one who is sent away for this reason should come back. `random`: 0 ≤ x < 1. */
  roomInMs(reason: DeferralReason, nowMs: number, random: number): number {
    // A rate holds whatever the receiver was seen to take.
    const set = reason === 'rate_limited' ? this.pacedPerSecond(nowMs) : null
    const perSecond = set ?? this.capacityPerSecond(nowMs)
    return this.line.add(nowMs, { perSecond, known: set === null ? 'measured' : 'set' }, random)
  }

  /** Answers whether its breaker opened or closed by this. `cap`: requests at once that it may grow to. */
  ended(
    attempt: LaneAttempt,
    { kind, latencyMs, retryAfterMs }: AttemptEnding,
    { nowMs, cap, random }: { readonly nowMs: number; readonly cap: number; readonly random: number },
  ): 'opened' | 'closed' | null {
    const underWay = this.running.size
    this.running.delete(attempt)
    if (retryAfterMs !== null) {
      this.pausedUntilMs = Math.max(this.pausedUntilMs, nowMs + Math.min(retryAfterMs, longestPauseMs))
    }
    switch (kind) {
      case 'none':
        this.breaker.cancelProbe(attempt.isLaneProbe)
        return null
      case 'answered':
        this.#countAnswer(nowMs)
        this.#adapt(attempt, latencyMs, underWay, cap, nowMs)
        return this.#succeeded(attempt, nowMs)
      case 'throttled':
        this.#countAnswer(nowMs)
        this.limit.decrease(0.5, attempt.begunAtMs, nowMs, 'less')
        this.#rest(latencyMs, nowMs)
        return this.#succeeded(attempt, nowMs)
      case 'failed':
        this.#countAnswer(nowMs)
        return this.breaker.failed(nowMs, 1, random, attempt.isLaneProbe) ? 'opened' : null
      case 'hung':
      case 'unreachable':
        this.limit.decrease(0.5, attempt.begunAtMs, nowMs, 'one')
        return this.breaker.failed(nowMs, hangWeight, random, attempt.isLaneProbe) ? 'opened' : null
    }
  }

  #succeeded({ isLaneProbe }: LaneAttempt, nowMs: number): 'closed' | null {
    this.#answeredAtMs = nowMs
    if (!this.breaker.succeeded(isLaneProbe)) return null
    this.limit.restart()
    this.#recoveringUntilMs = nowMs + recoveryForMs
    return 'closed'
  }

  #adapt(attempt: LaneAttempt, latencyMs: number, underWay: number, cap: number, nowMs: number): void {
    const median = this.#latency.ms
    this.#latency.add(latencyMs)
    const isSlow = median !== null && latencyMs > 2 * median && latencyMs > median + slowByMs
    if (isSlow) this.limit.decrease(0.8, attempt.begunAtMs, nowMs, 'one')
    else this.limit.increase(underWay, cap)
    this.#rest(latencyMs, nowMs)
  }

  /** A limit below one: the receiver is left alone for the rest of the time. */
  #rest(latencyMs: number, nowMs: number): void {
    const { value } = this.limit
    if (value < 1) this.restUntilMs = nowMs + Math.max(latencyMs, 10) * (1 / value - 1)
  }

  #countAnswer(nowMs: number): void {
    this.#answered.add(nowMs)
    this.#answersSinceBusy += 1
  }

  #measuredPerSecond(nowMs: number): number {
    if (this.isMeasured) return this.#answered.perSecond(nowMs)
    const latencyMs = this.#latency.ms
    if (latencyMs === null) return assumedCapacityPerSecond
    // Little's law: what is under way is rate times latency. A limit that still grows says little.
    return Math.max(assumedCapacityPerSecond, (this.limit.value / latencyMs) * 1_000)
  }
}
