// One partition's life: its records are taken in order, one at a time, and what they lead to runs in parallel. A record
// of a retry topic is taken when it is due; what is behind it waits, since it was parked later for as long.
// Invariants: an offset is finished only when all that its record led to is acknowledged; nothing is taken before the
// start gate is open, nor more than a commit can tell apart; what was halted before it was taken is read again.
import type { CommittedProgress, Observer, SourceRecord } from '../ports.ts'
import { decodeMetadata, encodeMetadata } from '../progress/commit-metadata.ts'
import { OffsetTracker } from '../progress/offset-tracker.ts'
import { Backlog } from './backlog.ts'
import type { RecordResult } from './delivering.ts'
import type { LifeSignals } from './delivery-world.ts'
import { DueHead } from './due-head.ts'
import type { DueWorld } from './due-head.ts'
import type { BeginLife } from './event-life.ts'
import { IntakeQueue } from './intake-queue.ts'
import type { IntakeBounds, IntakeTap } from './intake-queue.ts'
import type { StartGate } from './start-gate.ts'
import type { TakeTurns } from './take-turns.ts'

export interface PartitionWorld extends DueWorld {
  readonly observer: Observer
  readonly gate: StartGate
  readonly turns: TakeTurns
  readonly bounds: IntakeBounds
}

export interface PartitionKind {
  /** Milliseconds that each record waits; null: none does, and new ones go before those that waited. */
  readonly delayMs: number | null
  /** Reads a record. A promise where that cannot be done at once; rejects when `signal` aborts before it could be read. */
  read(record: SourceRecord, signal: AbortSignal): BeginLife | Promise<BeginLife>
}

/** Kept of a retry topic's partition whose head is not due yet: enough to begin with while more is fetched. */
const sleepingRecords = 16
/** A head that is due within this time is about to be taken. */
const soonMs = 1_000

export class PartitionPipeline {
  readonly #world: PartitionWorld
  readonly #kind: PartitionKind
  readonly #tracker: OffsetTracker
  readonly #queue: IntakeQueue
  /** Null: its records wait for no time. */
  readonly #due: DueHead | null
  /** What of it is not done. */
  readonly backlog: Backlog
  /** The partition is another's. */
  readonly #lost = new AbortController()
  /** Ends the wait for a schema: a record that is only being decoded was not taken yet. */
  #halt = new AbortController()
  /** Ends what is under way. */
  #cut = new AbortController()
  #signals = this.#signalsNow()
  #taking = false
  #unfinished = 0
  #whenIdle: (() => void)[] = []
  /** Wakes who waits for a record to be done, or for the intake to halt. */
  #wakeTaking = (): void => {}

