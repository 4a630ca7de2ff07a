// Reads the outcomes topic into the store, from the stored places on, for as long as the process lives.
// Invariant: whether the topic is still the one that was counted is decided in one way, at the begin of each reading:
// by its ends and by the record that was counted last. So whatever disturbs a reading (retention passed it, the topic
// was away) only ends it, and the next one begins with that question.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReadRecord, TopicReader, TopicReaderSink } from '../../kafka/topic-reader.ts'
import type { Clock, Observer } from '../../ports.ts'
import { unlessAborted } from '../../runtime/unless-aborted.ts'
import type { LoggedOutcome } from './logged-outcome.ts'
import { logBounds, readOutcomes } from './outcome-reading.ts'
import type { DecodeOutcome, LogKeeping, OutcomesRead } from './outcome-reading.ts'
import { fingerprintOf } from './outcome-store.ts'
import type { LastRead, OutcomeStore } from './outcome-store.ts'
import { isUnusable } from './outcome-store-file.ts'

export interface OutcomeFeedOptions {
  readonly store: OutcomeStore
  /** A reader of the outcomes topic that begins at these offsets, and at the log's start elsewhere. */
  openReader(from: ReadonlyMap<number, bigint>): TopicReader
  readonly decode: DecodeOutcome
  readonly observer: Observer
  readonly clock: Clock
  readonly keeping: LogKeeping
  /** What the log took just now, for whoever shows it. */
  stored(outcomes: readonly LoggedOutcome[]): void
}

export interface OutcomeFeed {
  /** Everything that the topic held when this reading began is counted. */
  readonly caughtUp: boolean
  /** The store turned out to be unusable elsewhere: it is begun anew. */
  storeFailed(error: unknown): void
  /** Nothing is written to the store afterwards. */
  stop(): Promise<void>
}

type Ending =
  /** The reader lost its place: the next reading begins at the stored ones. */
  | { readonly kind: 'place_lost' }
  /** What was counted and what is there do not belong together. */
  | { readonly kind: 'count_anew'; readonly reason: string }

/** Decoded and written without a pause: some 7 ms on one core. Other work has its turn between two slices. */
const sliceRecords = 100
/** A topic that is missing or brokers that are away: asked again, from often to seldom. */
const firstWaitMs = 250
const lastWaitMs = 5_000

export function startOutcomeFeed(options: OutcomeFeedOptions): OutcomeFeed {
  const stopping = new AbortController()
  const { signal } = stopping
  let current: Reading | undefined
  /** Why the store has to be made anew; kept until that has worked. */
  let spoilt: string | null = null

  const readOnce = async (): Promise<void> => {
    if (spoilt !== null) options.store.startOver(spoilt)
    spoilt = null
    const reading = new Reading(options, signal)
    const reader = options.openReader(reading.from)
    current = reading
    try {
      await unlessAborted(signal, reader.start(reading))
      const ending = await unlessAborted(signal, reading.ended)
      if (ending.kind === 'count_anew') spoilt = ending.reason
    } finally {
      reading.leave()
      await reader.stop()
    }
  }

  const readForEver = async (): Promise<void> => {
    let waitMs = firstWaitMs
    while (!signal.aborted) {
      try {
        await readOnce()
        waitMs = firstWaitMs
      } catch (error) {
        if (signal.aborted) return
        report(options.observer, error)
        if (isUnusable(error)) spoilt = textOf(error)
        waitMs = Math.min(waitMs * 2, lastWaitMs)
      }
      await pause(options.clock, waitMs, signal)
    }
  }

  const over = readForEver()
  return {
    get caughtUp() {
      return current?.caughtUp ?? false
    },
    storeFailed(error) {
      report(options.observer, error)
      if (isUnusable(error)) current?.end({ kind: 'count_anew', reason: textOf(error) })
    },
    async stop() {
      stopping.abort(new Error('the counting was stopped'))
      await over
    },
  }
}

/** One reading of the topic, from the stored places to whatever ends it. */
class Reading implements TopicReaderSink {
  readonly from: ReadonlyMap<number, bigint>
  readonly ended: Promise<Ending>
  readonly #options: OutcomeFeedOptions
  readonly #signal: AbortSignal
  readonly #end: (ending: Ending) => void
  /** What is counted, per partition. */
  readonly #counted: Map<number, LastRead>
  /** Partitions whose first records follow on what was counted. */
  readonly #joined = new Set<number>()
  #ahead: Map<number, bigint> | undefined
  #left = false

