// All chance of a run, from one number. Each part of the world throws dice of its own, so that what is added to one of
// them changes nothing for the others.
import type { Random } from '../../src/ports.ts'
import { seededRandom } from '../fakes/seeded-random.ts'

export class Dice implements Random {
  readonly #seed: number
  readonly #random: Random

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed)
    // Seeds that are close to each other begin alike.
    for (let turn = 0; turn < 4; turn += 1) this.#random.next()
  }

  /** Others, always the same for the same name. */
  of(name: string): Dice {
    let hash = Math.imul(this.#seed, 0x9e3779b1) ^ 0x5bd1e995
    for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
    return new Dice(hash)
  }

  next(): number {
    return this.#random.next()
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(list: readonly Item[]): Item {
    const item = list[Math.floor(this.next() * list.length)]
    if (item === undefined) throw new RangeError('there is nothing to pick from')
    return item
  }

  /** Each with this probability, in order. */
  some<Item>(list: readonly Item[], probability: number): Item[] {
    return list.filter(() => this.chance(probability))
  }

  shuffled<Item>(list: readonly Item[]): Item[] {
    const places = list.map((item) => ({ item, at: this.next() }))
    return places.sort((one, other) => one.at - other.at).map(({ item }) => item)
  }
}
