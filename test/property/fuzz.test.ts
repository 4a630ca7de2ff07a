// Hostile inputs by the thousand, the short way; `npm run test:fuzz` is the long one. The seed stands in the output, and
// SEED repeats it.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { computingMs } from '../harness/computing-time.ts'
import { fuzz, fuzzTarget } from './fuzz/fuzz-target.ts'
import { fuzzSeed, fuzzTargets } from './fuzz/fuzz-targets.ts'

const seed = fuzzSeed()
const cases = 2_000

describe(`with seed ${seed}`, () => {
  it.each(fuzzTargets.map((target) => [target.name, target] as const))(
    '%s end in an answer',
    (_name, target) => {
      const { became } = fuzz(target, { cases, seed })
      // Neither all refused nor all taken: a generator that cannot do both proves nothing.
      expect(Object.keys(became).length).toBeGreaterThan(1)
      for (const count of Object.values(became)) expect(count).toBeLessThan(cases * 0.98)
    },
  )
})

function aBitOfWork(steps: number): number {
  let sum = 0
  for (let step = 0; step < steps; step += 1) sum += Math.sqrt(step)
  return sum
}

describe('the fuzzing itself', () => {
  const inputs = fc.nat(1_000)
  const plan = { cases: 200, seed: 1 }

  it('sees what throws, and tells the seed and the smallest input', () => {
    const judge = (input: number): string => {
      if (input > 500) throw new Error('too much')
      return 'fine'
    }
    expect(() => fuzz(fuzzTarget({ name: 'thrower', inputs, judge }), plan)).toThrow(/seed: 1.*\[501\]/s)
  })

  it('sees what is slow each time, and not what was slow once', () => {
    let times = 0
    const compute = (ms: number): string => {
      for (let spentMs = 0; spentMs < ms;) spentMs += computingMs(() => aBitOfWork(50_000))
      return 'computed'
    }
    const slow = fuzzTarget({ name: 'slow', inputs, judge: () => compute(120) })
    expect(() => fuzz(slow, { cases: 1, seed: 1 })).toThrow(/a case takes \d{3} ms/)
    const once = fuzzTarget({ name: 'once', inputs, judge: () => compute((times += 1) === 1 ? 120 : 1) })
    expect(fuzz(once, { cases: 3, seed: 1 }).slowestMs).toBeLessThan(100)
  })
})
