// Which webhooks the events of a scenario are for.
import { expect, it } from '@jest/globals'
import { choicesOf } from '../../bench/load.ts'
import { plain, scenarios } from '../../bench/scenario.ts'

const even = scenarios.filter(({ spread }) => spread !== 'zipf')

it.each([...even, { ...plain, name: 'a million', webhooks: 1_000_000, fanOut: 2 }])(
  '$name: all are used evenly',
  (scenario) => {
    const groups = scenario.webhooks / scenario.fanOut
    const round = choicesOf(scenario).take(groups).toArray()
    expect(new Set(round).size).toBe(groups)
  },
)

it('by Zipf, the first is used most, and far down the list some are used', () => {
  const counts = new Map<number, number>()
  for (const choice of choicesOf({ ...plain, spread: 'zipf' }).take(50_000))
    counts.set(choice, (counts.get(choice) ?? 0) + 1)
  expect(Math.max(...counts.values())).toBe(counts.get(0))
  expect([...counts.keys()].some((choice) => choice > 900)).toBe(true)
})
