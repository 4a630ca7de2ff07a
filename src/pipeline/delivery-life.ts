// One delivery's life in this process, from when it was taken until it has ended or waits in a retry topic.
// Invariants: the newest version of the webhook is looked up when each attempt begins; every attempt that ended is
// followed by an outcome; an attempt that was not begun is not used up; the life is over only when all that it wrote is
// acknowledged.
import type { AttemptResult } from '../domain/attempt.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Asked, Permit } from '../isolation/admission.ts'
import type { TryVerdict } from '../ports.ts'
import { maskExcerpt, withMaskedRedirect } from '../render/mask.ts'
import type { Judgement } from '../retry/judgement.ts'
import { nextStep } from '../retry/next-step.ts'
import { beginAttempt, judged } from './begun-attempt.ts'
import type { BegunAttempt, Refusal } from './begun-attempt.ts'
import type { DeliveryWorld, LifeResult, Taken } from './delivery-world.ts'
import { LifeRecord } from './life-record.ts'
import type { Facts } from './life-record.ts'
import { isStillSo, mayBegin } from './may-begin.ts'
import type { Prospect } from './may-begin.ts'
import type { Ending } from './outcome-of.ts'
import { requestOf } from './request-of.ts'
import { startTried } from './start-tried.ts'

/** Never rejects. */
export async function deliver(delivery: Delivery, taken: Taken, world: DeliveryWorld): Promise<LifeResult> {
  const life = new DeliveryLife(delivery, taken, world)
  try {
    const verdict = await life.firstTry()
    taken.outOfTheWay()
    if (verdict.kind === 'again') await life.quickTries(verdict.waitMs)
  } catch (error) {
    life.broke(error)
    taken.outOfTheWay()
  }
  return (await life.record.settled()) && life.record.isOver ? 'ended' : 'left'
}

const stop: TryVerdict = { kind: 'stop' }

class DeliveryLife {
  readonly #delivery: Delivery
  readonly #taken: Taken
  readonly #world: DeliveryWorld
  readonly record: LifeRecord
  /** Begun by this process. */
  #attempts = 0
  #firstBegunAtMs = 0
  #isFirstAsk = true
  /** Of the attempt that is under way. */
  #permit: Permit | null = null

  constructor(delivery: Delivery, taken: Taken, world: DeliveryWorld) {
    this.#delivery = delivery
    this.#taken = taken
    this.#world = world
    this.record = new LifeRecord(delivery, world, taken.signals)
  }

  firstTry(): Promise<TryVerdict> {
    const { grant, untilStartTried } = this.#taken
    const patience = grant === 'over_share' ? 'not_now' : 'may_wait'
    return untilStartTried === null ? this.#attempt(patience) : this.#afterStart(untilStartTried, patience)
  }

