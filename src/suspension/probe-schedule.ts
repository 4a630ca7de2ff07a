// Which deliveries of suspended webhooks are sent all the same, to see whether the receivers are back.
// Invariants: of one suspension at most one each `everyMs`, the first so long after it was suspended; a delivery that was
// let through stays so, since it is asked about more than once, and what it becomes decides when it comes back.
import type { HeldSuspension } from '../domain/suspension.ts'

interface Turn {
  /** Offset of the suspension. */
  readonly of: bigint
  /** Monotonic milliseconds. */
  readonly nextAtMs: number
}

/** Both: of the same moment. */
export interface Now {
  /** Epoch milliseconds. */
  readonly nowMs: number
  readonly monotonicMs: number
}

export class ProbeSchedule {
  readonly #everyMs: number
  readonly #turns = new Map<string, Turn>()
  readonly #let = new WeakSet<object>()

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** Whether this delivery, an object of its own, goes out as a probe. */
  letsThrough(
    delivery: object,
    { webhookId, offset, suspendedSinceMs }: HeldSuspension,
    { nowMs, monotonicMs }: Now,
  ): boolean {
    if (this.#let.has(delivery)) return true
    const known = this.#turns.get(webhookId)
    const passedMs = Math.max(0, nowMs - (suspendedSinceMs ?? nowMs))
    const nextAtMs =
      known?.of === offset ? known.nextAtMs : monotonicMs + Math.max(0, this.#everyMs - passedMs)
    const isDue = nextAtMs <= monotonicMs
    this.#turns.set(webhookId, { of: offset, nextAtMs: isDue ? monotonicMs + this.#everyMs : nextAtMs })
    if (isDue) this.#let.add(delivery)
    return isDue
  }

  /** It is not suspended any more. */
  forget(webhookId: string): void {
    this.#turns.delete(webhookId)
  }
}
