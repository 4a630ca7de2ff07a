// Which attempts have been under way for long. Those hold memory and a socket each while a receiver is silent, so they
// get no more than a part of what the process has.
// Invariant: attempts enter in the order in which they begin, so the first of the young ones is the oldest of them.

/** A receiver that takes longer keeps its caller waiting, too. */
export const oldAfterMs = 2_000

export class AttemptAges<Attempt extends { readonly begunAtMs: number }> {
  readonly #young = new Set<Attempt>()
  readonly #old = new Set<Attempt>()

  add(attempt: Attempt): void {
    this.#young.add(attempt)
  }

  delete(attempt: Attempt): void {
    if (!this.#young.delete(attempt)) this.#old.delete(attempt)
  }

  oldCount(nowMs: number): number {
    for (const attempt of this.#young) {
      if (nowMs - attempt.begunAtMs < oldAfterMs) break
      this.#young.delete(attempt)
      this.#old.add(attempt)
    }
    return this.#old.size
  }
}
