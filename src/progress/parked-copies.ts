// Whether a parked delivery that comes due is a copy of one that was taken a moment ago. One is written twice where its
// acknowledgement was lost, or where its writer died between parking and committing and the event was read again;
// without this, one delivery would become two chains of retries.
// Invariant: a record that is read again is no copy of itself; what is forgotten early, or in another process, is
// delivered twice under one id, never lost.

const rememberedForMs = 120_000

interface Seen {
  readonly parkedTimes: number
  readonly place: string
  readonly atMs: number
}

export class ParkedCopies {
  readonly #most: number
  /** The one seen last at the end. */
  readonly #seen = new Map<string, Seen>()

  /** `most`: how many deliveries are remembered. */
  constructor(most: number) {
    this.#most = most
  }

  /** `delivery`: its id and replay. `place`: topic, partition and offset of the record. `nowMs`: monotonic. */
  isCopy(delivery: string, parkedTimes: number, place: string, nowMs: number): boolean {
    this.#forget(nowMs)
    const seen = this.#seen.get(delivery)
    if (seen !== undefined && seen.parkedTimes >= parkedTimes && seen.place !== place) return true
    this.#seen.delete(delivery)
    this.#seen.set(delivery, { parkedTimes, place, atMs: nowMs })
    return false
  }

  #forget(nowMs: number): void {
    for (const [delivery, { atMs }] of this.#seen) {
      if (this.#seen.size < this.#most && nowMs - atMs < rememberedForMs) return
      this.#seen.delete(delivery)
    }
  }
}
