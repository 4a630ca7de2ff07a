// How far the reading of the table's topic has come, by offsets: of what stood there at start, and of what stands there.
// Invariant: only what a reader told counts. Offsets that compaction removed count as read with those behind them.
import type { Lag } from '../domain/standing.ts'

interface Place {
  /** Where a first reading has to get to. */
  startEnd: bigint
  position: bigint
  end: bigint
}

export class ReadingProgress {
  readonly #places = new Map<number, Place>()

  /** As hydration's `endsKnown`. */
  started(ends: ReadonlyMap<number, bigint>): void {
    for (const [partition, end] of ends) this.#places.set(partition, { startEnd: end, position: 0n, end })
  }

  /** As TableSink's. */
  position(partition: number, nextOffset: bigint, endOffset: bigint): void {
    const place = this.#places.get(partition) ?? { startEnd: endOffset, position: 0n, end: 0n }
    this.#places.set(partition, { ...place, position: nextOffset, end: endOffset })
  }

  /** The partition is read again from its beginning. */
  again(partition: number): void {
    const place = this.#places.get(partition)
    if (place !== undefined) this.#places.set(partition, { ...place, position: 0n, startEnd: place.end })
  }

  /** 0 to 1: the part of what stood there at start that was read. */
  get ratio(): number {
    let read = 0n
    let all = 0n
    for (const { position, startEnd } of this.#places.values()) {
      read += position < startEnd ? position : startEnd
      all += startEnd
    }
    return all === 0n ? 0 : Number(read) / Number(all)
  }

  /** Of what is behind the end as last told. `ageMs`: milliseconds since nothing was. */
  lag(ageMs: number): Lag {
    const records = this.behind
    return { records, ageMs: records > 0 ? ageMs : 0 }
  }

  /** Offsets up to the end, as last told. */
  get behind(): number {
    let behind = 0n
    for (const { position, end } of this.#places.values()) if (end > position) behind += end - position
    return Number(behind)
  }
}
