// Texts numbered: each gets a slot, the least that is free, and keeps it until it is deleted. An open-addressing hash
// table (linear probing, with backward shifting, Knuth, TAOCP 3, 6.4 R) over typed arrays: a million texts take some 100
// bytes each less than in a Map, and the garbage collector has nothing to mark.
// Invariant: a text has one slot, whatever the order of what was added and deleted; half of the table is free.
import { ByteStore } from './byte-store.ts'
import { lengthened } from './lengthened.ts'

export class KeyIndex {
  readonly #keys = new ByteStore()
  readonly #free: number[] = []
  readonly #seed: number
  /** Slots by place, `vacant` where there is none. */
  #places = new Int32Array(firstPlaces).fill(vacant)
  /** By slot. */
  #hashes = new Uint32Array(firstPlaces)
  #scratch = Buffer.alloc(1_024)
  #size = 0
  #slots = 0

  /** `seed`: any whole number of 32 bits; unknown to those who choose the texts, it keeps them from choosing places. */
  constructor(seed: number) {
    this.#seed = seed >>> 0
  }

  get size(): number {
    return this.#size
  }

  /** -1: it has none. A lone surrogate counts as U+FFFD. */
  find(key: string): number {
    const length = this.#encode(key)
    return this.#seek(length, this.#hash(length))
  }

  /** The slot that it has from now on, if not before. */
  add(key: string): number {
    const length = this.#encode(key)
    const hash = this.#hash(length)
    const known = this.#seek(length, hash)
    if (known >= 0) return known
    if ((this.#size + 1) * 2 > this.#places.length) this.#enlarge()
    const slot = this.#free.pop() ?? this.#slots++
    this.#keys.set(slot, this.#scratch.subarray(0, length))
    if (slot >= this.#hashes.length) this.#hashes = lengthened(this.#hashes, this.#hashes.length * 2)
    this.#hashes[slot] = hash
    this.#settle(slot, hash)
    this.#size += 1
    return slot
  }

  /** Of a slot that is taken. */
  keyOf(slot: number): string {
    return this.#keys.text(slot)
  }

  /** Of a slot that is taken. */
  delete(slot: number): void {
    let gap = this.#placeOf(slot)
    // Whoever stands behind and would have stood in the gap moves there, or it would not be found any more.
    for (let place = (gap + 1) & this.#mask; ; place = (place + 1) & this.#mask) {
      const other = this.#places[place] ?? vacant
      if (other === vacant) break
      const home = (this.#hashes[other] ?? 0) & this.#mask
      if (((place - home) & this.#mask) < ((place - gap) & this.#mask)) continue
      this.#places[gap] = other
      gap = place
    }
    this.#places[gap] = vacant
    this.#keys.delete(slot)
    this.#free.push(slot)
    this.#size -= 1
  }

  get #mask(): number {
    return this.#places.length - 1
  }

  #seek(length: number, hash: number): number {
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const slot = this.#places[place] ?? vacant
      if (slot === vacant) return -1
      if (this.#hashes[slot] === hash && this.#keys.equals(slot, this.#scratch, length)) return slot
    }
  }

  #placeOf(slot: number): number {
    for (let place = (this.#hashes[slot] ?? 0) & this.#mask; ; place = (place + 1) & this.#mask) {
      if (this.#places[place] === slot) return place
      if (this.#places[place] === vacant) throw new RangeError(`slot ${slot} has no key`)
    }
  }

  #settle(slot: number, hash: number): void {
    let place = hash & this.#mask
    while (this.#places[place] !== vacant) place = (place + 1) & this.#mask
    this.#places[place] = slot
  }

  #enlarge(): void {
    const before = this.#places
    this.#places = new Int32Array(before.length * 2).fill(vacant)
    for (const slot of before) if (slot !== vacant) this.#settle(slot, this.#hashes[slot] ?? 0)
  }

  /** Into the scratch. @returns how many bytes it is. */
  #encode(key: string): number {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    if (key.length * 3 > this.#scratch.length) this.#scratch = Buffer.alloc(key.length * 3)
    return this.#scratch.write(key, 'utf8')
  }

  /** FNV-1a of what stands in the scratch, begun at the seed, and mixed at the end as MurmurHash3 does. */
  #hash(length: number): number {
    let hash = this.#seed
    for (let index = 0; index < length; index += 1)
      hash = Math.imul(hash ^ (this.#scratch[index] ?? 0), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}

/** A power of two, as every enlargement. */
const firstPlaces = 64
const vacant = -1
