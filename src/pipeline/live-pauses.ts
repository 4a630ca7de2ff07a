// The pauses as they live: fed by their source, read to the end that their topic had at start, and followed from there.
// Invariants: once they were read, the last that is known counts, also while the topic cannot be read; where its history
// was lost, what is not met when it is read again was lifted meanwhile, and holds until then.
import type { PausedBy } from '../domain/parked-delivery.ts'
import type { PausesStanding } from '../domain/standing.ts'
import type { Clock, Observer, PauseSink, PauseSource } from '../ports.ts'
import { Freshness } from '../table/freshness.ts'
import { endsKnown, hydrationAtStart, positionReached } from '../table/hydration.ts'
import type { HydrationState } from '../table/hydration.ts'
import { PauseTable } from '../table/pause-table.ts'
import { ReadingProgress } from '../table/reading-progress.ts'

/**
 * After a pause was lifted, others may go on parking for it: until they have heard of it, and their writes have landed.
 * What stands before those is moved behind them when this time is over.
 */
const straggleMs = 3_000

export class LivePauses implements PauseSink {
  readonly table = new PauseTable()
  readonly #clock: Clock
  readonly #observer: Observer
  readonly #freshness = new Freshness()
  readonly #progress = new ReadingProgress()
  readonly #whenReady = Promise.withResolvers<void>()
  /** Partitions that are read again, with what was met so far: how it stands is known at the end. */
  readonly #rereading = new Map<number, Map<string, 'paused' | 'lifted'>>()
  #state: HydrationState = hydrationAtStart
  /** Liftings that others may not have heard of; monotonic milliseconds. */
  #unsettled: { readonly offset: bigint; readonly heardAtMs: number }[] = []
  #settledLift = -1n
  #startedAtMs = 0
  #onLifted = (): void => {}

  constructor(clock: Clock, observer: Observer) {
    this.#clock = clock
    this.#observer = observer
  }

  /** Resolves when all that stood in the topic is known. Rejects if the source cannot start. */
  async hydrate(source: PauseSource): Promise<void> {
    this.#startedAtMs = this.#clock.monotonicMs()
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

  standing(): PausesStanding {
    const ageMs = this.#clock.monotonicMs() - Math.max(this.caughtUpAsOfMs(), this.#startedAtMs)
    return { inForce: [...this.table.keys].toSorted(), lag: this.#progress.lag(ageMs) }
  }

  /** Called when a pause was lifted, so that what it held back is looked at. */
  onLifted(look: () => void): void {
    this.#onLifted = look
  }

  /** The key of a pause that holds the webhook's deliveries back; null: none does. */
  pausing(webhook: Parameters<PauseTable['pausing']>[0]): string | null {
    return this.table.pausing(webhook)
  }

  /** Offset of the last lifting that everybody has heard of; -1: there was none. The topic's order, and nobody's clock. */
  settledLift(): bigint {
    const heardBeforeMs = this.#clock.monotonicMs() - straggleMs
    for (let [first] = this.#unsettled; first !== undefined; [first] = this.#unsettled) {
      if (first.heardAtMs > heardBeforeMs) break
      this.#settledLift = first.offset
      this.#unsettled.shift()
    }
    return this.#settledLift
  }

  /**
   * Whether a record that waits is worth being taken: its pause is over; or one was lifted since it was parked, and what
   * that held back may stand behind it. Such a record is parked anew, behind them, and once for each lifting.
   */
  mayGoOn({ key, asOf }: PausedBy): boolean {
    return !this.table.isInForce(key) || asOf < this.settledLift()
  }

  started(ends: ReadonlyMap<number, bigint>): void {
    this.#progress.started(ends)
    this.#advance(endsKnown(ends))
  }

  change(key: string, state: 'paused' | 'lifted', offset: bigint): void {
    for (const met of this.#rereading.values()) met.set(key, state)
    if (this.#rereading.size > 0 && state === 'lifted') return
    const update = this.table.apply(key, state)
    if (update === 'unknown') {
      const error = `no scope that can be paused: ${JSON.stringify(key.slice(0, 100))}`
      if (state === 'paused') this.#observer.observe({ kind: 'trouble', where: 'pauses', error })
      return
    }
    // Also where this process never knew of the pause: what it held back may stand in a partition of ours.
    if (state === 'lifted') this.#unsettled.push({ offset, heardAtMs: this.#clock.monotonicMs() })
    if (update === 'unchanged') return
    if (this.ready) this.#observeCounts()
    if (update === 'lifted') this.#onLifted()
  }

  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    this.#progress.position(partition, nextOffset, endOffset)
    const met = this.#rereading.get(partition)
    if (met !== undefined && nextOffset >= endOffset) {
      this.#rereading.delete(partition)
      for (const key of this.table.keys) this.change(key, met.get(key) ?? 'lifted', endOffset)
    }
    this.#freshness.position(partition, nextOffset, endOffset, askedAtMs)
    this.#advance(positionReached(this.#state, partition, nextOffset))
  }

  reset(partition: number, reason: string): void {
    this.#observer.observe({ kind: 'pauses_reset', partition, reason })
    this.#progress.again(partition)
    this.#rereading.set(partition, new Map())
  }

  #advance(state: HydrationState): void {
    const becameReady = !this.ready && state.kind === 'ready'
    this.#state = state
    if (!becameReady) return
    this.#observeCounts()
    this.#whenReady.resolve()
  }

  #observeCounts(): void {
    this.#observer.observe({ kind: 'pauses', inForce: this.table.counts() })
  }
}
