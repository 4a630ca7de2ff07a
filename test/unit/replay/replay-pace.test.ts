import { expect, it } from '@jest/globals'
import { ReplayPace } from '../../../src/replay/replay-pace.ts'

/** Sends all that is allowed at each of these moments. */
function sent(perSecond: number, momentsMs: readonly number[]): readonly number[] {
  const pace = new ReplayPace(perSecond, 0)
  return momentsMs.map((nowMs) => {
    const allowed = pace.allowed(nowMs)
    pace.gone(allowed)
    return allowed
  })
}

const everyQuarter = Array.from({ length: 400 }, (_, index) => (index + 1) * 250)
const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0)

it.each([0.5, 1, 3, 100, 333.3, 5_000])('keeps a rate of %d a second', (perSecond) => {
  expect(Math.abs(sum(sent(perSecond, everyQuarter)) - perSecond * 100)).toBeLessThanOrEqual(1)
})

it('makes up for what it missed a little faster than the rate, after at most a second’s at once', () => {
  const late = everyQuarter.filter((ms) => ms <= 1_000 || ms > 11_000)
  const counts = sent(100, late)
  expect(counts.slice(4, 8)).toEqual([105, 26, 26, 26])
  expect(Math.max(...counts.slice(5))).toBe(27)
  expect(sum(counts)).toBeLessThanOrEqual(10_000)
  expect(sum(counts)).toBeGreaterThan(9_400)
})

it('does not make up for more than a minute', () => {
  expect(sum(sent(100, [250, ...everyQuarter.map((ms) => ms + 3_600_000)]))).toBeLessThan(100 * 105 + 130)
})

it('does not count what was allowed and did not go as gone', () => {
  const pace = new ReplayPace(100, 0)
  expect(pace.allowed(500)).toBe(50)
  pace.gone(10)
  expect(pace.allowed(500)).toBe(40)
})
