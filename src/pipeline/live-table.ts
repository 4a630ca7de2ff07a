// The table as it lives: fed by its source, hydrated to the ends seen at start, and known to be fresh or not.
// Invariant: it is ready only while every partition has been read to the end that counts for it; a partition
// whose history was lost is read again, and until then nothing is served.
import type { WebhookChange } from '../domain/webhook-change.ts'
import type { Clock, Observer, TableSink, TableSource } from '../ports.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { InvalidWebhook, TableStanding } from '../domain/standing.ts'
import { faultText } from '../domain/webhook-fault.ts'
import { Freshness } from '../table/freshness.ts'
import { GlobalTable } from '../table/global-table.ts'
import type { TableOptions } from '../table/global-table.ts'
import { endsKnown, hydrationAtStart, positionReached, readAgain } from '../table/hydration.ts'
import type { HydrationState } from '../table/hydration.ts'
import { ReadingProgress } from '../table/reading-progress.ts'

/** Milliseconds between two tellings of how far a reading has come: a start that takes less says nothing. */
const tellEveryMs = 2_000

export class LiveTable implements TableSink {
  readonly table: GlobalTable
  readonly #freshness = new Freshness()
  readonly #progress = new ReadingProgress()
  readonly #clock: Clock
  readonly #observer: Observer
  readonly #rereading = new Set<number>()
  readonly #whenReady = Promise.withResolvers<void>()
  #state: HydrationState = hydrationAtStart
  #startedAtMs: number
  /** When it was last told how far it has come. */
  #toldAtMs: number

  constructor(clock: Clock, observer: Observer, options: TableOptions = {}) {
    this.#clock = clock
    this.#observer = observer
    this.#startedAtMs = clock.monotonicMs()
    this.#toldAtMs = this.#startedAtMs
    this.table = new GlobalTable(options)
  }

  /** Resolves when the table is hydrated. Rejects if the source cannot start. */
  async hydrate(source: TableSource): Promise<void> {
    this.#startedAtMs = this.#clock.monotonicMs()
    this.#toldAtMs = this.#startedAtMs
    await source.start(this)
    await this.#whenReady.promise
  }

  get ready(): boolean {
    return this.#state.kind === 'ready'
  }

  /** Monotonic milliseconds as of which every partition was complete. */
  caughtUpAsOfMs(): number {
    return this.#freshness.caughtUpAsOfMs()
  }

  standing(): TableStanding {
    const { table } = this
    const ageMs = this.#clock.monotonicMs() - Math.max(this.caughtUpAsOfMs(), this.#startedAtMs)
    return {
      state: this.#state.kind,
      hydration: this.ready ? 1 : this.#progress.ratio,
      ageMs,
      lag: this.#progress.lag(ageMs),
      webhooks: table.size,
      invalid: table.invalidCount,
      unverified: table.unverifiedCount,
      lookups: table.lookups,
    }
  }

  /** At most `most`, the ones that changed last first. */
  invalidWebhooks(most: number): readonly InvalidWebhook[] {
    return this.table.lastInvalid(most).map(({ webhookId, accountId, config, faults }) => ({
      webhookId,
      accountId,
      config,
      faults: faults.map(faultText),
    }))
  }

  started(ends: ReadonlyMap<number, bigint>): void {
    this.#progress.started(ends)
    this.#advance(endsKnown(ends))
  }

  change(position: RecordPosition, change: WebhookChange): void {
    const update = this.table.apply(position, change)
    if (update.kind === 'ignored_as_old') return
    const { webhookId } = change
    if (update.moved) this.#observer.observe({ kind: 'webhook_key_moved', webhookId })
    if (update.faults.length > 0) {
      const faults = update.faults.map(faultText)
      this.#observer.observe({ kind: 'webhook_invalid', webhookId, faults })
    }
    if (update.unverifiedOrigin !== null) {
      this.#observer.observe({ kind: 'webhook_unverified', webhookId, origin: update.unverifiedOrigin })
    }
    if (this.ready) this.#observeSize()
  }

  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    this.#progress.position(partition, nextOffset, endOffset)
    if (this.#rereading.has(partition) && nextOffset >= endOffset) {
      this.#rereading.delete(partition)
      this.table.endReread(partition)
      this.#advance(positionReached(this.#state, partition, rereadEnd))
    }
    this.#freshness.position(partition, nextOffset, endOffset, askedAtMs)
    if (!this.ready) this.#tellReading()
    if (!this.#rereading.has(partition)) this.#advance(positionReached(this.#state, partition, nextOffset))
  }

  reset(partition: number, reason: string): void {
    this.#observer.observe({ kind: 'table_reset', partition, reason })
    this.#rereading.add(partition)
    this.#progress.again(partition)
    this.table.beginReread(partition)
    this.#state = readAgain(this.#state, partition, rereadEnd)
  }

  #tellReading(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#toldAtMs < tellEveryMs) return
    this.#toldAtMs = nowMs
    const part = Number(this.#progress.ratio.toFixed(3))
    this.#observer.observe({ kind: 'table_reading', webhooks: this.table.size, part })
  }

  #advance(state: HydrationState): void {
    const becameReady = !this.ready && state.kind === 'ready'
    this.#state = state
    if (!becameReady) return
    const tookMs = this.#clock.monotonicMs() - this.#startedAtMs
    this.#observer.observe({ kind: 'table_ready', webhooks: this.table.size, tookMs })
    this.#observeSize()
    this.#whenReady.resolve()
  }

  #observeSize(): void {
    this.#observer.observe({
      kind: 'table_changed',
      webhooks: this.table.size,
      invalid: this.table.invalidCount,
      unverified: this.table.unverifiedCount,
    })
  }
}

/** The end of a second reading is met by catching up with the log as it then is, not at an offset known before. */
const rereadEnd = 2n ** 63n
