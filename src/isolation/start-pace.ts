// Spaces the begins of requests by a rate, without bursts: the generic cell rate algorithm (ITU-T I.371) with a
// tolerance of one tick of the clock that wakes those who wait.
// Invariant: within any time T at a constant rate r no more than r × T + 1 begin, give or take the tolerance.

/** Begins that a late wake-up missed may be made up for within this time. */
const toleranceMs = 20

export class StartPace {
  /** When the last one began, or should have. */
  #lastMs: number

  /** As if one had begun at `lastMs` (monotonic). */
  constructor(lastMs: number) {
    this.#lastMs = lastMs
  }

  /** Monotonic milliseconds of the next begin at the rate as it is now. */
  nextAtMs(perSecond: number): number {
    return this.#lastMs + 1_000 / perSecond
  }

  began(nowMs: number, perSecond: number): void {
    this.#lastMs = Math.max(this.nextAtMs(perSecond), nowMs - toleranceMs)
  }

  /** The rate was dealt anew among workers: none begins with what another may just have used. */
  restart(nowMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, nowMs)
  }
}
