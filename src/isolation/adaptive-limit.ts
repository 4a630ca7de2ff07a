// How many requests a receiver gets at once: more while it keeps up, half when it does not (additive increase,
// multiplicative decrease, as TCP finds the width of a path; V. Jacobson, "Congestion Avoidance and Control", 1988).
// Invariant: between its least and the cap given; attempts begun before the last decrease do not decrease it again,
// because they tell of the load that was already taken back.

/** Enough to see whether a receiver works in parallel, and to hang no more than this on one that does not answer. */
export const startLimit = 2
/** Below one it is a share of the time: what a receiver gets that refuses even one after the other. */
const leastLimit = 0.01

export class AdaptiveLimit {
  #limit = startLimit
  /** Doubles per round of answers until the first decrease has shown where the end is. */
  #fresh = true
  #decreasedAtMs = Number.NEGATIVE_INFINITY

  /** Requests at once, fractions included. */
  get value(): number {
    return this.#limit
  }

  /** An attempt succeeded while `underWay` were under way, itself included. An unused limit says nothing. */
  increase(underWay: number, cap: number): void {
    if (underWay < Math.floor(this.#limit)) return
    const step = this.#limit < 1 ? 0.05 : this.#fresh ? 1 : 1 / this.#limit
    this.#limit = Math.min(Math.max(cap, 1), this.#limit + step)
  }

  /** `factor`: 0 to 1. `least`: 1, or less for a receiver that says itself that it is too much. */
  decrease(factor: number, begunAtMs: number, nowMs: number, least: 'one' | 'less'): void {
    if (begunAtMs < this.#decreasedAtMs) return
    this.#fresh = false
    this.#decreasedAtMs = nowMs
    const floor = least === 'one' ? Math.min(1, this.#limit) : leastLimit
    this.#limit = Math.max(floor, this.#limit * factor)
  }

  /** What was learned is void: the receiver was away. */
  restart(): void {
    this.#limit = startLimit
    this.#fresh = true
  }
}
