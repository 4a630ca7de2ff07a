// Work of which so much may go on at once: the others wait, in the order in which they came.

export class ReplayTurns {
  #free: number
  readonly #waiting: (() => void)[] = []

  /** `atOnce`: from 1. */
  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Runs `work` when it is its turn; one that was called off meanwhile should end at once. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
