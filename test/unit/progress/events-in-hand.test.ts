import { expect, it } from '@jest/globals'
import { EventsInHand } from '../../../src/progress/events-in-hand.ts'

it('the oldest event in hand is that of the earliest time, until it is out of hand', () => {
  const events = new EventsInHand()
  expect(events.oldestMs(1_000)).toBe(0)
  const young = events.take(900)
  const old = events.take(400)
  const ahead = events.take(5_000)
  expect(events.oldestMs(1_000)).toBe(600)
  old()
  old()
  expect(events.oldestMs(1_000)).toBe(100)
  young()
  expect(events.oldestMs(1_000)).toBe(0)
  ahead()
  expect(events.oldestMs(9_000)).toBe(0)
})
