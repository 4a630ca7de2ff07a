import { expect, it } from '@jest/globals'
import { RetryBudget } from '../../../src/isolation/retry-budget.ts'

/** How many are granted of a hundred that are asked for in this moment. */
const granted = (budget: RetryBudget, nowMs: number): number => {
  let count = 0
  for (let asked = 0; asked < 100; asked += 1) if (budget.spend(nowMs)) count += 1
  return count
}

it('grants two to a webhook that nothing comes for, and two again half a minute later', () => {
  const budget = new RetryBudget(0)
  expect([granted(budget, 0), granted(budget, 1_000), granted(budget, 60_000)]).toEqual([2, 0, 2])
})

it('grants a tenth of the first attempts of the last ten seconds', () => {
  const budget = new RetryBudget(0)
  for (let count = 0; count < 500; count += 1) budget.firstAttempt(0)
  expect(granted(budget, 0)).toBe(50)
  expect(granted(budget, 0)).toBe(0)
})

it('does not multiply a steady load by more than a tenth', () => {
  const budget = new RetryBudget(0)
  let spent = 0
  for (let nowMs = 0; nowMs < 100_000; nowMs += 10) {
    budget.firstAttempt(nowMs)
    if (budget.spend(nowMs)) spent += 1
  }
  expect(spent).toBeLessThanOrEqual(1_100)
  expect(spent).toBeGreaterThan(800)
})

it('forgets what came long ago', () => {
  const budget = new RetryBudget(0)
  for (let count = 0; count < 500; count += 1) budget.firstAttempt(0)
  expect(granted(budget, 60_000)).toBe(2)
})
