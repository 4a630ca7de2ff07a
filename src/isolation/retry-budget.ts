// How many quick tries a lane may add: a tenth of its first attempts of the last ten seconds, so that retries cannot
// multiply the load on a receiver that fails (the retry budget of Finagle and Linkerd). A few are always granted, or a
// webhook with one call an hour would never get any.
import { DecayingRate } from './decaying-rate.ts'

const windowMs = 10_000
const share = 0.1
const always = 2

export class RetryBudget {
  readonly #first: DecayingRate
  readonly #spent: DecayingRate

  constructor(nowMs: number) {
    this.#first = new DecayingRate(windowMs, nowMs)
    this.#spent = new DecayingRate(windowMs, nowMs)
  }

  firstAttempt(nowMs: number): void {
    this.#first.add(nowMs)
  }

  /** Whether one more is granted; it is spent then. */
  spend(nowMs: number): boolean {
    // What decays keeps a trace for long: a hundredth of one is none.
    const spent = this.#spent.recent(nowMs)
    if (spent + 0.99 > Math.max(always, share * this.#first.recent(nowMs))) return false
    this.#spent.add(nowMs)
    return true
  }
}
