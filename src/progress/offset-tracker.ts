// How far a partition may be committed while its records finish in any order.
// Invariants: `committable()` never passes a record that was taken and is not finished; what another worker finished
// before it lost the partition is not taken again. Offsets that never came (compacted away, transaction markers) lie
// between taken ones and count as finished with them.
import { fits } from './commit-metadata.ts'
import type { Unfinished } from './commit-metadata.ts'

/** A record that was taken; hand it back to `finish`. */
export interface TakenOffset {
  readonly offset: bigint
  /** Epoch milliseconds. */
  readonly writtenAtMs: number
  finished: boolean
}

/** Finished entries that are kept until they are dropped together: every partition keeps so many. */
const droppedFrom = 64

export class OffsetTracker {
  /** Taken and not yet covered by the finished prefix, in offset order; the first unfinished one leads. */
  #taken: TakenOffset[] = []
  #head = 0
  #unfinished = 0
  #next: bigint | null = null
  /** Unfinished offsets of the time before, not yet taken here; rising. */
  #inherited: bigint[]
  /** From the base to the end, what is neither taken nor inherited was finished by somebody else. */
  readonly #inheritedBase: bigint
  #inheritedEnd: bigint

  /** `inherited`: what the commit before said about the records behind it. */
  constructor(inherited: Unfinished | null = null) {
    this.#inherited = [...(inherited?.offsets ?? [])]
    this.#inheritedBase = inherited?.offsets[0] ?? 0n
    this.#inheritedEnd = inherited?.end ?? 0n
  }

  /**
   * Whether the offset was taken before, here or by whoever finished it: after a rejoin a partition is read again
   * from its committed offset, and what is in flight or finished must not begin twice.
   */
  isTaken(offset: bigint): boolean {
    if (this.#next !== null && offset < this.#next) return true
    // Read from before the committed offset: this is another log than the one that was told about.
    if (this.#next === null && offset < this.#inheritedBase) this.#disinherit()
    return offset < this.#inheritedEnd && !this.#inherited.includes(offset)
  }

  /**
   * Whether a commit could still say which records are unfinished if this one, which was not taken, were too. One that
   * it says so of already always may be taken.
   */
  hasRoomFor(offset: bigint): boolean {
    const committable = this.committable()
    if (committable === null || offset < this.#inheritedEnd) return true
    return fits(this.#unfinished + this.#inherited.length + 1, offset + 1n - committable)
  }

  /** Offsets are taken in rising order, each once. `writtenAtMs`: epoch milliseconds. */
  take(offset: bigint, writtenAtMs: number): TakenOffset {
    if (this.isTaken(offset))
      throw new RangeError(`offset ${offset} was taken before; the next is ${this.#next}`)
    const taken: TakenOffset = { offset, writtenAtMs, finished: false }
    this.#taken.push(taken)
    this.#unfinished += 1
    this.#next = offset + 1n
    if (this.#inherited.length > 0) this.#inherited = this.#inherited.filter((each) => each > offset)
    return taken
  }

  finish(taken: TakenOffset): void {
    if (taken.finished) return
    taken.finished = true
    this.#unfinished -= 1
    while (this.#taken[this.#head]?.finished === true) this.#head += 1
    // Drop the finished prefix now and then, not at every step: slicing costs the length of what is kept.
    if (this.#head > droppedFrom && this.#head * 2 > this.#taken.length) {
      this.#taken = this.#taken.slice(this.#head)
      this.#head = 0
    }
  }

  /** Everything below it is finished; null while nothing was taken. */
  committable(): bigint | null {
    if (this.#next === null) return null
    return this.#taken[this.#head]?.offset ?? this.#inherited[0] ?? this.#end()
  }

  /** When the oldest that was taken and is not finished was written; null: there is none. Looks at each. */
  oldestUnfinishedMs(): number | null {
    let oldestMs: number | null = null
    for (let index = this.#head; index < this.#taken.length; index += 1) {
      const taken = this.#taken[index]
      if (taken?.finished !== false) continue
      if (oldestMs === null || taken.writtenAtMs < oldestMs) oldestMs = taken.writtenAtMs
    }
    return oldestMs
  }

  /** What a commit of `committable()` says about the records behind it. */
  unfinished(): Unfinished {
    const offsets: bigint[] = []
    for (let index = this.#head; index < this.#taken.length; index += 1) {
      const taken = this.#taken[index]
      if (taken?.finished === false) offsets.push(taken.offset)
    }
    return { offsets: [...offsets, ...this.#inherited], end: this.#end() }
  }

  #disinherit(): void {
    this.#inherited = []
    this.#inheritedEnd = 0n
  }

  #end(): bigint {
    const next = this.#next ?? 0n
    return next > this.#inheritedEnd ? next : this.#inheritedEnd
  }
}
