// The keys that something happens to most often, out of any number of keys, in a bounded amount of memory: Space-Saving
// (Metwally, Agrawal, El Abbadi 2005) over weights that decay forward (Cormode et al. 2009): what happens now weighs 2
// where what happened a half-life ago weighs 1, so nothing has to be made lighter as time passes.
// Invariants: count − error ≤ the true decayed count ≤ count for each key that is held, and a key with more than the
// capacity-th part of all is held, whatever the others are.
import { KeyedHeap } from './keyed-heap.ts'
import type { KeyedEntry } from './keyed-heap.ts'

interface Tally<Note> extends KeyedEntry {
  /** By how much it weighs more than what its key is known to have weighed. */
  error: number
  note: Note
}

export interface HeavyHitter<Note> {
  readonly key: string
  /** As of now; it never says too little. */
  readonly count: number
  /** By how much it says too much at most. */
  readonly error: number
  readonly note: Note
}

/** Powers of two that a weight may pass before all are made smaller: far from where doubles end. */
const rescaleFrom = 512

export class SpaceSaving<Note> {
  readonly #capacity: number
  readonly #halfLifeMs: number
  readonly #heap = new KeyedHeap<Tally<Note>>()
  #originMs = 0

  /** Keys that are held, and milliseconds after which what happened counts half. */
  constructor(capacity: number, halfLifeMs: number) {
    this.#capacity = capacity
    this.#halfLifeMs = halfLifeMs
  }

  /** It happened to `key` once more. `nowMs`: monotonic. `note` makes what is kept with a key that was not held. */
  add(key: string, nowMs: number, note: () => Note): Note {
    const weight = this.#weightAt(nowMs)
    const held = this.#heap.find(key)
    if (held !== undefined) {
      held.weight += weight
      this.#heap.gained(held)
      return held.note
    }
    const lightest = this.#heap.lightest
    if (lightest === undefined || this.#heap.size < this.#capacity) {
      const tally = { key, weight, error: 0, note: note(), place: 0 }
      this.#heap.add(tally)
      return tally.note
    }
    this.#heap.rename(lightest, key)
    lightest.error = lightest.weight
    lightest.weight += weight
    lightest.note = note()
    this.#heap.gained(lightest)
    return lightest.note
  }

  /** What is kept with the key; undefined: it is not held. */
  noteOf(key: string): Note | undefined {
    return this.#heap.find(key)?.note
  }

  /** All that are held, the most frequent first. */
  hitters(nowMs: number): readonly HeavyHitter<Note>[] {
    const unit = this.#weightAt(nowMs)
    return this.#heap.entries
      .toSorted((one, other) => other.weight - one.weight)
      .map(({ key, weight, error, note }) => ({ key, count: weight / unit, error: error / unit, note }))
  }

  #weightAt(nowMs: number): number {
    const halfLives = (nowMs - this.#originMs) / this.#halfLifeMs
    if (halfLives < rescaleFrom) return 2 ** halfLives
    for (const tally of this.#heap.entries) {
      tally.weight *= 2 ** -halfLives
      tally.error *= 2 ** -halfLives
    }
    this.#originMs = nowMs
    return 1
  }
}
