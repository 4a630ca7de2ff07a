// This process's part of every limit. Workers do not talk to each other: each takes of a limit what it has of the
// partitions, limit × owned ÷ all, so that together they keep it.
// Invariant: at least one request at once, or a limit below the number of workers would stop some of them.
import type { Webhook } from '../domain/webhook.ts'

export interface OverallLimits {
  /** Requests at once to one webhook, over all workers. */
  readonly laneConcurrency: number
  /** Requests at once to one origin, over all workers. */
  readonly originConcurrency: number
  /** Requests begun per second for one webhook, over all workers; null: as each webhook asks. */
  readonly ratePerSecond: number | null
}

/** A process without partitions begins nothing; a division by its rate must still have a result. */
const leastRatePerSecond = 0.000_1

export class Shares {
  readonly #limits: OverallLimits
  #share = 0
  #sinceMs = Number.NEGATIVE_INFINITY

  constructor(limits: OverallLimits) {
    this.#limits = limits
  }

  /** Monotonic milliseconds of the last change. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  /** Answers whether it is another share than before. `share`: 0 to 1. */
  change(share: number, nowMs: number): boolean {
    if (share === this.#share) return false
    this.#share = share
    this.#sinceMs = nowMs
    return true
  }

  /** Requests at once to this webhook: its own wish within the operator's limit. */
  laneConcurrency({ concurrency }: Webhook): number {
    const { laneConcurrency } = this.#limits
    return this.#slots(Math.min(concurrency ?? laneConcurrency, laneConcurrency))
  }

  originConcurrency(): number {
    return this.#slots(this.#limits.originConcurrency)
  }

  /** Requests begun per second for this webhook; null: not limited. */
  ratePerSecond({ ratePerSecond }: Webhook): number | null {
    const most = this.#limits.ratePerSecond
    const rate =
      ratePerSecond === null || most === null ? (ratePerSecond ?? most) : Math.min(ratePerSecond, most)
    return rate === null ? null : Math.max(rate * this.#share, leastRatePerSecond)
  }

  #slots(limit: number): number {
    return Math.max(1, Math.floor(limit * this.#share))
  }
}
