import { describe, expect, it } from '@jest/globals'
import { RoomLine } from '../../../src/isolation/room-line.ts'
import type { Pace } from '../../../src/isolation/room-line.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const measured = (perSecond: number): Pace => ({ perSecond, known: 'measured' })
const set = (perSecond: number): Pace => ({ perSecond, known: 'set' })

/** When so many who come in one moment should come back. */
const addAll = (line: RoomLine, count: number, pace: Pace, nowMs = 0, random = () => 0.5): number[] =>
  Array.from({ length: count }, () => nowMs + line.add(nowMs, pace, random()))

describe('a line behind a rate that is set', () => {
  it('is one after the other at that rate, behind those who wait in the process', () => {
    expect(addAll(new RoomLine(), 4, set(10))).toEqual([2_100, 2_200, 2_300, 2_400])
  })

  it.each([0.01, 0.5, 7, 250])(
    'plans no more arrivals than %d a second allow, however they come',
    (perSecond) => {
      const line = new RoomLine()
      const random = seededRandom(3)
      const arrivals: number[] = []
      let nowMs = 0
      for (let count = 0; count < 2_000; count += 1) {
        if (random.next() < 0.2) nowMs += random.next() * 5_000
        arrivals.push(nowMs + line.add(nowMs, set(perSecond), random.next()))
      }
      arrivals.sort((a, b) => a - b)
      for (let index = 1; index < arrivals.length; index += 1) {
        const gapMs = (arrivals[index] ?? 0) - (arrivals[index - 1] ?? 0)
        expect(gapMs).toBeGreaterThanOrEqual((1_000 / perSecond) * 0.999_999)
      }
    },
  )

  it('begins anew once the last of it should have come', () => {
    const line = new RoomLine()
    addAll(line, 10, set(10))
    expect([line.isOver(3_000), line.isOver(3_001)]).toEqual([false, true])
    expect(line.add(10_000, set(10), 0.5)).toBe(2_100)
  })
})

describe('a line behind what was measured', () => {
  it('is one after the other as far as can be told: four seconds at first', () => {
    const told = addAll(new RoomLine(), 30, measured(10))
    expect(told.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => 2_100 + index * 100))
    for (const atMs of told.slice(20)) {
      expect(atMs).toBeGreaterThanOrEqual(2_000)
      expect(atMs).toBeLessThanOrEqual(4_000)
    }
  })

  it('lets nobody wait for longer than can be told, nor less than those in front need', () => {
    const line = new RoomLine()
    const random = seededRandom(4)
    let sinceMs = 0
    let nowMs = 0
    for (let count = 0; count < 5_000; count += 1) {
      nowMs += random.next() * 40
      if (line.isOver(nowMs)) sinceMs = nowMs
      const waitMs = line.add(nowMs, measured(2 + 20 * random.next()), random.next())
      expect(waitMs).toBeGreaterThanOrEqual(2_000)
      expect(waitMs).toBeLessThanOrEqual(Math.max(4_000, 10 * (nowMs - sinceMs)))
    }
  })

  it('sees ten times as far as it has been watched', () => {
    const line = new RoomLine()
    for (let nowMs = 0; nowMs <= 6_000; nowMs += 100) line.add(nowMs, measured(1), 1)
    const told = addAll(line, 200, measured(1), 6_000, () => 1)
    expect(Math.max(...told)).toBeLessThanOrEqual(66_000)
    expect(Math.max(...told)).toBeGreaterThan(55_000)
  })

  it('spreads those who are further away than can be told', () => {
    const line = new RoomLine()
    const random = seededRandom(9)
    const told = addAll(line, 1_000, measured(1), 0, () => random.next())
    const within = (fromMs: number, toMs: number) =>
      told.filter((atMs) => atMs >= fromMs && atMs < toMs).length
    expect(within(2_000, 3_000)).toBeGreaterThan(400)
    expect(within(3_000, 4_000)).toBeGreaterThan(400)
  })

  /** So many behind a receiver, each told anew when it comes and nobody is taken; answers how often they were told. */
  function toldUntilTaken(count: number, perSecond: number): number {
    const line = new RoomLine()
    const random = seededRandom(6)
    const due = Array.from({ length: count }, () => 0)
    let told = 0
    let nextFreeMs = 2_000
    while (due.length > 0 && told < count * 100) {
      due.sort((a, b) => a - b)
      const nowMs = due.shift() ?? 0
      if (nowMs >= nextFreeMs) {
        nextFreeMs = nowMs + 1_000 / perSecond
        continue
      }
      told += 1
      due.push(nowMs + line.add(nowMs, measured(perSecond), random.next()))
    }
    return told
  }

  // One that takes less than one in two seconds is further away than the first four seconds tell.
  it.each([20, 1, 0.3, 0.05])(
    'sees further the longer there is one, also where it takes %d a second',
    (perSecond) => {
      expect(toldUntilTaken(300, perSecond) / 300).toBeLessThan(12)
    },
  )
})
