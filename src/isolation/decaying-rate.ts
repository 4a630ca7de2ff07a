// How often something happens, the recent past counting most: a count that decays by e^(-t / window).
// Invariant: two numbers of memory, whatever the rate; unbiased from the first moment, because the count is divided by
// the part of the window that has been watched.

export class DecayingRate {
  readonly #windowMs: number
  readonly #sinceMs: number
  #count = 0
  #atMs: number

  /** `windowMs`: what happened longer ago than this counts for less than e^-1. */
  constructor(windowMs: number, nowMs: number) {
    this.#windowMs = windowMs
    this.#sinceMs = nowMs
    this.#atMs = nowMs
  }

  add(nowMs: number): void {
    this.#count = this.#decayed(nowMs) + 1
    this.#atMs = nowMs
  }

  perSecond(nowMs: number): number {
    const watched = 1 - Math.exp((this.#sinceMs - nowMs) / this.#windowMs)
    return watched <= 0 ? 0 : (this.#decayed(nowMs) / (this.#windowMs * watched)) * 1_000
  }

  /** About how many there were within one window. */
  recent(nowMs: number): number {
    return this.#decayed(nowMs)
  }

  #decayed(nowMs: number): number {
    return nowMs <= this.#atMs ? this.#count : this.#count * Math.exp((this.#atMs - nowMs) / this.#windowMs)
  }
}
