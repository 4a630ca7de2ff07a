// One delivery's life, from its first attempt to its acknowledged final outcome.
// Invariants: the newest version of the webhook is looked up when each attempt begins; every attempt that ended is
// followed by an outcome; the life is over only when all of its outcomes are acknowledged.
import type { Delivery } from '../domain/delivery.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Webhook } from '../domain/webhook.ts'
import type {
  AttemptLimits,
  Clock,
  HttpSender,
  Observer,
  OutcomeSink,
  QuickTries,
  Random,
  TryVerdict,
} from '../ports.ts'
import { maskExcerpt } from '../render/mask.ts'
import { render } from '../render/render.ts'
import { judge } from '../retry/judgement.ts'
import type { Judgement, StatusPolicy } from '../retry/judgement.ts'
import { nextStep } from '../retry/next-step.ts'
import type { QuickTryBounds } from '../retry/next-step.ts'
import type { GlobalTable } from '../table/global-table.ts'
import type { Ending, LifeSoFar } from './outcome-of.ts'
import { finalOutcome, triedOutcome } from './outcome-of.ts'
import type { StartGate } from './start-gate.ts'

export interface DeliverySettings {
  readonly limits: AttemptLimits
  readonly statuses: StatusPolicy
  readonly quickTries: QuickTryBounds
  readonly userAgent: string
  readonly maxTargetBytes: number
  readonly maxBodyBytes: number
  /** Whether outcomes carry an excerpt of the answer. */
  readonly excerpts: boolean
}

export interface DeliveryWorld {
  readonly clock: Clock
  readonly random: Random
  readonly sender: HttpSender
  readonly quickTries: QuickTries
  readonly outcomes: OutcomeSink
  readonly observer: Observer
  readonly gate: StartGate
  readonly table: GlobalTable
  readonly settings: DeliverySettings
}

/** `ended`: the final outcome is acknowledged. `left`: aborted before that; the event must not be committed. */
export type LifeResult = 'ended' | 'left'

/** `takenAtMs`: monotonic, when the event was taken. `signal` cuts the life short, without an outcome. */
export async function deliver(
  delivery: Delivery,
  takenAtMs: number,
  world: DeliveryWorld,
  signal: AbortSignal,
): Promise<LifeResult> {
  const life = new DeliveryLife(delivery, takenAtMs, world, signal)
  try {
    const verdict = await life.attempt()
    if (verdict.kind === 'again') {
      const plan = { firstWaitMs: verdict.waitMs, maxTries: world.settings.quickTries.quickTries }
      await world.quickTries.repeat(plan, () => life.attempt(), signal)
    }
  } catch (error) {
    life.broke(error)
  }
  return life.settled()
}

const stop: TryVerdict = { kind: 'stop' }

class DeliveryLife {
  readonly #delivery: Delivery
  readonly #takenAtMs: number
  readonly #world: DeliveryWorld
  readonly #signal: AbortSignal
  readonly #acknowledgements: Promise<void>[] = []
  #attempts = 0
  #firstBegunAtMs = 0
  #ended = false

  constructor(delivery: Delivery, takenAtMs: number, world: DeliveryWorld, signal: AbortSignal) {
    this.#delivery = delivery
    this.#takenAtMs = takenAtMs
    this.#world = world
    this.#signal = signal
  }

