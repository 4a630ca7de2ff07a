// What was read of a partition and not taken yet.
// Invariant: bounded: past either bound the partition is paused, and resumed once half of what it may hold is free again.
import type { SourceRecord } from '../ports.ts'

export interface IntakeBounds {
  readonly maxQueuedRecords: number
  readonly maxQueuedBytes: number
}

export interface IntakeTap {
  pause(): void
  resume(): void
}

export class IntakeQueue {
  readonly #bounds: IntakeBounds
  readonly #tap: IntakeTap
  #records: SourceRecord[] = []
  #head = 0
  #bytes = 0
  #paused = false
  /** At so many records, or fewer, a paused partition is resumed. */
  #resumeAt = 0

  constructor(bounds: IntakeBounds, tap: IntakeTap) {
    this.#bounds = bounds
    this.#tap = tap
  }

  get size(): number {
    return this.#records.length - this.#head
  }

  /** The one that is next. */
  get first(): SourceRecord | undefined {
    return this.#records[this.#head]
  }

  /** Takes all: what was fetched already is not fetched again. */
  push(records: readonly SourceRecord[]): void {
    for (const record of records) this.#add(record)
    this.#balance(this.#bounds.maxQueuedRecords)
  }

  /** Takes as many as make it `most` records, one at least where it is empty, and answers how many that are. */
  pushUpTo(most: number, records: readonly SourceRecord[]): number {
    const room = Math.max(most - this.size, this.size === 0 ? 1 : 0)
    const taken = records.slice(0, Math.max(0, room))
    for (const record of taken) this.#add(record)
    this.#balance(taken.length < records.length ? Math.max(0, this.size - 1) : most)
    return taken.length
  }

  shift(): SourceRecord | undefined {
    const record = this.#records[this.#head]
    if (record === undefined) return undefined
    this.#head += 1
    if (this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head)
      this.#head = 0
    }
    this.#bytes -= sizeOf(record)
    const { maxQueuedBytes } = this.#bounds
    if (this.#paused && this.size <= this.#resumeAt && this.#bytes * 2 <= maxQueuedBytes) {
      this.#paused = false
      this.#tap.resume()
    }
    return record
  }

  /** Forgets everything. Whoever owns the tap has opened it, or will when the partition comes back. */
  clear(): void {
    this.#records = []
    this.#head = 0
    this.#bytes = 0
    this.#paused = false
  }

  #add(record: SourceRecord): void {
    this.#records.push(record)
    this.#bytes += sizeOf(record)
  }

  #balance(mostRecords: number): void {
    if (this.#paused || (this.size <= mostRecords && this.#bytes <= this.#bounds.maxQueuedBytes)) return
    this.#paused = true
    this.#resumeAt = Math.floor(Math.min(mostRecords, this.size) / 2)
    this.#tap.pause()
  }
}

/** Bytes of key and value: what a record keeps alive. */
export function sizeOf({ key, value }: SourceRecord): number {
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0)
}
