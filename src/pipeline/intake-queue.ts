// What was read of a partition and not taken yet.
// Invariant: bounded: past either bound the partition is paused, and resumed once half of both is free again.
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

  constructor(bounds: IntakeBounds, tap: IntakeTap) {
    this.#bounds = bounds
    this.#tap = tap
  }

  push(records: readonly SourceRecord[]): void {
    for (const record of records) {
      this.#records.push(record)
      this.#bytes += sizeOf(record)
    }
    this.#balance()
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
    this.#balance()
    return record
  }

  /** Forgets everything. Whoever owns the tap has opened it, or will when the partition comes back. */
  clear(): void {
    this.#records = []
    this.#head = 0
    this.#bytes = 0
    this.#paused = false
  }

  #balance(): void {
    const { maxQueuedRecords, maxQueuedBytes } = this.#bounds
    const count = this.#records.length - this.#head
    if (!this.#paused && (count > maxQueuedRecords || this.#bytes > maxQueuedBytes)) {
      this.#paused = true
      this.#tap.pause()
    } else if (this.#paused && count * 2 <= maxQueuedRecords && this.#bytes * 2 <= maxQueuedBytes) {
      this.#paused = false
      this.#tap.resume()
    }
  }
}

/** Bytes of key and value: what a record keeps alive. */
export function sizeOf({ key, value }: SourceRecord): number {
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0)
}
