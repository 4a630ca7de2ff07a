// How many deliveries may go now at a rate. Invariants: from the begin on no more go than the rate allows; what was missed
// is made up for at no more than 5 % above it, but for the deliveries of one second, which may come together: within any
// half minute no more than 9 % above the rate.

const mostDebtMs = 60_000
const mostAtOnceMs = 1_000
const makingUp = 1.05

export class ReplayPace {
  readonly #mean: Allowance
  readonly #peak: Allowance

  /** `perSecond` above 0; counted from `nowMs`. */
  constructor(perSecond: number, nowMs: number) {
    this.#mean = new Allowance(perSecond, mostDebtMs, nowMs)
    this.#peak = new Allowance(perSecond * makingUp, mostAtOnceMs, nowMs)
  }

  allowed(nowMs: number): number {
    return Math.min(this.#mean.at(nowMs), this.#peak.at(nowMs))
  }

  gone(count: number): void {
    this.#mean.used(count)
    this.#peak.used(count)
  }
}

class Allowance {
  readonly #perSecond: number
  readonly #mostMs: number
  /** Up to when all that the rate allows has gone; monotonic milliseconds. */
  #usedUntilMs: number

  constructor(perSecond: number, mostMs: number, nowMs: number) {
    this.#perSecond = perSecond
    // Below one a second a whole one has to come together.
    this.#mostMs = Math.max(mostMs, 1_000 / perSecond)
    this.#usedUntilMs = nowMs
  }

  at(nowMs: number): number {
    this.#usedUntilMs = Math.max(this.#usedUntilMs, nowMs - this.#mostMs)
    // The sum of many small steps may miss a whole number by a hair.
    return Math.floor(((nowMs - this.#usedUntilMs) * this.#perSecond) / 1_000 + 1e-6)
  }

  used(count: number): void {
    this.#usedUntilMs += (count * 1_000) / this.#perSecond
  }
}
