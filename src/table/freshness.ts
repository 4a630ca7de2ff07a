// As of when the table is known to have been complete. A process that stood still (a frozen container, a stopped
// machine) wakes with a table of long ago; only an answer to a question asked after waking shows what was deleted.

export class Freshness {
  readonly #ofPartitions = new Map<number, number>()
  /** Kept, because every attempt asks for it, and it changes some times a second. */
  #caughtUpAsOfMs = Number.NEGATIVE_INFINITY

  /** `nextOffset` ≥ `endOffset` at a fetch that was sent at `askedAtMs` (monotonic) proves that nothing is missing. */
  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    if (nextOffset >= endOffset) this.#ofPartitions.set(partition, askedAtMs)
    else if (!this.#ofPartitions.has(partition)) this.#ofPartitions.set(partition, Number.NEGATIVE_INFINITY)
    this.#caughtUpAsOfMs = Math.min(...this.#ofPartitions.values())
  }

  /** Monotonic milliseconds as of which every partition was complete; -Infinity before that was ever so. */
  caughtUpAsOfMs(): number {
    return this.#caughtUpAsOfMs
  }
}