  async #afterStart(untilStartTried: Promise<void>, patience: Asked['patience']): Promise<TryVerdict> {
    if (await startTried(untilStartTried, this.#taken.signals.halting, this.#world.clock))
      return this.#attempt(patience)
    this.record.deferInterrupted({})
    return stop
  }

  async quickTries(firstWaitMs: number): Promise<void> {
    const { signals } = this.#taken
    const plan = { firstWaitMs, maxTries: this.#world.settings.retry.quickTries }
    const signal = AbortSignal.any([signals.halting, signals.cut, signals.lost])
    let underWay: Promise<TryVerdict> = Promise.resolve(stop)
    await this.#world.quickTries.repeat(plan, () => (underWay = this.#attempt('at_once')), signal)
    // Repeating that was called off does not wait for the attempt that it has begun.
    await underWay
    if (!this.record.isOver && !signals.lost.aborted) this.record.deferInterrupted({})
  }

  /** A bug of ours ends this delivery, visibly; it must not hold the partition for ever. */
  broke(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#world.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
    // Kept, it would be an attempt that hangs for ever, and nothing more would be sent to its receiver.
    if (this.#permit !== null) this.#world.isolation.cancelled(this.#permit)
    if (this.record.isOver || this.#taken.signals.lost.aborted) return
    this.record.end({ result: 'failed', reason: 'interrupted', faultOwner: 'worker' })
  }

  /** `patience`: whether it may wait for room at its receiver. */
  async #attempt(patience: Asked['patience']): Promise<TryVerdict> {
    const { gate, isolation } = this.#world
    const { signals, urgency } = this.#taken
    for (;;) {
      for (let closed = gate.pass(); closed !== null && !signals.cut.aborted; closed = gate.pass())
        await closed
      if (signals.lost.aborted) return stop
      const prospect = mayBegin(this.#delivery, this.#world, signals.cut)
      if (prospect.kind !== 'yes') return this.#doNotBegin(prospect)
      const { entry, facts } = prospect
      const isFirst = this.#isFirstAsk
      this.#isFirstAsk = false
      const asked = isolation.ask({
        webhook: entry.webhook,
        urgency,
        patience,
        isOffered: isFirst && this.#isNew(),
      })
      const admission = asked instanceof Promise ? await asked : asked
      if (admission.kind === 'defer') {
        this.record.defer(admission.deferral, facts)
        return stop
      }
      // After a wait nothing need be as it was looked up.
      const isAsBefore =
        admission === asked ||
        (isStillSo(entry, mayBegin(this.#delivery, this.#world, signals.cut)) && gate.isOpen)
      if (!isAsBefore) {
        isolation.cancelled(admission.permit)
        continue
      }
      const { permit } = admission
      const attempt = this.#begin(entry.webhook, permit)
      if (attempt.kind !== 'begun') return this.#reject(attempt.kind, facts)
      return this.#ended(attempt, permit, await attempt.result, facts)
    }
  }

  #begin(webhook: Webhook, permit: Permit): BegunAttempt | Refusal {
    this.#permit = permit
    const number = this.record.attempts + 1
    const attempt = beginAttempt(this.#delivery, webhook, number, this.#taken.signals.cut, this.#world)
    if (attempt.kind === 'begun') {
      this.#attempts += 1
      if (this.#attempts === 1) this.#firstBegunAtMs = attempt.begunAtMs
      this.record.begun()
    } else {
      this.#permit = null
      this.#world.isolation.cancelled(permit)
    }
    return attempt
  }

  #doNotBegin(prospect: Exclude<Prospect, { readonly kind: 'yes' }>): TryVerdict {
    const { facts } = prospect
    switch (prospect.kind) {
      case 'over':
        return this.#end(prospect.ending, facts)
      case 'expired':
        this.record.expire(facts)
        return stop
      case 'cut':
        this.record.deferInterrupted(facts)
        return stop
      case 'shadow':
        return this.#shadow(prospect.webhook, facts)
      case 'paused':
        this.record.deferPaused(prospect.key, facts)
        return stop
    }
  }

  /** No lane is asked: a receiver that is not called has nothing to be spared, and teaches nothing. */
  #shadow(webhook: Webhook, facts: Facts): TryVerdict {
    const rendering = requestOf(this.#delivery, webhook, this.record.attempts + 1, this.#world)
    if (rendering.kind !== 'request') return this.#reject(rendering.kind, facts)
    const { cutValues } = rendering
    return this.#end({ result: 'shadowed', reason: 'ok', faultOwner: null }, { ...facts, cutValues })
  }

  #reject(reason: Ending['reason'], facts: Facts): TryVerdict {
    return this.#end({ result: 'rejected', reason, faultOwner: 'config' }, facts)
  }

  #ended(attempt: BegunAttempt, permit: Permit, result: AttemptResult, found: Facts): TryVerdict {
    const { settings, isolation } = this.#world
    const { webhook, rendering } = attempt
    const { judgement, waitMs, ending } = judged(result, this.#world)
    this.#permit = null
    isolation.ended(permit, ending)
    if (judgement.kind === 'blocked' || judgement.kind === 'withheld') {
      this.record.notBegun()
      if (this.#taken.signals.lost.aborted) return stop
      if (judgement.kind === 'blocked') this.record.blocked(found)
      else if (attempt.pausedBy.key !== null) this.record.deferPaused(attempt.pausedBy.key, found)
      else this.record.deferInterrupted(found)
      return stop
    }
    this.record.tried(webhook)
    const shown = settings.excerpts && result.kind === 'answered' ? result.excerpt : null
    return this.#conclude(webhook, judgement, waitMs, {
      ...found,
      result: withMaskedRedirect(result, webhook, rendering.sensitive),
      queuedMs: attempt.begunAtMs - this.#taken.takenAtMs,
      excerpt: shown === null ? null : maskExcerpt(shown, rendering.sensitive()),
      cutValues: rendering.cutValues,
    })
  }

  #conclude(webhook: Webhook, judgement: Sent, waitMs: number | null, facts: Facts): TryVerdict {
    const { clock, random, settings, isolation } = this.#world
    // What is left to write is for whoever has the partition now.
    if (this.#taken.signals.lost.aborted) return stop
    if (judgement.kind === 'delivered') {
      return this.#end({ result: 'delivered', reason: 'ok', faultOwner: null }, facts)
    }
    const history = {
      attempts: this.#attempts,
      sinceFirstMs: clock.monotonicMs() - this.#firstBegunAtMs,
      round: this.#isNew() ? ('first' as const) : ('resumed' as const),
      backoffStep: this.#delivery.progress.backoffStep,
      retryAfterMs: waitMs,
      nowMs: clock.nowMs(),
      expiresAtMs: this.#delivery.expiresAtMs,
    }
    const step = nextStep(judgement, history, settings.retry, {
      random: () => random.next(),
      spendQuickTry: () => isolation.spendRetry(webhook),
    })
    const { reason, faultOwner } = judgement.kind === 'interrupted' ? cutShort : judgement
    switch (step.kind) {
      case 'failed':
        return this.#end({ result: 'failed', reason, faultOwner }, facts)
      case 'try_again':
        this.record.triesAgain({ reason, faultOwner }, step.waitMs, facts)
        return { kind: 'again', waitMs: step.waitMs }
      case 'park':
        this.record.park({ reason, faultOwner }, step, facts)
        return stop
    }
  }

  #end(ending: Ending, facts: Facts): TryVerdict {
    this.record.end(ending, facts)
    return stop
  }

  /** Nothing was tried or put off yet, by whatever process. */
  #isNew(): boolean {
    const { attempts, deferrals } = this.#delivery.progress
    return attempts + deferrals === 0
  }
}

type Sent = Exclude<Judgement, { readonly kind: 'blocked' | 'withheld' }>

const cutShort = { reason: 'interrupted', faultOwner: 'worker' } as const
