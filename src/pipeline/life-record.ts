// How one delivery's life in this process is written down: tried and to be tried again, parked, or ended.
// Invariant: it is over once, by an ending or by a parking; what is written says all that happened until then.
import type { AttemptResult } from '../domain/attempt.ts'
import type { Delivery, LastFault } from '../domain/delivery.ts'
import type { OutcomeReason } from '../domain/outcome.ts'
import type { PausedBy } from '../domain/parked-delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Deferral } from '../isolation/admission.ts'
import { planDeferral, planPause } from '../isolation/deferral-plan.ts'
import type { DeferralPlan } from '../isolation/deferral-plan.ts'
import type { NextStep } from '../retry/next-step.ts'
import { DeliveryWrites } from './delivery-writes.ts'
import type { DeliveryWorld, LifeSignals } from './delivery-world.ts'
import type { Ending, LifeSoFar } from './outcome-of.ts'
import { deferredOutcome, finalOutcome, nothingKnown, parkedCopyOf, triedOutcome } from './outcome-of.ts'

/** What is known about the delivery beyond itself: the version of its webhook, the attempt and its answer. */
export type Facts = Partial<Omit<LifeSoFar, 'delivery' | 'attempts' | 'deferrals' | 'nowMs'>>

type Fault = Omit<LastFault, 'statusCode'>

type ParkPlan = Omit<Extract<DeferralPlan, { kind: 'park' }>, 'kind'>

export class LifeRecord {
  readonly #delivery: Delivery
  readonly #world: DeliveryWorld
  readonly #writes: DeliveryWrites
  #attempts: number
  /** Of the last attempt of this life. */
  #lastFault: LastFault | null = null
  #isOver = false

  constructor(delivery: Delivery, world: DeliveryWorld, signals: LifeSignals) {
    this.#delivery = delivery
    this.#world = world
    this.#writes = new DeliveryWrites(world, signals, delivery.trace)
    this.#attempts = delivery.progress.attempts
  }