  /** `committed`: how far the group had come, and which records behind that are finished already. */
  constructor(
    world: PartitionWorld,
    kind: PartitionKind,
    tap: IntakeTap,
    committed: CommittedProgress | null,
  ) {
    this.#world = world
    this.#kind = kind
    const inherited = committed === null ? null : decodeMetadata(committed.offset, committed.metadata)
    this.#tracker = new OffsetTracker(inherited)
    this.#queue = new IntakeQueue(world.bounds, tap)
    const { delayMs } = kind
    this.#due = delayMs === null ? null : new DueHead(world, delayMs, () => void this.#takeAll())
    const at = { delayMs, committed: committed?.offset ?? null }
    this.backlog = new Backlog(this.#tracker, this.#queue, at)
  }

  /** Milliseconds that each of its records waits; null: it is of call events. */
  get delayMs(): number | null {
    return this.#kind.delayMs
  }

  /** Everything below its offset may be committed; null while nothing was taken. */
  committable(): CommittedProgress | null {
    const offset = this.#tracker.committable()
    return offset === null ? null : { offset, metadata: encodeMetadata(offset, this.#tracker.unfinished()) }
  }

  /** Answers how many it took. */
  records(records: readonly SourceRecord[], endOffset: bigint): number {
    this.backlog.grownTo(endOffset)
    if (this.#halt.signal.aborted) return records.length
    const taken = this.#enqueue(records)
    void this.#takeAll()
    return taken
  }

  /** Takes nothing more and forgets what was not taken: it is read again from the committed offset. */
  halt(): void {
    this.#due?.cancel()
    this.#halt.abort()
    this.backlog.letsGo()
    this.#queue.clear()
    this.#wakeTaking()
  }

  /** The time to settle is over: attempts are cut, and all that is unfinished is parked. */
  cut(): void {
    this.halt()
    this.#cut.abort()
  }

  /** After a rejoin that left the partition here. The source has resumed it. */
  goOn(): void {
    this.#queue.clear()
    this.#halt = new AbortController()
    if (this.#cut.signal.aborted) this.#cut = new AbortController()
    this.#signals = this.#signalsNow()
  }

  /** Resolves when nothing that was taken is unfinished. */
  idle(): Promise<void> {
    if (this.#unfinished === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve)
    })
  }

  /** The partition belongs to somebody else, or the process ends: what is in flight is cut without an outcome. */
  abandon(): void {
    this.halt()
    this.#lost.abort()
    this.#cut.abort()
  }

  #enqueue(records: readonly SourceRecord[]): number {
    if (records.length > 0) this.backlog.isFed()
    const head = this.#queue.first ?? records[0]
    if (this.#due === null || head === undefined) {
      this.#queue.push(records)
      return records.length
    }
    const isDueSoon = this.#due.untilDueMs(head) <= soonMs
    return this.#queue.pushUpTo(isDueSoon ? this.#world.bounds.maxQueuedRecords : sleepingRecords, records)
  }

  async #takeAll(): Promise<void> {
    if (this.#taking) return
    this.#taking = true
    const { gate, turns } = this.#world
    for (;;) {
      for (let closed = gate.pass(); closed !== null; closed = gate.pass()) await closed
      const { first } = this.#queue
      if (first === undefined || this.#due?.awaits(first) === true) break
      const turn = turns.pass(this.#kind.delayMs === null ? 'new' : 'parked')
      if (turn !== null) await turn
      // Looked for and found empty in one turn: a record that came between the two would be forgotten.
      const record = this.#queue.shift()
      if (record === undefined) break
      if (this.#tracker.isTaken(record.position.offset)) continue
      this.backlog.reads(record)
      const { signal } = this.#halt
      while (!this.#tracker.hasRoomFor(record.position.offset) && !signal.aborted) await this.#oneDone()
      // Here and below, what need not wait does not: a promise each costs as much as rendering a request.
      const read = this.#read(record, signal)
      const begin = read instanceof Promise ? await read : read
      // Halted meanwhile: the record comes again from the committed offset, here or elsewhere.
      const beginning = begin === null || signal.aborted ? null : this.#begin(begin, record)
      if (beginning !== null) await beginning
      this.backlog.reads(null)
    }
    this.#taking = false
  }

  #signalsNow(): LifeSignals {
    return { halting: this.#halt.signal, cut: this.#cut.signal, lost: this.#lost.signal }
  }

  #oneDone(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeTaking = resolve
    })
  }

  /** A head that waits for room need not wait for longer than its receiver is busy. */
  look(): void {
    if (this.#due?.isAwaited === true) void this.#takeAll()
  }

  /** Null: the intake has halted. */
  #read(record: SourceRecord, signal: AbortSignal): BeginLife | null | Promise<BeginLife | null> {
    const broke = (error: unknown): null => {
      if (!signal.aborted) this.#giveUp(error)
      return null
    }
    try {
      const read = this.#kind.read(record, signal)
      return read instanceof Promise ? read.catch(broke) : read
    } catch (error) {
      return broke(error)
    }
  }

  /** Neither decoded nor halted: taking the records behind this one would let a commit pass it. */
  #giveUp(error: unknown): void {
    this.halt()
    const text = error instanceof Error ? error.message : String(error)
    this.#world.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
  }

  #begin(begin: BeginLife, record: SourceRecord): Promise<void> | null {
    const offset = this.#tracker.take(record.position.offset, record.timestampMs)
    this.backlog.reads(null)
    this.#unfinished += 1
    const done = (result: RecordResult): void => {
      if (result === 'finished') this.#tracker.finish(offset)
      this.#unfinished -= 1
      this.#wakeTaking()
      if (this.#unfinished === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
    return begin({ signals: this.#signals, done })
  }
}
