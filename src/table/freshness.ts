// As of when the table is known to have been complete. A process that stood still (a frozen container, a stopped
// machine) wakes with a table of long ago; only an answer to a question asked after waking shows what was deleted.

export class Freshness {
  readonly #caughtUpAsOfMs = new Map<number, number>()

  /** `nextOffset` ≥ `endOffset` at a fetch that was sent at `askedAtMs` (monotonic) proves that nothing is missing. */
  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    if (nextOffset < endOffset) {
      if (!this.#caughtUpAsOfMs.has(partition)) this.#caughtUpAsOfMs.set(partition, Number.NEGATIVE_INFINITY)
      return
    }
    this.#caughtUpAsOfMs.set(partition, askedAtMs)
  }

  /** Monotonic milliseconds as of which every partition was complete; -Infinity before that was ever so. */
  caughtUpAsOfMs(): number {
    if (this.#caughtUpAsOfMs.size === 0) return Number.NEGATIVE_INFINITY
    return Math.min(...this.#caughtUpAsOfMs.values())
  }
}
