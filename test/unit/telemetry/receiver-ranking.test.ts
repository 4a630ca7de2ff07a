import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { TroubledWay } from '../../../src/domain/standing.ts'
import { ReceiverRanking } from '../../../src/telemetry/receiver-ranking.ts'
import { worstRows } from '../../../src/telemetry/worst-rows.ts'
import { heapBytes } from '../../harness/memory.ts'
import { anOutcome } from './an-outcome.ts'

function begin() {
  const time = { monotonicMs: 0 }
  const ranking = new ReceiverRanking({ monotonicMs: () => time.monotonicMs })
  const tell = (webhookId: string, changes: Partial<Outcome>): void => {
    const outcome = anOutcome({ webhookId: webhookId as NonNullable<Outcome['webhookId']>, ...changes })
    ranking.observe({ kind: 'outcome', outcome, detail: null })
  }
  const defer = (webhookId: string, origin: string | null): void =>
    ranking.observe({
      kind: 'deferred',
      reason: 'breaker_open',
      first: false,
      webhookId,
      accountId: 'a',
      origin,
    })
  return { time, ranking, tell, defer }
}

const failed = (statusCode: number, writtenAtMs: number): Partial<Outcome> => ({
  result: 'retry_scheduled',
  final: false,
  reason: 'http_status',
  faultOwner: 'receiver',
  statusCode,
  writtenAtMs,
  parked: { topic: 'retries.5s', partition: 0, offset: 1n },
})

describe('the ranking of receivers', () => {
  it('counts what failed, by whom and how last, and since when it has not delivered', () => {
    const { ranking, tell, time } = begin()
    tell('good', {})
    tell('bad', failed(503, 1_000))
    tell('bad', { writtenAtMs: 2_000 })
    tell('bad', failed(500, 3_000))
    tell('bad', failed(502, 4_000))
    tell('bad', { ...failed(500, 5_000), result: 'expired', reason: 'horizon_passed', statusCode: null })
    const [bad, ...others] = ranking.webhooks().failures
    expect(others).toEqual([])
    expect(bad).toMatchObject({ key: 'bad', count: 4, error: 0 })
    expect(bad?.note).toEqual({
      accountId: 'acc1',
      origin: 'https://crm.example.com',
      reason: 'http_status',
      statusCode: 502,
      sinceMs: 3_000,
      deliveredAtMs: null,
    })
    expect(ranking.origins().failures).toMatchObject([{ key: 'https://crm.example.com', count: 4 }])
    time.monotonicMs = 42_000
    expect(ranking.webhooks().failures[0]?.count).toBe(2)
  })

  it('counts what was parked, with and without an attempt, and tells the longest delays', () => {
    const { ranking, tell, defer } = begin()
    tell('a', { ...failed(500, 1), eventAgeMs: 7_000 })
    tell('b', { eventAgeMs: 9_000 })
    tell('b', { eventAgeMs: 100 })
    for (let count = 0; count < 3; count += 1) defer('c', 'https://c.test')
    defer('d', null)
    expect(ranking.webhooks().parked).toMatchObject([
      { key: 'c', count: 3, note: { accountId: 'a', origin: 'https://c.test', reason: 'breaker_open' } },
      { key: 'a', count: 1 },
      { key: 'd', count: 1 },
    ])
    expect(ranking.origins().parked.map(({ key }) => key)).toEqual([
      'https://c.test',
      'https://crm.example.com',
    ])
    expect(ranking.webhooks().delays).toMatchObject([
      { key: 'b', value: 9_000 },
      { key: 'a', value: 7_000 },
    ])
  })

  it('blames no receiver for what this worker did, could not read, was told to stop, or put off', () => {
    const { ranking, tell } = begin()
    tell('a', { result: 'failed', reason: 'interrupted', faultOwner: 'worker' })
    tell('a', { result: 'rejected', reason: 'invalid_config', faultOwner: 'config' })
    tell('a', { result: 'cancelled', reason: 'webhook_deleted' })
    tell('a', { result: 'deferred', reason: 'lane_full', final: false })
    tell('a', { webhookId: null, origin: null, result: 'rejected', reason: 'fanout_limit' })
    expect([ranking.webhooks().failures, ranking.origins().failures]).toEqual([[], []])
  })

  it('finds the worst among a million, in a few hundred kilobytes', async () => {
    const { ranking, tell, defer } = begin()
    const beforeBytes = heapBytes()
    for (let index = 0; index < 1_000_000; index += 1) {
      const name = `hostile ${index} \u202e"}`
      if (index % 2 === 0)
        tell(name, { ...failed(500, index), origin: `https://${index}.test`, eventAgeMs: index })
      else defer(name, `https://${index}.test`)
      if (index % 50 === 0) tell('really bad', { ...failed(418, index), origin: 'https://bad.test' })
    }
    tell('x'.repeat(1_001), failed(500, 1))
    const grownBytes = heapBytes() - beforeBytes
    const { failures, parked, delays } = ranking.webhooks()
    expect([failures.length, parked.length, delays.length]).toEqual([128, 128, 128])
    expect(failures[0]).toMatchObject({ key: 'really bad', note: { statusCode: 418 } })
    const { count = 0, error = 0 } = failures[0] ?? {}
    expect(count).toBeGreaterThanOrEqual(20_000)
    expect(count - error).toBeLessThanOrEqual(20_000)
    expect(delays[0]?.value).toBe(999_998)
    expect(ranking.origins().failures).toHaveLength(128)
    expect(failures.map(({ key }) => key)).not.toContain('x'.repeat(1_001))
    // Measured 0.2 MB.
    expect(grownBytes).toBeLessThan(3_000_000)
  })
})

