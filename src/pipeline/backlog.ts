// What of one partition is not done: how many records, how old the oldest is, and by how much the next one is overdue.
// Invariant: a record that is not done is known here wherever it is: under way, being read, in the queue, or let go of by
// a halt and to be read again; otherwise a partition that is stuck would look like one that has nothing to do.
import { readExpectation } from '../domain/parked-delivery.ts'
import type { SourceRecord } from '../ports.ts'
import type { OffsetTracker } from '../progress/offset-tracker.ts'
import { dueAtMs } from '../retry/due-time.ts'
import type { IntakeQueue } from './intake-queue.ts'

/** What is known of the first record that was not taken, also when it was let go of. */
interface Next {
  readonly offset: bigint
  readonly writtenAtMs: number
  readonly dueAtMs: number
}

export class Backlog {
  readonly #tracker: OffsetTracker
  readonly #queue: IntakeQueue
  readonly #delayMs: number | null
  readonly #committed: bigint | null
  #endOffset = 0n
  /** Out of the queue and not taken yet: being decoded, or waiting for room. */
  #reading: SourceRecord | null = null
  #letGo: Next | null = null

  /** `delayMs`: as PartitionKind's. `committed`: where the group stood at the assignment; null: it is not known. */
  constructor(
    tracker: OffsetTracker,
    queue: IntakeQueue,
    { delayMs, committed }: { readonly delayMs: number | null; readonly committed: bigint | null },
  ) {
    this.#tracker = tracker
    this.#queue = queue
    this.#delayMs = delayMs
    this.#committed = committed
  }

  /** The partition ends at this offset or behind it. */
  grownTo(endOffset: bigint): void {
    if (endOffset > this.#endOffset) this.#endOffset = endOffset
  }

  /** The record is out of the queue; null: it was taken, or is of no concern. */
  reads(record: SourceRecord | null): void {
    this.#reading = record
  }

  /** To be told before the queue is cleared: its records are read again, perhaps much later. */
  letsGo(): void {
    const next = this.#reading ?? this.#queue.first
    if (next !== undefined) this.#letGo = this.#nextOf(next)
  }

  /** Something was handed over again. */
  isFed(): void {
    this.#letGo = null
  }

  /** From the committable offset to the partition's end, as last heard of. */
  get records(): bigint {
    const from = this.#tracker.committable() ?? this.#committed ?? this.#next()?.offset ?? this.#endOffset
    const behind = this.#endOffset - from
    return behind > 0n ? behind : 0n
  }

  /** Milliseconds since the oldest was written; 0 if there is none. `nowMs`: epoch. */
  ageMs(nowMs: number): number {
    const oldestMs = this.#tracker.oldestUnfinishedMs()
    const nextMs = this.#next()?.writtenAtMs ?? Number.POSITIVE_INFINITY
    return Math.max(0, nowMs - Math.min(oldestMs ?? Number.POSITIVE_INFINITY, nextMs))
  }

  /** Milliseconds by which the next one is past its due time. */
  overdueMs(nowMs: number): number {
    const next = this.#next()
    return next === null ? 0 : Math.max(0, nowMs - next.dueAtMs)
  }

  #next(): Next | null {
    const record = this.#reading ?? this.#queue.first
    return record === undefined ? this.#letGo : this.#nextOf(record)
  }

  #nextOf({ position: { offset }, timestampMs, headers }: SourceRecord): Next {
    const expectedAtMs = readExpectation(headers)?.atMs ?? null
    const parkedAt = { offset, appendedAtMs: timestampMs, expectedAtMs }
    return { offset, writtenAtMs: timestampMs, dueAtMs: dueAtMs(parkedAt, this.#delayMs ?? 0) }
  }
}
