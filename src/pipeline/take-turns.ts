// How much is taken in one turn of the event loop, over all partitions. What is taken costs this process time before it
// costs a receiver any; without a pause the answers that have arrived would wait behind a backlog that is being taken,
// and every latency measured would be our own.
// Invariant: new events are let through before parked ones, but for an eighth of what is taken; in turn among equals.
import type { Clock } from '../ports.ts'

/** Some milliseconds' worth of decoding, joining, rendering and handing over. */
const takenPerTurn = 32
/** Of a whole turn that new events would fill. Of a turn of which debts have left less, as much less, or it would be all. */
const keptForParked = 4

export class TakeTurns {
  readonly #clock: Clock
  readonly #waiting: Readonly<Record<'new' | 'parked', (() => void)[]>> = { new: [], parked: [] }
  /** May be below zero: a record that becomes many deliveries takes of the turns to come. */
  #left = takenPerTurn
  /** What parked ones have coming, fractions included. */
  #owedToParked = 0
  #isTurnComing = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Null: one record may be taken now; otherwise when it resolves. */
  pass(kind: 'new' | 'parked'): Promise<void> | null {
    this.#expectTurn()
    const { new: fresh, parked } = this.#waiting
    if (this.#left > 0 && fresh.length + parked.length === 0) {
      this.#left -= 1
      return null
    }
    return new Promise((resolve) => {
      this.#waiting[kind].push(resolve)
    })
  }

  /** The record that was taken became this many deliveries. */
  took(deliveries: number): void {
    this.#left -= Math.max(0, deliveries - 1)
  }

  #expectTurn(): void {
    if (this.#isTurnComing) return
    this.#isTurnComing = true
    this.#clock.nextTurn(() => {
      this.#isTurnComing = false
      this.#turn()
    })
  }

  #turn(): void {
    this.#left = Math.min(takenPerTurn, this.#left + takenPerTurn)
    const { new: fresh, parked } = this.#waiting
    const owed = this.#owedToParked + (Math.max(0, this.#left) / takenPerTurn) * keptForParked
    const kept = Math.min(parked.length, keptForParked, Math.floor(owed))
    this.#owedToParked = Math.min(keptForParked, owed - kept)
    this.#letThrough(fresh, this.#left - kept)
    this.#letThrough(parked, this.#left)
    if (fresh.length + parked.length > 0 || this.#left < takenPerTurn) this.#expectTurn()
  }

  #letThrough(waiting: (() => void)[], atMost: number): void {
    for (const resolve of waiting.splice(0, Math.max(0, atMost))) {
      this.#left -= 1
      resolve()
    }
  }
}
