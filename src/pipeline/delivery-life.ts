// One delivery's life in this process, from when it was taken until it has ended or waits in a retry topic.
// Invariants: the newest version of the webhook is looked up when each attempt begins; every attempt that ended is
// followed by an outcome; an attempt that was not begun is not used up; the life is over only when all that it wrote is
// acknowledged.
import type { Delivery } from '../domain/delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Asked, Permit, Urgency } from '../isolation/admission.ts'
import type { TryVerdict } from '../ports.ts'
import type { Grant } from '../progress/in-flight-budget.ts'
import { maskExcerpt, withMaskedRedirect } from '../render/mask.ts'
import { judge } from '../retry/judgement.ts'
import type { Judgement } from '../retry/judgement.ts'
import { nextStep } from '../retry/next-step.ts'
import { retryAfterMs } from '../retry/retry-after.ts'
import { endingOf } from './attempt-ending.ts'
import type { DeliveryWorld, LifeResult, LifeSignals } from './delivery-world.ts'
import { LifeRecord } from './life-record.ts'
import type { Facts } from './life-record.ts'
import type { Ending } from './outcome-of.ts'
import { isSameVersion } from '../table/table-entry.ts'
import { startTried } from './start-tried.ts'
import { renderTraced, sendTraced } from './traced-attempt.ts'

export interface Taken {
  /** Monotonic milliseconds. */
  readonly takenAtMs: number
  readonly urgency: Urgency
  /** `over_share`: it is parked, whatever room its receiver has. */
  readonly grant: Grant
  readonly signals: LifeSignals
  /** The start of the same call at the same receiver, where it has to be tried first. */
  readonly untilStartTried: Promise<void> | null
  /** Called, perhaps more than once, when this delivery holds back no end of its call any more. */
  outOfTheWay(): void
}

/** Never rejects. */
export async function deliver(delivery: Delivery, taken: Taken, world: DeliveryWorld): Promise<LifeResult> {
  const life = new DeliveryLife(delivery, taken, world)
  try {
    await life.live()
  } catch (error) {
    life.broke(error)
  }
  taken.outOfTheWay()
  return life.settled()
}

const stop: TryVerdict = { kind: 'stop' }

