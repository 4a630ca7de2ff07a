import { expect, it } from '@jest/globals'
import { DeliveryHistories } from '../../../src/replay/delivery-history.ts'
import { failedOutcome, idOf } from './replayed.ts'

const tried = { final: false, result: 'retry_scheduled' } as const

it('tells each step once, in order over all replays, delivered before all else', () => {
  const histories = new DeliveryHistories(10)
  const final = `${idOf(1)}/1/final`
  histories.outcome(failedOutcome(1, { replay: 1, result: 'delivered', outcome_id: final }))
  histories.outcome(failedOutcome(1, { replay: 1, outcome_id: final }))
  histories.outcome(failedOutcome(1))
  histories.outcome(failedOutcome(1, { ...tried, attempt: 2 }))
  histories.outcome(failedOutcome(1, { ...tried, attempt: 1, status_code: 500 }))
  histories.outcome(failedOutcome(1, { ...tried, attempt: 1, status_code: 503 }))
  const [history] = histories.all()
  expect(
    history?.outcomes.map(({ replay, attempt, result, status_code }) => [
      replay,
      attempt,
      result,
      status_code,
    ]),
  ).toEqual([
    [0, 1, 'retry_scheduled', 503],
    [0, 2, 'retry_scheduled', 400],
    [0, 1, 'failed', 400],
    [1, 1, 'delivered', 400],
  ])
})

it('keeps no more deliveries than it may, and says how many outcomes it left out', () => {
  const histories = new DeliveryHistories(2)
  for (const event of [1, 2, 3, 3, 1]) histories.outcome(failedOutcome(event))
  expect(histories.all()).toHaveLength(2)
  expect(histories.leftOut).toBe(2)
})
