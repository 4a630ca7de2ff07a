import { expect, it } from '@jest/globals'
import { fullJitter } from '../../../src/retry/backoff.ts'

it.each([
  [1, 0, 0],
  [1, 0.5, 100],
  [1, 0.999_999, 199],
  [2, 0.5, 200],
  [3, 0.5, 400],
  [4, 0.999_999, 1_599],
])(
  'after failed attempt %i and with chance at %d waits %i ms of a base of 200',
  (attempt, random, waitMs) => {
    expect(fullJitter(attempt, 200, random)).toBe(waitMs)
  },
)

it('does not wait where there is no base', () => {
  expect(fullJitter(5, 0, 0.9)).toBe(0)
})
