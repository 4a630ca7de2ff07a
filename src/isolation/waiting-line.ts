// Those who wait for one lane's next free slot: the most urgent first, and in turn among equals.
import type { Admission, Urgency } from './admission.ts'
import { urgencies } from './admission.ts'

export interface Waiter {
  readonly urgency: Urgency
  /** Monotonic milliseconds. */
  readonly sinceMs: number
  readonly tell: (admission: Admission) => void
}

const none: readonly Waiter[] = []

export class WaitingLine {
  readonly #lines: Readonly<Record<Urgency, Waiter[]>> = { start: [], end: [], parked: [] }
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many would go before one that came now. */
  ahead(urgency: Urgency): number {
    const before = urgencies.slice(0, urgencies.indexOf(urgency) + 1)
    return before.reduce((sum, each) => sum + this.#lines[each].length, 0)
  }

  push(waiter: Waiter): void {
    this.#lines[waiter.urgency].push(waiter)
    this.#size += 1
  }

  /** The one whose turn it is. */
  shift(): Waiter | undefined {
    for (const urgency of urgencies) {
      const waiter = this.#lines[urgency].shift()
      if (waiter === undefined) continue
      this.#size -= 1
      return waiter
    }
    return undefined
  }

  /** Those who have waited since before `sinceMs`; they are out of the line. */
  takeOlderThan(sinceMs: number): readonly Waiter[] {
    let taken: readonly Waiter[] = none
    for (const urgency of urgencies) {
      const line = this.#lines[urgency]
      const [oldest] = line
      // Asked a hundred times a second of each line, and nearly always nobody has waited for so long.
      if (oldest === undefined || oldest.sinceMs >= sinceMs) continue
      const firstKept = line.findIndex((waiter) => waiter.sinceMs >= sinceMs)
      taken = [...taken, ...line.splice(0, firstKept === -1 ? line.length : firstKept)]
    }
    this.#size -= taken.length
    return taken
  }
}
