// One partition's life: its records are taken in order, one at a time, and their deliveries run in parallel.
// Invariants: an offset is finished only when all that its event led to is acknowledged; nothing is taken before
// the start gate is open; what was halted before it was taken is read again.
import type { CommittedProgress, DecodedEvent, EventDecoder, SourceRecord } from '../ports.ts'
import { encodeMetadata } from '../progress/commit-metadata.ts'
import type { Unfinished } from '../progress/commit-metadata.ts'
import { OffsetTracker } from '../progress/offset-tracker.ts'
import { beginEvent } from './event-life.ts'
import type { EventWorld } from './event-life.ts'
import { IntakeQueue } from './intake-queue.ts'
import type { IntakeBounds, IntakeTap } from './intake-queue.ts'

export interface PartitionWorld {
  readonly event: EventWorld
  readonly decoder: EventDecoder
  readonly bounds: IntakeBounds
}

export class PartitionPipeline {
  readonly #world: PartitionWorld
  readonly #tracker: OffsetTracker
  readonly #queue: IntakeQueue
  /** Cuts attempts short and lets everything that waits go. */
  readonly #abort = new AbortController()
  /** Ends the wait for a schema: a record that is only being decoded was not taken yet. */
  #halt = new AbortController()
  #taking = false
  #unfinished = 0
  #endOffset = 0n
  #whenIdle: (() => void)[] = []

  /** `inherited`: which records behind the committed offset are finished already; null: none. */
  constructor(world: PartitionWorld, tap: IntakeTap, inherited: Unfinished | null) {
    this.#world = world
    this.#tracker = new OffsetTracker(inherited)
    this.#queue = new IntakeQueue(world.bounds, tap)
  }

  /** Everything below its offset may be committed; null while nothing was taken. */
  committable(): CommittedProgress | null {
    const offset = this.#tracker.committable()
    return offset === null ? null : { offset, metadata: encodeMetadata(offset, this.#tracker.unfinished()) }
  }

  /** Records from the committable offset to the partition's end, as last seen. */
  lag(): bigint {
    const behind = this.#endOffset - (this.#tracker.committable() ?? this.#endOffset)
    return behind > 0n ? behind : 0n
  }

  records(records: readonly SourceRecord[], endOffset: bigint): void {
    this.#endOffset = endOffset
    if (this.#halt.signal.aborted) return
    this.#queue.push(records)
    void this.#takeAll()
  }

  /** Takes nothing more and forgets what was not taken: it is read again from the committed offset. */
  halt(): void {
    this.#halt.abort()
    this.#queue.clear()
  }

  /** After a rejoin that left the partition here. The source has resumed it. */
  goOn(): void {
    this.#queue.clear()
    this.#halt = new AbortController()
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
    this.#abort.abort()
  }

  async #takeAll(): Promise<void> {
    if (this.#taking) return
    this.#taking = true
    const { gate } = this.#world.event.delivery
    for (;;) {
      for (let closed = gate.pass(); closed !== null; closed = gate.pass()) await closed
      // Looked for and found empty in one turn: a record that came between the two would be forgotten.
      const record = this.#queue.shift()
      if (record === undefined) break
      if (this.#tracker.isTaken(record.position.offset)) continue
      const { signal } = this.#halt
      const decoded = await this.#decode(record, signal)
      // Halted meanwhile: the record comes again from the committed offset, here or elsewhere.
      if (decoded === null || signal.aborted) continue
      await this.#begin(decoded, record)
    }
    this.#taking = false
  }

  /** Null: the intake has halted. */
  async #decode(record: SourceRecord, signal: AbortSignal): Promise<DecodedEvent | null> {
    try {
      return await this.#world.decoder.decode(record, signal)
    } catch (error) {
      if (!signal.aborted) this.#giveUp(error)
      return null
    }
  }

  /** Neither decoded nor halted: taking the records behind this one would let a commit pass it. */
  #giveUp(error: unknown): void {
    this.halt()
    const text = error instanceof Error ? error.message : String(error)
    this.#world.event.delivery.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
  }

  async #begin(decoded: DecodedEvent, record: SourceRecord): Promise<void> {
    const offset = this.#tracker.take(record.position.offset)
    this.#unfinished += 1
    const { signal } = this.#abort
    const done = (result: 'finished' | 'left'): void => {
      if (result === 'finished') this.#tracker.finish(offset)
      this.#unfinished -= 1
      if (this.#unfinished === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
    await beginEvent(decoded, { record, signal, done }, this.#world.event)
  }
}
