// What the contract suite cannot tell of the real clock: that it follows the wall.
import { expect, it } from '@jest/globals'
import { systemClock } from '../../../src/runtime/clock.ts'

it('tells the time of the wall in epoch milliseconds', () => {
  const before = Date.now()
  const nowMs = systemClock.nowMs()
  expect(nowMs).toBeGreaterThanOrEqual(before)
  expect(nowMs).toBeLessThanOrEqual(Date.now())
})
