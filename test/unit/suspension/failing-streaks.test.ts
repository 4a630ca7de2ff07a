import { expect, it } from '@jest/globals'
import { FailingStreaks } from '../../../src/suspension/failing-streaks.ts'
import { SuspensionTable } from '../../../src/suspension/suspension-table.ts'
import { config, fact, held, suspension } from './samples.ts'

const rules = { reportEveryMs: 100, retellEveryMs: 1_000, forgetAfterMs: 50_000, most: 2 }
const last = { reason: 'http_status', statusCode: 500 }

function begin() {
  const table = new SuspensionTable()
  const streaks = new FailingStreaks(rules, table)
  const seen = (atMs: number, of = 'w', version = config) => ({
    ...fact(),
    webhookId: of as ReturnType<typeof fact>['webhookId'],
    config: version,
    atMs,
  })
  const { webhookId } = fact()
  return {
    table,
    streaks,
    seen,
    webhookId,
    take: (atMs: number) => streaks.take('due', 10, { nowMs: atMs, monotonicMs: atMs }),
  }
}

it('a streak is told once it has lasted, with all that failed, and again only when more has', () => {
  const { streaks, seen, take } = begin()
  expect(streaks.failed(seen(1_000), last, 1_000)).toBe('in_time')
  expect(take(1_099)).toEqual([])
  streaks.failed(seen(1_050), last, 1_050)
  expect(take(1_100)).toEqual([
    fact({ failures: 2, firstFailedAtMs: 1_000, lastFailedAtMs: 1_050, watchOffset: null }),
  ])
  expect(take(9_000)).toEqual([])
  streaks.failed(seen(9_000), last, 9_000)
  expect(take(9_000)).toMatchObject([{ failures: 3 }])
  streaks.failed(seen(9_001), last, 9_001)
  expect(take(9_999)).toEqual([])
  expect(take(10_000)).toMatchObject([{ failures: 4 }])
})

it('a success of a webhook that nobody watches ends its streak, and is not told', () => {
  const { streaks, seen, take, table, webhookId } = begin()
  streaks.failed(seen(0), last, 0)
  expect(streaks.succeeded(seen(1), 1)).toBe('in_time')
  expect([streaks.size, take(500)]).toEqual([0, []])
  table.apply(webhookId, held({ state: 'cleared' }))
  expect([streaks.succeeded(seen(2), 2), streaks.size]).toEqual(['in_time', 0])
})

it.each([held(), suspension])('a success is told at once where it is waited for, and once', (record) => {
  const { streaks, seen, take, table, webhookId } = begin()
  table.apply(webhookId, record)
  expect(streaks.succeeded(seen(5), 5)).toBe('now')
  expect(take(5)).toMatchObject([{ succeededAtMs: 5, watchOffset: record.offset, failures: 0 }])
  expect(streaks.succeeded(seen(6), 6)).toBe('in_time')
  expect(take(6)).toEqual([])
})

it('counts from nothing once there is a newer record', () => {
  const { streaks, seen, take, table, webhookId } = begin()
  streaks.failed(seen(0), last, 0)
  streaks.failed(seen(1), last, 1)
  table.apply(webhookId, held())
  streaks.failed(seen(2), last, 2)
  expect(take(102)).toMatchObject([{ failures: 1, watchOffset: 40n, firstFailedAtMs: 2 }])
})

it('what was counted before a newer record is not told', () => {
  const { streaks, seen, take, table, webhookId } = begin()
  streaks.failed(seen(0), last, 0)
  table.apply(webhookId, held())
  expect([take(500), streaks.size]).toEqual([[], 0])
})

it('a receiver that is gone is told of at once, and of what is suspended only a success', () => {
  const { streaks, seen, take, table, webhookId } = begin()
  const gone = { reason: 'http_status', statusCode: 410 }
  expect(streaks.failed(seen(0), gone, 0)).toBe('now')
  const urgent = streaks.take('urgent', 10, { nowMs: 0, monotonicMs: 0 })
  expect(urgent).toMatchObject([{ gone: true, last: gone }])
  table.apply(webhookId, suspension)
  expect(streaks.failed(seen(1), gone, 1)).toBe('in_time')
  expect(take(5_000)).toEqual([])
})

it('what ends late for a version that was replaced counts for neither', () => {
  const { streaks, seen, take } = begin()
  const newer = { partition: 0, offset: 9n }
  streaks.failed(seen(0, 'w', newer), last, 0)
  streaks.failed(seen(1), last, 1)
  streaks.succeeded(seen(1), 1)
  expect(take(500)).toMatchObject([{ failures: 1, config: newer }])
})

it('holds no more than it may, and lets go of what is old', () => {
  const { streaks, seen, take } = begin()
  for (const name of ['a', 'b', 'c']) streaks.failed(seen(0, name), last, 0)
  expect(streaks.size).toBe(2)
  take(50_000)
  expect(streaks.size).toBe(0)
})

it('tells no more at once than it is asked for, and the rest the next time', () => {
  const { streaks, seen } = begin()
  for (const name of ['a', 'b']) streaks.failed(seen(0, name), last, 0)
  const told = [1, 2, 3].map(() => streaks.take('due', 1, { nowMs: 100, monotonicMs: 100 }))
  expect(told.map((facts) => facts.map(({ webhookId }) => webhookId))).toEqual([['a'], ['b'], []])
})
