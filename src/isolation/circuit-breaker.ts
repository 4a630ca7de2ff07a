// Keeps away from a receiver that fails: closed, open for a while, half-open for one probe.
// Invariants: it opens when the failing share of about the last twenty results passes a half, so that a receiver that
// fails one time in ten never opens it; while it is half-open one probe at most is under way, and that alone decides: what
// was begun before it opened tells of the time before.

export type BreakerState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly kind: 'half_open'; readonly openings: number; readonly probing: boolean }

/** What one result counts in the failing share. */
const weight = 0.05
const openAbove = 0.5
/** After a probe succeeded: a few more failures and it is open again. */
const shareAfterProbe = 0.4
const firstOpenMs = 5_000
const longestOpenMs = 60_000

export class CircuitBreaker {
  #state: BreakerState = { kind: 'closed' }
  #failingShare = 0
  /** Openings without a full recovery between them: each waits twice as long as the one before. */
  #openings = 0

  /** `nowMs`: monotonic. An open one is half-open once its time is over. */
  state(nowMs: number): BreakerState {
    if (this.#state.kind === 'open' && nowMs >= this.#state.untilMs) {
      this.#state = { kind: 'half_open', openings: this.#state.openings, probing: false }
    }
    return this.#state
  }

  /** Milliseconds until it may be tried again; null: it lets through, be it as a probe. */
  shutForMs(nowMs: number): number | null {
    const state = this.state(nowMs)
    switch (state.kind) {
      case 'closed':
        return null
      case 'open':
        return state.untilMs - nowMs
      case 'half_open':
        return state.probing ? 0 : null
    }
  }

  /** An attempt begins; answers whether it is the probe. */
  beginProbe(): boolean {
    if (this.#state.kind !== 'half_open' || this.#state.probing) return false
    this.#state = { ...this.#state, probing: true }
    return true
  }

  /** An attempt ended without a verdict. `isProbe`, here and below: as `beginProbe` answered. */
  cancelProbe(isProbe: boolean): void {
    if (isProbe && this.#state.kind === 'half_open') this.#state = { ...this.#state, probing: false }
  }

  /** Answers whether this closed it. */
  succeeded(isProbe: boolean): boolean {
    this.#failingShare *= 1 - weight
    if (this.#failingShare < weight) this.#openings = 0
    if (this.#state.kind !== 'half_open' || !isProbe) return false
    this.#state = { kind: 'closed' }
    this.#failingShare = shareAfterProbe
    return true
  }

  /**
   * Answers whether this opened it. `results`: how many failed results it counts for; a hang costs seconds of a slot,
   * so few of them have to do. `random`: 0 ≤ x < 1.
   */
  failed(nowMs: number, results: number, random: number, isProbe: boolean): boolean {
    if (this.#state.kind === 'open' || (this.#state.kind === 'half_open' && !isProbe)) return false
    this.#failingShare = 1 - (1 - this.#failingShare) * (1 - weight) ** results
    if (this.#state.kind === 'closed' && this.#failingShare <= openAbove) return false
    this.#openings += 1
    const openMs = Math.min(longestOpenMs, firstOpenMs * 2 ** (this.#openings - 1))
    // A fifth either way: receivers that fell together must not be probed together for ever.
    const untilMs = nowMs + openMs * (0.8 + 0.4 * random)
    this.#state = { kind: 'open', untilMs, openings: this.#openings }
    return true
  }
}
