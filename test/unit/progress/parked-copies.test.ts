import { describe, expect, it } from '@jest/globals'
import { ParkedCopies } from '../../../src/progress/parked-copies.ts'

const aMinuteMs = 60_000
const at = (offset: number, topic = 'retries.5s'): string => `${topic}/0/${offset}`

describe('a parked delivery', () => {
  it('is no copy where nothing like it was seen', () => {
    const copies = new ParkedCopies(10)
    expect(copies.isCopy('d/0', 1, at(1), 0)).toBe(false)
    expect(copies.isCopy('d/1', 1, at(2), 0)).toBe(false)
    expect(copies.isCopy('e/0', 1, at(3), 0)).toBe(false)
  })

  it('is a copy at another place, also in another topic, as often as it comes', () => {
    const copies = new ParkedCopies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    const seen = [at(2), at(3), at(1, 'retries.30s'), at(2)].map((place) =>
      copies.isCopy('d/0', 1, place, 10),
    )
    expect(seen).toEqual([true, true, true, true])
  })

  it('that is read again is no copy of itself', () => {
    const copies = new ParkedCopies(10)
    for (let count = 0; count < 3; count += 1) expect(copies.isCopy('d/0', 1, at(1), count)).toBe(false)
    expect(copies.isCopy('d/0', 1, at(2), 10)).toBe(true)
  })

  it('that was parked once more is the next of its chain, and what stood before is a copy then', () => {
    const copies = new ParkedCopies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    expect(copies.isCopy('d/0', 2, at(5), 10)).toBe(false)
    expect(copies.isCopy('d/0', 1, at(1), 20)).toBe(true)
    expect(copies.isCopy('d/0', 2, at(5), 30)).toBe(false)
    expect(copies.isCopy('d/0', 3, at(9), 40)).toBe(false)
    expect(copies.isCopy('d/0', 2, at(5), 50)).toBe(true)
  })

  it('is remembered for two minutes from when it was taken, not from when its copies came', () => {
    const copies = new ParkedCopies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    expect(copies.isCopy('d/0', 1, at(2), aMinuteMs)).toBe(true)
    expect(copies.isCopy('d/0', 1, at(3), 2 * aMinuteMs - 1)).toBe(true)
    expect(copies.isCopy('d/0', 1, at(4), 2 * aMinuteMs)).toBe(false)
  })

  it('that is read again is remembered from then', () => {
    const copies = new ParkedCopies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    copies.isCopy('e/0', 1, at(2), 0)
    copies.isCopy('d/0', 1, at(1), aMinuteMs)
    expect(copies.isCopy('d/0', 1, at(7), 2.5 * aMinuteMs)).toBe(true)
    expect(copies.isCopy('e/0', 1, at(8), 2.5 * aMinuteMs)).toBe(false)
  })

  it('is forgotten early where more are to be remembered than may be, the one seen longest ago first', () => {
    const copies = new ParkedCopies(4)
    for (const name of ['a', 'b', 'a', 'c', 'd', 'e']) copies.isCopy(name, 1, at(1), 0)
    expect(['c', 'd', 'e'].map((name) => copies.isCopy(name, 1, at(2), 1))).toEqual([true, true, true])
    expect(copies.isCopy('b', 1, at(2), 1)).toBe(false)
  })

  it('costs no more however many are seen', () => {
    const copies = new ParkedCopies(1_000)
    const begunAtMs = performance.now()
    for (let index = 0; index < 200_000; index += 1) copies.isCopy(`d${index}`, 1, at(index), index / 1_000)
    expect(performance.now() - begunAtMs).toBeLessThan(3_000)
  })
})
