// How far a partition may be committed while its records finish in any order.
// Invariant: `committable()` never passes a record that was taken and is not finished. Offsets that never came
// (compacted away, transaction markers) lie between taken ones and count as finished with them.

/** A record that was taken; hand it back to `finish`. */
export interface TakenOffset {
  readonly offset: bigint
  finished: boolean
}

export class OffsetTracker {
  /** Taken and not yet covered by the finished prefix, in offset order; the first unfinished one leads. */
  #taken: TakenOffset[] = []
  #head = 0
  #next: bigint | null = null

  /**
   * Whether the offset was taken before: after a rejoin a partition is read again from its committed offset, and
   * what is in flight or finished must not begin twice.
   */
  isTaken(offset: bigint): boolean {
    return this.#next !== null && offset < this.#next
  }

  /** Offsets are taken in rising order, each once. */
  take(offset: bigint): TakenOffset {
    if (this.isTaken(offset))
      throw new RangeError(`offset ${offset} was taken before; the next is ${this.#next}`)
    const taken: TakenOffset = { offset, finished: false }
    this.#taken.push(taken)
    this.#next = offset + 1n
    return taken
  }

  finish(taken: TakenOffset): void {
    taken.finished = true
    while (this.#taken[this.#head]?.finished === true) this.#head += 1
    // Drop the finished prefix now and then, not at every step: slicing costs the length of what is kept.
    if (this.#head > 1_024 && this.#head * 2 > this.#taken.length) {
      this.#taken = this.#taken.slice(this.#head)
      this.#head = 0
    }
  }

  /** Everything below it is finished; null while nothing was taken. */
  committable(): bigint | null {
    return this.#taken[this.#head]?.offset ?? this.#next
  }
}
