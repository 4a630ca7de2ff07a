import { expect, it } from '@jest/globals'
import { attemptOutcomeId, finalOutcomeId } from '../../../src/domain/outcome.ts'

it('gives the end and each try of a delivery an id of its own, the same whenever it is computed', () => {
  expect(finalOutcomeId('d', 0)).toBe('d/0/final')
  expect(finalOutcomeId('d', 2)).toBe('d/2/final')
  expect(attemptOutcomeId('d', 0, 1)).toBe('d/0/a1')
  expect(attemptOutcomeId('d', 1, 12)).toBe('d/1/a12')
})
