// When those should come back who were sent away because their receiver is only full: one after the other, at the pace
// at which it works, each behind the one before.
// Invariant: three numbers of memory, however many are to come; who comes back too early goes behind the last, so the line
// has no gaps and nobody has to be counted out of it.

/** What was measured over some time is believed for so many times as long; then it is looked at again. */
const foresight = 10
const leastForesightMs = 4_000
/** Those in front wait in the process for about a second; before that there is no room. */
const leastMs = 2_000

export interface Pace {
  /** What the receiver takes. */
  readonly perSecond: number
  /** `set`: a rate that holds whatever happens. */
  readonly known: 'measured' | 'set'
}

export class RoomLine {
  /** Monotonic milliseconds at which the last of those whose place could be told should come. */
  #lastMs = Number.NEGATIVE_INFINITY
  /** At which the last of all should, those included who are to look again. */
  #untilMs = Number.NEGATIVE_INFINITY
  /** Since when there has been a line. */
  #sinceMs = Number.NEGATIVE_INFINITY

  /** Nobody is to come. */
  isOver(nowMs: number): boolean {
    return nowMs > this.#untilMs
  }

  /** Milliseconds after which one more should come. `random`: 0 ≤ x < 1. */
  add(nowMs: number, pace: Pace, random: number): number {
    if (this.isOver(nowMs)) this.#sinceMs = nowMs
    const waitMs = this.#waitMs(nowMs, pace, random)
    this.#untilMs = Math.max(this.#untilMs, nowMs + waitMs)
    return waitMs
  }

  #waitMs(nowMs: number, { perSecond, known }: Pace, random: number): number {
    const nextMs = Math.max(this.#lastMs, nowMs + leastMs) + 1_000 / perSecond
    const seenMs = nowMs - this.#sinceMs
    const longestMs = Math.max(leastForesightMs, foresight * seenMs)
    if (known === 'set' || nextMs <= nowMs + longestMs) {
      this.#lastMs = nextMs
      return nextMs - nowMs
    }
    // Further than anybody can tell: it looks again within the time that can be told, and not all at once.
    return leastMs + random * (longestMs - leastMs)
  }
}
