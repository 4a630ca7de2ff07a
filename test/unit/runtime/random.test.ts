// Chance, real and repeatable, stays within what jitter is computed from.
import { describe, expect, it } from '@jest/globals'
import { systemRandom } from '../../../src/runtime/random.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

describe.each([
  ['the real one', systemRandom],
  ['the seeded one', seededRandom(1)],
])('%s', (_name, random) => {
  it('draws numbers from 0 to below 1, spread over the range', () => {
    const drawn = Array.from({ length: 1_000 }, () => random.next())
    expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true)
    expect(new Set(drawn.map((one) => Math.floor(one * 10))).size).toBe(10)
  })
})

it('the seeded one repeats itself', () => {
  const [first, second] = [seededRandom(42), seededRandom(42)]
  expect(Array.from({ length: 5 }, () => first.next())).toEqual(
    Array.from({ length: 5 }, () => second.next()),
  )
})