describe('the worst rows', () => {
  const way = (name: string, changes: Partial<TroubledWay>): TroubledWay => ({
    of: 'webhook',
    name,
    accountId: 'acme',
    origin: 'https://a.test',
    breaker: 'closed',
    triedAgainInMs: 0,
    hanging: 0,
    oldestMs: 0,
    ...changes,
  })

  it('say of each all that is known, the worst first: what hangs counts before it has failed', () => {
    const { ranking, tell, defer } = begin()
    tell('slow', { eventAgeMs: 60_000 })
    tell('flaky', failed(500, 1))
    for (let count = 0; count < 5; count += 1) defer('dead', 'https://dead.test')
    const troubled = [
      way('hangs', { hanging: 2, oldestMs: 4_200 }),
      way('dead', { breaker: 'open', triedAgainInMs: 3_000 }),
    ]
    const rows = worstRows(ranking.webhooks(), troubled)
    expect(rows.map(({ name }) => name)).toEqual(['dead', 'hangs', 'flaky', 'slow'])
    expect(rows[0]).toMatchObject({
      breaker: 'open',
      tried_again_in_seconds: 3,
      parked: 5,
      parked_reason: 'breaker_open',
    })
    expect(rows[1]).toMatchObject({ hanging: 2, oldest_attempt_seconds: 4.2, account_id: 'acme' })
    expect(rows[2]).toMatchObject({
      failures: 1,
      reason: 'http_status',
      status_code: 500,
      failing_since: '1970-01-01T00:00:00.001Z',
      parked: 1,
    })
    expect(rows[3]).toMatchObject({ failures: 0, delay_seconds: 60, failing_since: null })
  })

  it('are bounded, and escape what ids are made of', () => {
    const { ranking, tell, defer } = begin()
    for (let index = 0; index < 500; index += 1) {
      tell(`\u001b[31m${index}`, { ...failed(500, 1), accountId: '\n' as Outcome['accountId'] })
      defer(`\u202e${index}`, null)
    }
    const troubled = Array.from({ length: 50 }, (_, index) => way(`open ${index}`, { breaker: 'open' }))
    const rows = worstRows(ranking.webhooks(), troubled)
    expect(rows.length).toBeLessThanOrEqual(50 + 3 * 20)
    const told = rows.flatMap(({ name, account_id, origin }) => [name, account_id, origin].join(''))
    expect(told.filter((text) => /[\p{Cc}\p{Cf}]/u.test(text))).toEqual([])
    expect(rows.some(({ name }) => name.startsWith('\\u001b[31m'))).toBe(true)
  })
})
