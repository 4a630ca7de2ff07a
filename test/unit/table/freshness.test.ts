import { expect, it } from '@jest/globals'
import { Freshness } from '../../../src/table/freshness.ts'

const never = Number.NEGATIVE_INFINITY

it('is as old as the partition that was complete longest ago', () => {
  const freshness = new Freshness()
  expect(freshness.caughtUpAsOfMs()).toBe(never)
  freshness.position(0, 10n, 10n, 1_000)
  expect(freshness.caughtUpAsOfMs()).toBe(1_000)
  freshness.position(1, 4n, 5n, 1_100)
  expect(freshness.caughtUpAsOfMs()).toBe(never)
  freshness.position(1, 6n, 5n, 1_200)
  expect(freshness.caughtUpAsOfMs()).toBe(1_000)
  freshness.position(0, 10n, 10n, 2_000)
  expect(freshness.caughtUpAsOfMs()).toBe(1_200)
})

it('does not grow younger by reading what does not reach the end', () => {
  const freshness = new Freshness()
  freshness.position(0, 10n, 10n, 1_000)
  freshness.position(0, 19n, 20n, 9_000)
  expect(freshness.caughtUpAsOfMs()).toBe(1_000)
})

it('counts from when the answer was asked for, which may be zero', () => {
  const freshness = new Freshness()
  freshness.position(0, 0n, 0n, 0)
  expect(freshness.caughtUpAsOfMs()).toBe(0)
})
