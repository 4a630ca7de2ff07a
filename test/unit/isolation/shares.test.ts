import { describe, expect, it } from '@jest/globals'
import { Shares } from '../../../src/isolation/shares.ts'
import type { OverallLimits } from '../../../src/isolation/shares.ts'
import { webhookOf } from './isolation-rig.ts'

const limits: OverallLimits = { laneConcurrency: 64, originConcurrency: 256, ratePerSecond: null }
const withShare = (share: number, given: Partial<OverallLimits> = {}): Shares => {
  const shares = new Shares({ ...limits, ...given })
  shares.change(share, 0)
  return shares
}

describe('requests at once', () => {
  it.each([
    [1, null, 64],
    [1, 10, 10],
    [1, 1_000, 64],
    [0.5, null, 32],
    [0.5, 10, 5],
    [0.5, 1_000, 32],
    [0.25, 1, 1],
    [0.001, null, 1],
    [0, null, 1],
  ])('of the share %d where the webhook wants %s: %d, and never none', (share, concurrency, slots) => {
    expect(withShare(share).laneConcurrency(webhookOf('w', { concurrency }))).toBe(slots)
  })

  it('of one origin are shared out alike', () => {
    expect([1, 1 / 3, 0.001, 0].map((share) => withShare(share).originConcurrency())).toEqual([256, 85, 1, 1])
  })

  it('are over all workers no more than the limit, nor fewer by more than one each, as long as it has one for each', () => {
    for (let partitions = 1; partitions <= 24; partitions += 1) {
      for (const limit of [24, 64, 100, 256]) {
        // Dealt in turn, as the assigner does: to one worker up to as many as there are partitions.
        for (let workers = 1; workers <= partitions; workers += 1) {
          const owned = Array.from({ length: workers }, (_, worker) =>
            Math.ceil((partitions - worker) / workers),
          )
          const slots = owned.map((own) => withShare(own / partitions, { originConcurrency: limit }))
          const sum = slots.reduce((before, shares) => before + shares.originConcurrency(), 0)
          expect(sum).toBeLessThanOrEqual(limit)
          expect(sum).toBeGreaterThan(limit - workers - 1)
        }
      }
    }
  })
})

describe('a rate', () => {
  it.each<[number | null, number | null, number | null]>([
    [null, null, null],
    [10, null, 5],
    [null, 10, 5],
    [10, 4, 2],
    [4, 10, 2],
  ])('is the lower of what the webhook and the operator want, %s and %s, by the share', (own, most, rate) => {
    const shares = withShare(0.5, { ratePerSecond: most })
    expect(shares.ratePerSecond(webhookOf('w', { ratePerSecond: own }))).toBe(rate)
  })

  it('of a process that owns nothing is next to none, and still a number to divide by', () => {
    const rate = withShare(0, { ratePerSecond: 5 }).ratePerSecond(webhookOf('w')) ?? 0
    expect(rate).toBeGreaterThan(0)
    expect(rate).toBeLessThan(0.001)
  })
})

describe('a change', () => {
  it('is one only where the share is another, and is dated then', () => {
    const shares = new Shares(limits)
    expect([shares.change(0.5, 10), shares.sinceMs]).toEqual([true, 10])
    expect([shares.change(0.5, 20), shares.sinceMs]).toEqual([false, 10])
    expect([shares.change(0.25, 30), shares.sinceMs]).toEqual([true, 30])
  })
})
