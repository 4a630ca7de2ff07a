// The keys with the largest values of late, out of any number of keys, in a bounded amount of memory.
// Invariant: of two spans of time, the one that lasts and the one before, each knows its largest keys exactly: a key that
// is among them got in with its largest value, and no smaller one can push it out. So a value counts for one span at
// least and two at most.
import { KeyedHeap } from './keyed-heap.ts'
import type { KeyedEntry } from './keyed-heap.ts'

interface Maximum<Note> extends KeyedEntry {
  note: Note
}

export interface Largest<Note> {
  readonly key: string
  readonly value: number
  readonly note: Note
}

export class WindowMaxima<Note> {
  readonly #capacity: number
  readonly #spanMs: number
  #last = new KeyedHeap<Maximum<Note>>()
  #before = new KeyedHeap<Maximum<Note>>()
  #sinceMs = Number.NEGATIVE_INFINITY

  constructor(capacity: number, spanMs: number) {
    this.#capacity = capacity
    this.#spanMs = spanMs
  }

  /** `nowMs`: monotonic. `note`: what is kept with the key while this is its largest value. */
  add(key: string, value: number, nowMs: number, note: Note): void {
    this.#turn(nowMs)
    const heap = this.#last
    const held = heap.find(key)
    const lightest = heap.lightest
    if (held !== undefined) {
      if (value <= held.weight) return
      held.weight = value
      held.note = note
      heap.gained(held)
    } else if (lightest === undefined || heap.size < this.#capacity) {
      heap.add({ key, weight: value, note, place: 0 })
    } else if (value > lightest.weight) {
      heap.rename(lightest, key)
      lightest.weight = value
      lightest.note = note
      heap.gained(lightest)
    }
  }

  /** The largest first, each key once. */
  largest(nowMs: number): readonly Largest<Note>[] {
    this.#turn(nowMs)
    const byKey = new Map<string, Largest<Note>>()
    for (const { key, weight: value, note } of [...this.#before.entries, ...this.#last.entries]) {
      if (value >= (byKey.get(key)?.value ?? Number.NEGATIVE_INFINITY)) byKey.set(key, { key, value, note })
    }
    return [...byKey.values()].toSorted((one, other) => other.value - one.value)
  }

  #turn(nowMs: number): void {
    const pastMs = nowMs - this.#sinceMs
    if (pastMs < this.#spanMs) return
    this.#before = pastMs < 2 * this.#spanMs ? this.#last : new KeyedHeap()
    this.#last = new KeyedHeap()
    this.#sinceMs = pastMs < 2 * this.#spanMs ? this.#sinceMs + this.#spanMs : nowMs
  }
}
