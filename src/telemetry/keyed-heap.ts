// Entries by key with the lightest at hand: what a sketch of bounded size is made of.
// Invariant: no entry is lighter than the one above it; each stands in the map under its own key. Every step costs the
// logarithm of what is held.

export interface KeyedEntry {
  key: string
  weight: number
  /** Where it stands in the heap: the heap's own. */
  place: number
}

export class KeyedHeap<Entry extends KeyedEntry> {
  readonly #heap: Entry[] = []
  readonly #byKey = new Map<string, Entry>()

  get size(): number {
    return this.#heap.length
  }

  get lightest(): Entry | undefined {
    return this.#heap[0]
  }

  get entries(): readonly Entry[] {
    return this.#heap
  }

  find(key: string): Entry | undefined {
    return this.#byKey.get(key)
  }

  add(entry: Entry): void {
    this.#byKey.set(entry.key, entry)
    this.#heap.push(entry)
    entry.place = this.#heap.length - 1
    this.#rise(entry)
  }

  /** The entry weighs more than before. */
  gained(entry: Entry): void {
    const heap = this.#heap
    let { place } = entry
    for (;;) {
      const left = heap[2 * place + 1]
      const right = heap[2 * place + 2]
      const child = right !== undefined && left !== undefined && right.weight < left.weight ? right : left
      if (child === undefined || child.weight >= entry.weight) break
      const free = child.place
      this.#put(child, place)
      place = free
    }
    this.#put(entry, place)
  }

  /** The entry stands for another key from now on. */
  rename(entry: Entry, key: string): void {
    this.#byKey.delete(entry.key)
    entry.key = key
    this.#byKey.set(key, entry)
  }

  #rise(entry: Entry): void {
    let { place } = entry
    for (;;) {
      const above = this.#heap[(place - 1) >> 1]
      if (place === 0 || above === undefined || above.weight <= entry.weight) break
      const free = above.place
      this.#put(above, place)
      place = free
    }
    this.#put(entry, place)
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry
    entry.place = place
  }
}