  async settled(): Promise<LifeResult> {
    const settled = await Promise.allSettled(this.#acknowledgements)
    return this.#ended && settled.every(({ status }) => status === 'fulfilled') ? 'ended' : 'left'
  }

  /** A bug of ours ends this delivery, visibly; it must not hold the partition for ever. */
  broke(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#world.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
    if (this.#ended || this.#signal.aborted) return
    this.#end({ result: 'failed', reason: 'interrupted', faultOwner: 'worker' })
  }

  async attempt(): Promise<TryVerdict> {
    const { clock, gate, table } = this.#world
    for (let closed = gate.pass(); closed !== null; closed = gate.pass()) {
      if (this.#signal.aborted) return stop
      await closed
    }
    if (this.#signal.aborted) return stop
    const entry = table.find(this.#delivery.webhookId)
    if (entry === undefined)
      return this.#end({ result: 'cancelled', reason: 'webhook_deleted', faultOwner: null })
    const found = { config: entry.config, webhook: entry.kind === 'valid' ? entry.webhook : null }
    if (!entry.enabled) {
      return this.#end({ result: 'cancelled', reason: 'webhook_disabled', faultOwner: null }, found)
    }
    if (entry.kind === 'invalid') {
      return this.#end({ result: 'rejected', reason: 'invalid_config', faultOwner: 'config' }, found)
    }
    if (clock.nowMs() >= this.#delivery.expiresAtMs) {
      const result = this.#attempts > 0 ? 'failed' : 'expired'
      return this.#end({ result, reason: 'horizon_passed', faultOwner: null }, found)
    }
    return this.#send(entry.webhook, found)
  }

  async #send(webhook: Webhook, found: Pick<LifeSoFar, 'config' | 'webhook'>): Promise<TryVerdict> {
    const { clock, sender, observer, settings } = this.#world
    const rendering = render(webhook, this.#delivery.event, {
      deliveryId: this.#delivery.deliveryId,
      attempt: this.#attempts + 1,
      userAgent: settings.userAgent,
      maxTargetBytes: settings.maxTargetBytes,
      maxBodyBytes: settings.maxBodyBytes,
      nowMs: clock.nowMs(),
      purpose: 'delivery',
    })
    if (rendering.kind !== 'request') {
      return this.#end({ result: 'rejected', reason: rendering.kind, faultOwner: 'config' }, found)
    }
    const begunAtMs = clock.monotonicMs()
    this.#attempts += 1
    if (this.#attempts === 1) this.#firstBegunAtMs = begunAtMs
    observer.observe({ kind: 'attempt_begun' })
    const totalTimeoutMs = webhook.totalTimeoutMs ?? settings.limits.totalTimeoutMs
    const result = await sender.send(rendering.request, { ...settings.limits, totalTimeoutMs }, this.#signal)
    const shown = settings.excerpts && result.kind === 'answered' ? result.excerpt : null
    return this.#conclude(judge(result, settings.statuses), {
      ...found,
      result,
      queuedMs: begunAtMs - this.#takenAtMs,
      excerpt: shown === null ? null : maskExcerpt(shown, rendering.sensitive()),
      cutValues: rendering.cutValues,
    })
  }

  #conclude(judgement: Judgement, facts: Partial<LifeSoFar>): TryVerdict {
    const { clock, random, settings } = this.#world
    const history = { attempts: this.#attempts, sinceFirstMs: clock.monotonicMs() - this.#firstBegunAtMs }
    const step = nextStep(judgement, history, settings.quickTries, random.next())
    // Aborted: the partition may be somebody else's by now, and what is left to write is theirs to write.
    if (judgement.kind === 'interrupted' || step.kind === 'leave' || this.#signal.aborted) return stop
    if (judgement.kind === 'delivered')
      return this.#end({ result: 'delivered', reason: 'ok', faultOwner: null }, facts)
    const { reason, faultOwner } = judgement
    if (step.kind !== 'try_again') return this.#end({ result: 'failed', reason, faultOwner }, facts)
    this.#write(triedOutcome(this.#life(facts), { reason, faultOwner }, step.waitMs), facts)
    return { kind: 'again', waitMs: step.waitMs }
  }

  #end(ending: Ending, facts: Partial<LifeSoFar> = {}): TryVerdict {
    this.#ended = true
    this.#write(finalOutcome(this.#life(facts), ending), facts)
    return stop
  }

  #life(facts: Partial<LifeSoFar>): LifeSoFar {
    return {
      delivery: this.#delivery,
      attempts: this.#attempts,
      webhook: null,
      config: null,
      result: null,
      queuedMs: null,
      excerpt: null,
      cutValues: [],
      nowMs: this.#world.clock.nowMs(),
      ...facts,
    }
  }

  #write(outcome: Outcome, facts: Partial<LifeSoFar>): void {
    const detail = facts.result?.kind === 'unanswered' ? facts.result.detail : null
    this.#world.observer.observe({ kind: 'outcome', outcome, detail })
    const doubt = this.#world.gate.membership()
    const written = doubt === null ? this.#world.outcomes.write(outcome) : this.#writeAsMember(outcome, doubt)
    // Judged in `settled`; marked here so that a sink that stops meanwhile is no unhandled rejection.
    written.catch(() => {})
    this.#acknowledgements.push(written)
  }

  /** Waits until the group has answered again. If the partition is lost meanwhile, nothing is written. */
  async #writeAsMember(outcome: Outcome, firstDoubt: Promise<void>): Promise<void> {
    const { gate, outcomes } = this.#world
    for (let doubt: Promise<void> | null = firstDoubt; doubt !== null; doubt = gate.membership()) {
      await doubt
      if (this.#signal.aborted) throw new Error('the partition was lost before its outcome could be written')
    }
    await outcomes.write(outcome)
  }
}
