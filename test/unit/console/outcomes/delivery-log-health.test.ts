// How a webhook fares by its log, and what the log forgets.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { pruneSlices } from '../../../../src/console/outcomes/outcome-store.ts'
import type { OutcomeStore } from '../../../../src/console/outcomes/outcome-store.ts'
import type { WebhookOutcomeRecord } from '../../../../src/domain/records.ts'
import { foldInto, openLogStore } from '../log-samples.ts'
import { outcomeRecord } from '../outcome-samples.ts'

const hourMs = 3_600_000
/** In the middle of five minutes. */
const nowMs = 20_000 * 24 * hourMs + 150_000
let folder = ''
let store: OutcomeStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'health-'))
  store = openLogStore(join(folder, 'log.sqlite'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const fold = (...changes: Partial<WebhookOutcomeRecord>[]): void =>
  foldInto(
    store,
    changes.map((each) => outcomeRecord(each)),
  )
const health = (atMs = nowMs) => store.health.of('acc1', 'w1', atMs)
const rows = (table: string): unknown => {
  const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true })
  const row = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()
  database.close()
  return row?.['rows']
}
const failed = { result: 'failed', reason: 'http_status' } as const
const waits = { result: 'retry_scheduled', reason: 'http_status', final: false } as const
const putOff = {
  result: 'deferred',
  reason: 'breaker_open',
  final: false,
  attempt: 0,
  queued_ms: null,
} as const

describe('health', () => {
  it('of a webhook that nothing is known of is even', () => {
    expect(health()).toMatchObject({
      hour: { delivered: 0, failed: 0 },
      delay: null,
      breaker: 'closed',
      breakerSinceMs: null,
      parked: { count: 0, nextDueMs: null },
    })
    expect(health().chart).toHaveLength(24)
  })

  it('counts ends by the hour, each once, however often and how late it is told', () => {
    const ends = [
      { delivery_id: 'a', written_at: nowMs - 60_000 },
      { delivery_id: 'b', written_at: nowMs - 2 * hourMs, ...failed },
      { delivery_id: 'c', written_at: nowMs - 23 * hourMs },
      { delivery_id: 'd', written_at: nowMs - 25 * hourMs },
    ]
    fold(...ends)
    fold(...ends)
    expect(health()).toMatchObject({
      hour: { delivered: 1, failed: 0 },
      day: { delivered: 2, failed: 1 },
    })
    const told = health().chart.flatMap(({ fromMs, delivered, failed: not }, index) =>
      delivered + not === 0 ? [] : [{ index, ago: (nowMs - fromMs) / hourMs, delivered, failed: not }],
    )
    expect(told.map(({ index }) => index)).toEqual([0, 21, 23])
    expect(told.every(({ ago }) => ago <= 24)).toBe(true)
    // Told again as delivered: it failed no more, and then it ended.
    fold({ delivery_id: 'b', written_at: nowMs })
    expect(health()).toMatchObject({ hour: { delivered: 1, failed: 0 }, day: { delivered: 3, failed: 0 } })
  })

  it('tells the delay of what was delivered at the first attempt within the hour', () => {
    fold(
      ...Array.from({ length: 20 }, (_, index) => ({
        delivery_id: `d${index}`,
        written_at: nowMs - index,
        event_age_ms: (index + 1) * 10,
      })),
      { delivery_id: 'second', attempt: 2, written_at: nowMs, event_age_ms: 60_000 },
      { delivery_id: 'old', written_at: nowMs - 2 * hourMs, event_age_ms: 90_000 },
    )
    expect(health().delay).toEqual({ p50Ms: 100, p95Ms: 190 })
  })

  it('takes the breaker for open from the first that it put off, for tried when one went, closed when one arrived', () => {
    fold({ delivery_id: 'a', written_at: nowMs - 9_000, ...putOff, next_attempt_at: nowMs + 1_000 })
    fold({ delivery_id: 'b', written_at: nowMs - 8_000, ...putOff, next_attempt_at: nowMs + 1_000 })
    expect(health()).toMatchObject({ breaker: 'open', breakerSinceMs: nowMs - 9_000 })
    expect(health(nowMs + 100_000).breaker).toBe('trying')
    fold({ delivery_id: 'a', written_at: nowMs - 5_000, ...waits, next_attempt_at: nowMs + 5_000 })
    expect(health()).toMatchObject({ breaker: 'trying', breakerSinceMs: nowMs - 9_000 })
    fold({ delivery_id: 'a', written_at: nowMs - 1_000, attempt: 2 })
    expect(health()).toMatchObject({ breaker: 'closed', breakerSinceMs: null })
    // Told again from before.
    fold({ delivery_id: 'b', written_at: nowMs - 8_000, ...putOff, next_attempt_at: nowMs + 1_000 })
    expect(health().breaker).toBe('closed')
  })

  it('knows what waits and when the next is due, until it ends or a repeat of its end is told', () => {
    fold(
      { delivery_id: 'a', ...waits, next_attempt_at: nowMs + 2_000 },
      { delivery_id: 'b', ...waits, next_attempt_at: nowMs + 1_000 },
      { delivery_id: 'b', ...waits, attempt: 2, next_attempt_at: nowMs + 9_000 },
      { delivery_id: 'c', ...waits, webhook_id: 'w2', next_attempt_at: nowMs },
    )
    expect(health().parked).toEqual({ count: 2, nextDueMs: nowMs + 2_000 })
    fold({ delivery_id: 'a', attempt: 3, ...failed })
    expect(health().parked).toEqual({ count: 1, nextDueMs: nowMs + 9_000 })
    // What was told before its end does not let it wait again; a replay does.
    fold({ delivery_id: 'a', ...waits, next_attempt_at: nowMs + 2_000 })
    expect(health().parked.count).toBe(1)
    fold({ delivery_id: 'a', replay: 1, ...waits, next_attempt_at: nowMs + 3_000 })
    expect(health().parked).toEqual({ count: 2, nextDueMs: nowMs + 3_000 })
  })
})

