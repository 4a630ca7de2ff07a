import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { RecordPosition } from '../../../src/domain/record-position.ts'
import { ParkedCopies } from '../../../src/progress/parked-copies.ts'

const aMinuteMs = 60_000
const at = (offset: number, topic = 'retries.5s'): RecordPosition => ({
  topic,
  partition: 0,
  offset: BigInt(offset),
})

class Copies extends ParkedCopies {
  /** Where no attempt lies between two parkings. */
  isCopy(delivery: string, parkedTimes: number, position: RecordPosition, nowMs: number): boolean {
    return this.look(delivery, { parkedTimes, attempts: 1, lastFault: null }, position, nowMs).kind === 'copy'
  }
}

describe('a parked delivery', () => {
  it('is no copy where nothing like it was seen', () => {
    const copies = new Copies(10)
    expect(copies.isCopy('d/0', 1, at(1), 0)).toBe(false)
    expect(copies.isCopy('d/1', 1, at(2), 0)).toBe(false)
    expect(copies.isCopy('e/0', 1, at(3), 0)).toBe(false)
  })

  it('is a copy at another place, also in another topic, as often as it comes', () => {
    const copies = new Copies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    const seen = [at(2), at(3), at(1, 'retries.30s'), at(2)].map((place) =>
      copies.isCopy('d/0', 1, place, 10),
    )
    expect(seen).toEqual([true, true, true, true])
  })

  it('that is read again is no copy of itself', () => {
    const copies = new Copies(10)
    for (let count = 0; count < 3; count += 1) expect(copies.isCopy('d/0', 1, at(1), count)).toBe(false)
    expect(copies.isCopy('d/0', 1, at(2), 10)).toBe(true)
  })

  it('that was parked once more is the next of its chain, and what stood before is a copy then', () => {
    const copies = new Copies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    expect(copies.isCopy('d/0', 2, at(5), 10)).toBe(false)
    expect(copies.isCopy('d/0', 1, at(1), 20)).toBe(true)
    expect(copies.isCopy('d/0', 2, at(5), 30)).toBe(false)
    expect(copies.isCopy('d/0', 3, at(9), 40)).toBe(false)
    expect(copies.isCopy('d/0', 2, at(5), 50)).toBe(true)
  })

  it('is remembered for two minutes from when it was taken, not from when its copies came', () => {
    const copies = new Copies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    expect(copies.isCopy('d/0', 1, at(2), aMinuteMs)).toBe(true)
    expect(copies.isCopy('d/0', 1, at(3), 2 * aMinuteMs - 1)).toBe(true)
    expect(copies.isCopy('d/0', 1, at(4), 2 * aMinuteMs)).toBe(false)
  })

  it('that is read again is remembered from then', () => {
    const copies = new Copies(10)
    copies.isCopy('d/0', 1, at(1), 0)
    copies.isCopy('e/0', 1, at(2), 0)
    copies.isCopy('d/0', 1, at(1), aMinuteMs)
    expect(copies.isCopy('d/0', 1, at(7), 2.5 * aMinuteMs)).toBe(true)
    expect(copies.isCopy('e/0', 1, at(8), 2.5 * aMinuteMs)).toBe(false)
  })

  it('is forgotten early where more are to be remembered than may be, the one seen longest ago first', () => {
    const copies = new Copies(4)
    for (const name of ['a', 'b', 'a', 'c', 'd', 'e']) copies.isCopy(name, 1, at(1), 0)
    expect(['c', 'd', 'e'].map((name) => copies.isCopy(name, 1, at(2), 1))).toEqual([true, true, true])
    expect(copies.isCopy('b', 1, at(2), 1)).toBe(false)
  })

  it('costs no more however many are seen', () => {
    const copies = new Copies(1_000)
    const begunAtMs = performance.now()
    for (let index = 0; index < 200_000; index += 1) copies.isCopy(`d${index}`, 1, at(index), index / 1_000)
    expect(performance.now() - begunAtMs).toBeLessThan(3_000)
  })

  it('that led to one that came before it is told apart, with where that stands and how far it is', () => {
    const copies = new ParkedCopies(10)
    const lastFault = { reason: 'http_status', faultOwner: 'receiver', statusCode: 503 } as const
    const further = { parkedTimes: 3, attempts: 2, lastFault }
    expect(copies.look('d/0', further, at(9), 0).kind).toBe('new')
    expect(copies.look('d/0', { parkedTimes: 2, attempts: 1, lastFault: null }, at(5), 10)).toMatchObject({
      kind: 'overtaken',
      by: { ...further, position: at(9) },
    })
    expect(copies.look('d/0', { parkedTimes: 2, attempts: 2, lastFault }, at(6), 10)).toEqual({
      kind: 'copy',
    })
    expect(copies.look('d/0', further, at(11), 10)).toEqual({ kind: 'copy' })
    expect(copies.look('d/0', untouched, at(1, 'call-events'), 20)).toMatchObject({ kind: 'overtaken' })
  })

  it('is set against the one that it led to itself, as long as that is known', () => {
    const copies = new ParkedCopies(10)
    const first = { parkedTimes: 1, attempts: 1, lastFault: null }
    copies.look('d/0', first, at(5), 0)
    copies.look('d/0', { parkedTimes: 2, attempts: 2, lastFault: null }, at(7), 10)
    expect(copies.look('d/0', untouched, at(1, 'call-events'), 20)).toMatchObject({ by: first })
    // Also where it came out of turn.
    copies.look('e/0', { parkedTimes: 2, attempts: 2, lastFault: null }, at(8), 10)
    copies.look('e/0', first, at(6), 20)
    expect(copies.look('e/0', untouched, at(2, 'call-events'), 20)).toMatchObject({
      by: { ...first, position: at(6) },
    })
  })

  it('is an event of which nothing is remembered where it was never parked', () => {
    const copies = new ParkedCopies(10)
    for (const offset of [1, 2])
      expect(copies.look('d/0', untouched, at(offset, 'call-events'), 0)).toEqual({ kind: 'new' })
    copies.look('d/0', { parkedTimes: 1, attempts: 0, lastFault: null }, at(5), 10)
    expect(copies.look('d/0', untouched, at(1, 'call-events'), 20)).toEqual({ kind: 'copy' })
  })
})