class DeliveryLife {
  readonly #delivery: Delivery
  readonly #taken: Taken
  readonly #world: DeliveryWorld
  readonly #record: LifeRecord
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
    this.#record = new LifeRecord(delivery, world, taken.signals)
  }

  async live(): Promise<void> {
    const { grant, signals, untilStartTried } = this.#taken
    if (untilStartTried !== null && !(await startTried(untilStartTried, signals.halting, this.#world.clock)))
      return this.#record.deferInterrupted({})
    const verdict = await this.attempt(grant === 'over_share' ? 'not_now' : 'may_wait')
    this.#taken.outOfTheWay()
    if (verdict.kind === 'stop') return
    const plan = { firstWaitMs: verdict.waitMs, maxTries: this.#world.settings.retry.quickTries }
    const signal = AbortSignal.any([signals.halting, signals.cut, signals.lost])
    let underWay: Promise<TryVerdict> = Promise.resolve(stop)
    await this.#world.quickTries.repeat(plan, () => (underWay = this.attempt('at_once')), signal)
    // Repeating that was called off does not wait for the attempt that it has begun.
    await underWay
    if (!this.#record.isOver && !signals.lost.aborted) this.#record.deferInterrupted({})
  }

  async settled(): Promise<LifeResult> {
    const acknowledged = await this.#record.settled()
    return acknowledged && this.#record.isOver ? 'ended' : 'left'
  }

  /** A bug of ours ends this delivery, visibly; it must not hold the partition for ever. */
  broke(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#world.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
    // Kept, it would be an attempt that hangs for ever, and nothing more would be sent to its receiver.
    if (this.#permit !== null) this.#world.isolation.cancelled(this.#permit)
    if (this.#record.isOver || this.#taken.signals.lost.aborted) return
    this.#record.end({ result: 'failed', reason: 'interrupted', faultOwner: 'worker' })
  }

  /** `patience`: whether it may wait for room at its receiver. */
  async attempt(patience: Asked['patience']): Promise<TryVerdict> {
    const { clock, gate, table, isolation } = this.#world
    const { signals, urgency } = this.#taken
    for (;;) {
      for (let closed = gate.pass(); closed !== null && !signals.cut.aborted; closed = gate.pass())
        await closed
      if (signals.lost.aborted) return stop
      const entry = table.find(this.#delivery.webhookId)
      if (entry === undefined)
        return this.#end({ result: 'cancelled', reason: 'webhook_deleted', faultOwner: null }, {})
      const found = { config: entry.config, webhook: entry.kind === 'valid' ? entry.webhook : null }
      if (!entry.enabled) {
        return this.#end({ result: 'cancelled', reason: 'webhook_disabled', faultOwner: null }, found)
      }
      if (entry.kind === 'invalid') {
        return this.#end({ result: 'rejected', reason: 'invalid_config', faultOwner: 'config' }, found)
      }
      if (clock.nowMs() >= this.#delivery.expiresAtMs) {
        this.#record.expire(found)
        return stop
      }
      if (signals.cut.aborted) {
        this.#record.deferInterrupted(found)
        return stop
      }
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
        this.#record.defer(admission.deferral, found)
        return stop
      }
      // After a wait nothing need be as it was looked up.
      const isInTime = clock.nowMs() < this.#delivery.expiresAtMs
      const isAsBefore =
        admission === asked ||
        (isInTime && isSameVersion(entry, table.find(this.#delivery.webhookId)) && gate.pass() === null)
      if (isAsBefore && !signals.cut.aborted) return this.#send(entry.webhook, admission.permit, found)
      isolation.cancelled(admission.permit)
    }
  }

  async #send(webhook: Webhook, permit: Permit, found: Facts): Promise<TryVerdict> {
    const { clock, settings, isolation } = this.#world
    this.#permit = permit
    const rendering = renderTraced(webhook, this.#delivery, this.#world.tracer, {
      attempt: this.#record.attempts + 1,
      userAgent: settings.userAgent,
      maxTargetBytes: settings.maxTargetBytes,
      maxBodyBytes: settings.maxBodyBytes,
      nowMs: clock.nowMs(),
      purpose: 'delivery',
    })
    if (rendering.kind !== 'request') {
      this.#permit = null
      isolation.cancelled(permit)
      return this.#end({ result: 'rejected', reason: rendering.kind, faultOwner: 'config' }, found)
    }
    const begunAtMs = clock.monotonicMs()
    this.#attempts += 1
    if (this.#attempts === 1) this.#firstBegunAtMs = begunAtMs
    this.#record.begun()
    const totalTimeoutMs = webhook.totalTimeoutMs ?? settings.limits.totalTimeoutMs
    const { cut } = this.#taken.signals
    const attempt = { request: rendering.request, number: this.#record.attempts, trace: this.#delivery.trace }
    const result = await sendTraced(attempt, { ...settings.limits, totalTimeoutMs }, cut, this.#world)
    const judgement = judge(result, settings.statuses)
    const waitMs = result.kind === 'answered' ? retryAfterMs(result.retryAfter, clock.nowMs()) : null
    const ending = endingOf(result, judgement, waitMs)
    this.#permit = null
    isolation.ended(permit, ending)
    if (judgement.kind === 'blocked') {
      if (!this.#taken.signals.lost.aborted) this.#record.blocked(found)
      return stop
    }
    this.#record.tried(webhook)
    const shown = settings.excerpts && result.kind === 'answered' ? result.excerpt : null
    return this.#conclude(webhook, judgement, waitMs, {
      ...found,
      result: withMaskedRedirect(result, webhook, rendering.sensitive),
      queuedMs: begunAtMs - this.#taken.takenAtMs,
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
        this.#record.triesAgain({ reason, faultOwner }, step.waitMs, facts)
        return { kind: 'again', waitMs: step.waitMs }
      case 'park':
        this.#record.park({ reason, faultOwner }, step, facts)
        return stop
    }
  }

  #end(ending: Ending, facts: Facts): TryVerdict {
    this.#record.end(ending, facts)
    return stop
  }

  /** Nothing was tried or put off yet, by whatever process. */
  #isNew(): boolean {
    const { attempts, deferrals } = this.#delivery.progress
    return attempts + deferrals === 0
  }
}

type Sent = Exclude<Judgement, { readonly kind: 'blocked' }>

const cutShort = { reason: 'interrupted', faultOwner: 'worker' } as const
