// Since when finished work could not be committed.
import { expect, it } from '@jest/globals'
import { CommitHealth } from '../../../src/progress/commit-health.ts'

it('counts from the first commit that was due in vain', () => {
  const health = new CommitHealth()
  expect(health.stuckMs(1_000)).toBe(0)
  health.due(1_000)
  health.due(3_000)
  expect(health.stuckMs(4_000)).toBe(3_000)
  health.settled()
  expect(health.stuckMs(9_000)).toBe(0)
  health.due(9_500)
  expect(health.stuckMs(9_600)).toBe(100)
})
