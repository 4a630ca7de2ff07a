import { describe, expect, it } from '@jest/globals'
import { RunningMedian } from '../../../src/isolation/running-median.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const after = (samples: Iterable<number>, median = new RunningMedian()): number => {
  for (const sample of samples) median.add(sample)
  return median.ms ?? Number.NaN
}

function* drawn(count: number, draw: (random: number) => number, seed = 5): Generator<number> {
  const random = seededRandom(seed)
  for (let each = 0; each < count; each += 1) yield draw(random.next())
}

describe('a running median', () => {
  it('is nothing before the first sample, and then that sample', () => {
    const median = new RunningMedian()
    expect(median.ms).toBeNull()
    median.add(50)
    expect(median.ms).toBe(50)
  })

  it('stays where all samples are equal', () => {
    const median = new RunningMedian()
    for (let count = 0; count < 100; count += 1) {
      median.add(80)
      expect(median.ms).toBe(80)
    }
  })

  it.each<[string, (random: number) => number, number]>([
    ['evenly spread samples', (random) => 50 + 100 * random, 100],
    ['samples that are ten times as large', (random) => 500 + 1_000 * random, 1_000],
    ['samples of half a millisecond', (random) => 0.4 + 0.2 * random, 0.5],
    ['long-tailed samples', (random) => 20 * (1 - random) ** -0.7, 20 * 0.5 ** -0.7],
  ])('comes to that of %s', (_what, draw, expected) => {
    const found = after(drawn(3_000, draw))
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.15)
  })

  it.each([
    [0.8, 10],
    [0.2, 500],
  ])('of two kinds of samples comes to the kind that has most: %d of the small one', (small, expected) => {
    const found = after(drawn(2_000, (random) => (random < small ? 10 : 500)))
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.2)
  })

  it.each([
    [10, 200],
    [200, 10],
  ])('follows a shift from %d to %d', (from, to) => {
    const median = new RunningMedian()
    after(
      Array.from({ length: 100 }, () => from),
      median,
    )
    after(
      Array.from({ length: 120 }, () => to),
      median,
    )
    expect(median.ms).toBe(to)
  })

  it('finds its region within a dozen samples when the first one lied', () => {
    const found = after([1_000, ...Array.from({ length: 12 }, () => 50)])
    expect(found).toBeLessThan(60)
  })

  it('takes twelve wide steps, and narrow ones then', () => {
    const found = after([100, ...Array.from({ length: 14 }, () => 1e9)])
    expect(found).toBeCloseTo(100 * 1.3 ** 12 * 1.03 ** 2, 6)
  })

  it('is not moved far by one that is out of all proportion', () => {
    const median = new RunningMedian()
    after(
      Array.from({ length: 50 }, () => 100),
      median,
    )
    median.add(1e9)
    expect(median.ms).toBeLessThan(104)
  })

  it.each([0, -1])('takes %d for very little, so that it can grow again', (sample) => {
    const median = new RunningMedian()
    after(
      Array.from({ length: 400 }, () => sample),
      median,
    )
    expect(median.ms).toBe(0.1)
    expect(
      after(
        Array.from({ length: 300 }, () => 100),
        median,
      ),
    ).toBe(100)
  })
})
