// What is held against webhooks, as it lives: fed by its source, read to the end that its topic had at start, followed from
// there, and asked before each attempt.
// Invariants: once it was read, the last that is known counts, also while the topic cannot be read: it never stops
// deliveries; where its history was lost, nothing is held against anybody until it is read again.
import type { ConfigPosition, Delivery } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { HeldSuspension } from '../domain/suspension.ts'
import type { Clock, SuspensionSink, SuspensionSource } from '../ports.ts'
import { ProbeSchedule } from '../suspension/probe-schedule.ts'
import { SuspensionTable } from '../suspension/suspension-table.ts'
import { Freshness } from '../table/freshness.ts'
import { endsKnown, hydrationAtStart, positionReached } from '../table/hydration.ts'
import type { HydrationState } from '../table/hydration.ts'

export class LiveSuspensions implements SuspensionSink {
  readonly table = new SuspensionTable()
  readonly #clock: Clock
  readonly #probes: ProbeSchedule
  readonly #whenReady = Promise.withResolvers<void>()
  #freshness = new Freshness()
  #state: HydrationState = hydrationAtStart
  #onReset = (): void => {}

  constructor(clock: Clock, probeEveryMs: number) {
    this.#clock = clock
    this.#probes = new ProbeSchedule(probeEveryMs)
  }

  /** Resolves when all that stood in the topic is known. Rejects if the source cannot start. */
  async hydrate(source: SuspensionSource): Promise<void> {
    await source.start(this)
    await this.#whenReady.promise
  }

  get ready(): boolean {
    return this.#state.kind === 'ready'
  }

  /** Monotonic milliseconds as of which nothing was missing. */
  caughtUpAsOfMs(): number {
    return this.#freshness.caughtUpAsOfMs()
  }

  /** Called when all has to be read again. */
  onReset(told: () => void): void {
    this.#onReset = told
  }

  /** Whether the delivery is not sent because this version of its webhook is suspended, and it is no probe either. */
  holds(delivery: Delivery, config: ConfigPosition): boolean {
    if (this.table.counts.suspended === 0) return false
    const held = this.table.find(delivery.webhookId, config)
    if (held?.state !== 'suspended') return false
    const now = { nowMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() }
    return !this.#probes.letsThrough(delivery, held, now)
  }

  started(ends: ReadonlyMap<number, bigint>): void {
    this.#advance(endsKnown(ends))
  }

  change(webhookId: WebhookId, suspension: HeldSuspension | null): void {
    this.table.apply(webhookId, suspension)
    if (suspension?.state !== 'suspended') this.#probes.forget(webhookId)
  }

  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    this.#freshness.position(partition, nextOffset, endOffset, askedAtMs)
    this.#advance(positionReached(this.#state, partition, nextOffset))
  }

  reset(): void {
    this.table.clear()
    this.#freshness = new Freshness()
    this.#onReset()
  }

  #advance(state: HydrationState): void {
    this.#state = state
    if (this.ready) this.#whenReady.resolve()
  }
}
