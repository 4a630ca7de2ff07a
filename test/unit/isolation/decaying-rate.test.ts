import { describe, expect, it } from '@jest/globals'
import { DecayingRate } from '../../../src/isolation/decaying-rate.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

describe('a decaying rate', () => {
  it.each([0.5, 1, 10, 1_000])(
    'of %d a second is told as that from the first seconds to long after',
    (perSecond) => {
      const rate = new DecayingRate(5_000, 0)
      for (let count = 1; count <= perSecond * 60; count += 1) {
        const nowMs = (count * 1_000) / perSecond
        rate.add(nowMs)
        // Half a gap later, so that it is neither just before one nor just behind.
        const told = rate.perSecond(nowMs + 500 / perSecond)
        if (count >= 10) expect(told / perSecond).toBeCloseTo(1, 1)
      }
    },
  )

  it('is right on average from the first moment on', () => {
    const random = seededRandom(11)
    let sum = 0
    const runs = 4_000
    for (let run = 0; run < runs; run += 1) {
      const rate = new DecayingRate(30_000, 0)
      // A Poisson stream of 20 a second, watched for a quarter of a second.
      for (let nowMs = 0; ;) {
        nowMs += -Math.log(1 - random.next()) * 50
        if (nowMs > 250) break
        rate.add(nowMs)
      }
      sum += rate.perSecond(250)
    }
    expect(Math.abs(sum / runs - 20)).toBeLessThan(1)
  })

  it('fades to a third within its window, and to nothing', () => {
    const rate = new DecayingRate(10_000, 0)
    for (let count = 0; count < 100; count += 1) rate.add(10_000)
    expect(rate.recent(10_000)).toBe(100)
    expect(rate.recent(20_000)).toBeCloseTo(100 / Math.E, 5)
    expect(rate.recent(1e9)).toBe(0)
    expect(rate.perSecond(1e9)).toBe(0)
  })

  it.each([0, -5])('is no division by nothing: %d ms after it began', (nowMs) => {
    const rate = new DecayingRate(10_000, 0)
    rate.add(nowMs)
    expect(rate.perSecond(nowMs)).toBe(0)
    expect(rate.recent(nowMs)).toBe(1)
  })
})