  /** Requests begun, by whatever process. */
  get attempts(): number {
    return this.#attempts
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether all that was written is acknowledged. */
  settled(): Promise<boolean> {
    return this.#writes.settled()
  }

  /** One attempt more, unless `notBegun` takes it back. */
  begun(): void {
    this.#attempts += 1
  }

  notBegun(): void {
    this.#attempts -= 1
  }

  /** The attempt is over, and a request was begun. */
  tried({ tlsVerification }: Webhook): void {
    this.#world.observer.observe({ kind: 'attempt_begun', tlsVerification })
  }

  /** After `notBegun`. How long it took to find out is not told: it would tell what was found. */
  blocked(facts: Facts): void {
    this.end({ result: 'rejected', reason: 'address_denied', faultOwner: 'blocked' }, facts)
  }

  end(ending: Ending, facts: Facts = {}): void {
    this.#isOver = true
    this.#writes.outcome(finalOutcome(this.#life(facts), ending), detailOf(facts.result))
  }

  /** Too late for another attempt. */
  expire(facts: Facts): void {
    const result = this.#attempts > 0 ? 'failed' : 'expired'
    this.end({ result, reason: 'horizon_passed', faultOwner: null }, facts)
  }

  /** The attempt failed, and the process tries again itself after `waitMs`. */
  triesAgain(fault: Fault, waitMs: number, facts: Facts): void {
    this.#lastFault = lastFaultOf(fault, facts)
    const life = this.#life(facts)
    const next = { atMs: life.nowMs + waitMs, parked: null }
    this.#writes.outcome(triedOutcome(life, fault, next), detailOf(facts.result))
  }

  /** The attempt failed, and the next one waits in a retry topic. */
  park(fault: Fault, step: Extract<NextStep, { kind: 'park' }>, facts: Facts): void {
    const { delayMs, dueAtMs, notBeforeMs, backoffStep } = step
    const life = this.#life(facts)
    this.#isOver = true
    const lastFault = lastFaultOf(fault, facts)
    const copy = parkedCopyOf(life, { backoffStep, notBeforeMs, expectedAtMs: null, lastFault })
    this.#writes.park(copy, delayMs, (parked) => ({
      outcome: triedOutcome(life, fault, { atMs: dueAtMs, parked }),
      detail: detailOf(facts.result),
    }))
  }

  /** Its receiver cannot take it now. */
  defer(deferral: Deferral, facts: Facts): void {
    const { progress, expiresAtMs } = this.#delivery
    const plan = planDeferral(deferral, {
      deferrals: progress.deferrals,
      expiresAtMs,
      delaysMs: this.#world.settings.retry.delaysMs,
      roomDelaysMs: this.#world.settings.retry.roomDelaysMs,
      nowMs: this.#world.clock.nowMs(),
    })
    if (plan.kind === 'over') this.expire(facts)
    else this.#parkUntried(deferral.reason, plan, facts)
  }

  /** The operator paused it: until that is over, or its horizon. `key`: of the pause in force. */
  deferPaused(key: string, facts: Facts): void {
    const { clock, settings, isolation, pauses } = this.#world
    isolation.paused(this.#delivery.webhookId)
    const plan = planPause({
      expiresAtMs: this.#delivery.expiresAtMs,
      delayMs: settings.pauseDelayMs,
      nowMs: clock.nowMs(),
    })
    this.#parkUntried('paused', plan, facts, { key, asOf: pauses.settledLift() })
  }

  /** Nothing more is begun here: whoever has the partition next takes it from the shortest of the retry topics. */
  deferInterrupted(facts: Facts): void {
    const delayMs = this.#world.settings.retry.delaysMs[0] ?? 0
    const dueAtMs = this.#world.clock.nowMs() + delayMs
    if (dueAtMs > this.#delivery.expiresAtMs) this.expire(facts)
    else this.#parkUntried('interrupted', { delayMs, dueAtMs, expectedAtMs: null }, facts)
  }

  #parkUntried(
    reason: OutcomeReason,
    { delayMs, dueAtMs, expectedAtMs }: ParkPlan,
    facts: Facts,
    pausedBy: PausedBy | null = null,
  ): void {
    const { progress } = this.#delivery
    const { deferrals, backoffStep, notBeforeMs } = progress
    const counted = pausedBy === null ? deferrals + 1 : Math.max(deferrals, 1)
    const life = { ...this.#life(facts), deferrals: counted }
    const first = deferrals === 0
    this.#isOver = true
    const { webhookId, event } = this.#delivery
    const about = { webhookId, accountId: event.account_id, origin: facts.webhook?.origin ?? null }
    this.#world.observer.observe({ kind: 'deferred', reason, first, ...about })
    const lastFault = this.#lastFault ?? progress.lastFault
    const wait = { backoffStep, notBeforeMs, expectedAtMs, lastFault }
    const copy = { ...parkedCopyOf(life, wait), pausedBy }
    // Only the first has an outcome of its own: behind a receiver that is down for a day there are many.
    const outcomeOf = first
      ? (parked: Parameters<typeof deferredOutcome>[2]['parked']) => ({
          outcome: deferredOutcome(life, reason, { atMs: dueAtMs, parked }),
          detail: null,
        })
      : null
    this.#writes.park(copy, delayMs, outcomeOf)
  }

  #life(facts: Facts): LifeSoFar {
    return {
      ...nothingKnown,
      ...facts,
      delivery: this.#delivery,
      attempts: this.#attempts,
      deferrals: this.#delivery.progress.deferrals,
      nowMs: this.#world.clock.nowMs(),
    }
  }
}

function lastFaultOf(fault: Fault, { result }: Facts): LastFault {
  return { ...fault, statusCode: result?.kind === 'answered' ? result.statusCode : null }
}

function detailOf(result: AttemptResult | null | undefined): string | null {
  return result?.kind === 'unanswered' ? result.detail : null
}