describe('forgetting', () => {
  const week = 7 * 24 * hourMs
  const bounds = { beforeMs: nowMs - week, sumsBeforeMs: nowMs - 25 * hourMs, rows: 1_000_000 }

  it('takes what is old, a bounded part of it at each step', () => {
    const at = (written_at: number, name: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ delivery_id: `${name}${index}`, written_at }))
    fold(...at(nowMs - week - hourMs, 'old', 700), ...at(nowMs - hourMs, 'new', 200))
    store.pruneLog(bounds)
    expect(rows('attempt')).toBeGreaterThanOrEqual(700)
    for (let step = 0; step < 8; step += 1) store.pruneLog(bounds)
    expect(rows('attempt')).toBe(200)
    expect(health().day).toEqual({ delivered: 200, failed: 0 })
    expect(rows('span')).toBe(1)
    expect(store.counts(['w1']).get('w1')?.delivered).toBe(900)
  })

  it('takes the ones that were read first where there are too many', () => {
    fold(
      ...Array.from({ length: 50 }, (_, index) => ({ delivery_id: `d${index}`, written_at: nowMs + index })),
    )
    store.pruneLog({ ...bounds, rows: 10 })
    const request = { limit: 100, after: null, only: 'all', sinceMs: 0, untilMs: 9e15 } as const
    const left = store.log
      .ofWebhook('acc1', 'w1', request)
      ?.attempts.map(({ outcome }) => outcome.delivery_id)
    expect(left).toEqual(Array.from({ length: 10 }, (_, index) => `d${49 - index}`))
  })

  it('lets nothing wait whose end was never told', () => {
    fold(
      { delivery_id: 'lost', ...waits, next_attempt_at: nowMs - 8 * 24 * hourMs },
      { delivery_id: 'waits', ...waits, next_attempt_at: nowMs },
    )
    for (let slice = 0; slice < pruneSlices; slice += 1)
      store.prune(slice, { endedBeforeMs: 0, dueBeforeMs: nowMs - week })
    expect(health().parked).toEqual({ count: 1, nextDueMs: nowMs })
  })
})
