// Numbers for UUIDs: each gets the next row when it is first seen. Sixteen bytes and two places of four bytes each, in
// typed arrays: ten million take 320 MB, where a Map of texts takes more than a gigabyte.
// Invariant: at least half of the places are free, so a look ends after few steps; UUIDs of version 5 are spread as they are.

const firstPlaces = 1_024
const words = 4
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export class UuidIndex {
  /** Row + 1 by place; 0: free. */
  #places = new Int32Array(firstPlaces)
  /** Four for each row. */
  #ids = new Uint32Array((firstPlaces / 2) * words)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many rows there is room for without growing. */
  get capacity(): number {
    return this.#places.length / 2
  }

  /** Null where the text is no UUID in small letters. */
  add(uuid: string): number | null {
    const id = wordsOf(uuid)
    if (id === null) return null
    const place = this.#seek(id)
    const known = this.#places[place] ?? 0
    if (known > 0) return known - 1
    if (this.#size === this.capacity) {
      this.#enlarge()
      return this.add(uuid)
    }
    const row = this.#size
    this.#ids.set(id, row * words)
    this.#places[place] = row + 1
    this.#size += 1
    return row
  }

  /** Null where it was never added. */
  find(uuid: string): number | null {
    const id = wordsOf(uuid)
    const known = id === null ? 0 : (this.#places[this.#seek(id)] ?? 0)
    return known === 0 ? null : known - 1
  }

  uuidOf(row: number): string {
    const hex = Array.from(this.#ids.subarray(row * words, (row + 1) * words), (word) =>
      word.toString(16).padStart(8, '0'),
    ).join('')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  #seek(id: readonly number[]): number {
    const mask = this.#places.length - 1
    for (let place = hashOf(id) & mask; ; place = (place + 1) & mask) {
      const row = (this.#places[place] ?? 0) - 1
      if (row < 0 || this.#isAt(row, id)) return place
    }
  }

  #isAt(row: number, id: readonly number[]): boolean {
    for (let word = 0; word < words; word += 1) if (this.#ids[row * words + word] !== id[word]) return false
    return true
  }

  #enlarge(): void {
    const ids = new Uint32Array(this.#ids.length * 2)
    ids.set(this.#ids)
    this.#ids = ids
    this.#places = new Int32Array(this.#places.length * 2)
    for (let row = 0; row < this.#size; row += 1)
      this.#places[this.#seek([...ids.subarray(row * words, (row + 1) * words)])] = row + 1
  }
}

function wordsOf(uuid: string): readonly number[] | null {
  if (!pattern.test(uuid)) return null
  const hex = uuid.replaceAll('-', '')
  return [0, 8, 16, 24].map((at) => Number.parseInt(hex.slice(at, at + 8), 16))
}

function hashOf([first = 0, second = 0, third = 0, fourth = 0]: readonly number[]): number {
  return Math.imul(first ^ (third >>> 7), 0x9e3779b1) ^ second ^ fourth
}