  constructor(options: OutcomeFeedOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#counted = options.store.lastRead()
    // The last counted record itself is read again, because it tells whether this is the topic that was counted.
    this.from = new Map(Array.from(this.#counted, ([partition, { offset }]) => [partition, offset]))
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    this.#end = resolve
  }

  get caughtUp(): boolean {
    return !this.#left && this.#ahead?.size === 0
  }

  end(ending: Ending): void {
    this.leave()
    this.#end(ending)
  }

  /** What the reader still hands over is not counted. */
  leave(): void {
    this.#left = true
  }

  started(ends: ReadonlyMap<number, bigint>): void {
    this.#ahead = new Map(ends)
    for (const [partition, { offset }] of this.#counted) {
      // Topics only grow, in partitions and in offsets.
      if ((ends.get(partition) ?? -1n) <= offset)
        this.end({ kind: 'count_anew', reason: `the topic was made anew: partition ${partition} is shorter` })
    }
  }

  async records(partition: number, records: readonly ReadRecord[]): Promise<void> {
    const fresh = this.#left ? [] : this.#notCounted(partition, records)
    for (let at = 0; at < fresh.length && !this.#left; at += sliceRecords) {
      const slice = fresh.slice(at, at + sliceRecords)
      const { outcomes, logged } = await this.#decodeAll(partition, slice)
      const last = slice.at(-1)
      if (this.#left || last === undefined) return
      const lastRead = { offset: last.offset, fingerprint: fingerprintOf(last) }
      try {
        this.#options.store.apply({ partition, outcomes, logged, lastRead })
        this.#counted.set(partition, lastRead)
        this.#options.stored(logged)
        this.#options.store.pruneLog(logBounds(this.#options.keeping, this.#options.clock.nowMs()))
      } catch (error) {
        // Anything else may pass: the reader reports it and hands the same records over again.
        if (!isUnusable(error)) throw error
        return this.end({ kind: 'count_anew', reason: textOf(error) })
      }
      await nextTurn()
    }
  }

  position(partition: number, nextOffset: bigint): void {
    if (nextOffset >= (this.#ahead?.get(partition) ?? 0n)) this.#ahead?.delete(partition)
  }

  troubled(error: Error): void {
    if (!this.#left && !this.#signal.aborted) report(this.#options.observer, error)
  }

  reset(): void {
    this.end({ kind: 'place_lost' })
  }

  /** What of the records is new. The first of a partition must follow on what was counted of it. */
  #notCounted(partition: number, records: readonly ReadRecord[]): readonly ReadRecord[] {
    const counted = this.#counted.get(partition)
    const first = records[0]
    if (counted === undefined || first === undefined) return records
    const { offset, fingerprint } = counted
    const place = `${partition}/${offset}`
    if (!this.#joined.has(partition)) {
      this.#joined.add(partition)
      if (first.offset === offset && Buffer.compare(fingerprintOf(first), fingerprint) !== 0) {
        this.end({ kind: 'count_anew', reason: `the topic was made anew: ${place} is another record` })
        return []
      }
      if (first.offset > offset + 1n)
        report(this.#options.observer, `what followed ${place} was removed before it was counted`)
    }
    return records.filter((record) => record.offset > offset)
  }

  async #decodeAll(partition: number, records: readonly ReadRecord[]): Promise<OutcomesRead> {
    const { clock, keeping, observer, decode } = this.#options
    const nowMs = clock.nowMs()
    const times = { nowMs, keepFromMs: logBounds(keeping, nowMs).beforeMs }
    const read = await readOutcomes(records, (value) => decode(value, this.#signal), times)
    const [first] = read.faults
    if (first !== undefined)
      report(observer, `${read.faults.length} records are no outcomes, the first at ${partition}/${first}`)
    return read
  }
}

function report(observer: Observer, error: unknown): void {
  observer.observe({ kind: 'trouble', where: 'outcome-counts', error: textOf(error) })
}

function textOf(error: unknown): string {
  const { message } = Object(error) as { readonly message?: unknown }
  return typeof message === 'string' ? message : String(error)
}

async function pause(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.after(waitMs, resolve)
  try {
    await unlessAborted(signal, promise)
  } catch {
    cancel()
  }
}
