import { describe, expect, it } from '@jest/globals'
import { statusReport } from '../../../src/telemetry/status-report.ts'
import type { StatusParts } from '../../../src/telemetry/status-report.ts'
import { aStanding } from './a-standing.ts'

const noRanks = { failures: [], parked: [], delays: [] }

function partsOf(changes: Partial<StatusParts> = {}): StatusParts {
  return {
    workerId: 'worker-1',
    version: '1.2.3',
    standing: aStanding(),
    webhooks: noRanks,
    origins: noRanks,
    troubled: [],
    invalid: [],
    nowMs: 1_700_000_000_000,
    ...changes,
  }
}

describe('the status', () => {
  it('tells how the worker stands, in the words of the metrics', () => {
    expect(statusReport(partsOf())).toEqual({
      worker_id: 'worker-1',
      version: '1.2.3',
      at: '2023-11-14T22:13:20.000Z',
      gate: { open: true, why: null },
      partitions: [0, 4, 7],
      lag: {
        events: { records: 42, seconds: 3.5 },
        webhooks: { records: 2, seconds: 0.4 },
        states: { records: 1, seconds: 0.7 },
      },
      paused: ['account:acme', 'origin:https://a.test:443'],
      pauses: 2,
      suspensions: { watched: 4, suspended: 2, judge: 'judging' },
      oldest_undelivered_seconds: 9,
      in_flight: { deliveries: 5, bytes: 4_000, waiting: 1, max_deliveries: 2_000, max_bytes: 64_000 },
      table: { state: 'ready', hydration: 1, age_seconds: 0.4, webhooks: 12, invalid: 2, unverified: 3 },
      parked: [
        { delay: '5s', records: 6, overdue_seconds: 1.5 },
        { delay: '5m', records: 0, overdue_seconds: 0 },
      ],
      lanes: { closed: 7, open: 2, half_open: 1, waiting: 7, old_attempts: 4 },
      worst: { webhooks: [], origins: [] },
      invalid_webhooks: [],
    })
  })

  it('tells of a worker that has not begun to work, or may have lost its partitions, what is known', () => {
    const starting = aStanding({ closedBecause: 'starting', work: null })
    const report = statusReport(partsOf({ standing: starting }))
    expect(report).toMatchObject({
      gate: { open: false, why: 'starting' },
      partitions: null,
      lag: { events: null },
      parked: [],
    })
    const { work } = aStanding()
    if (work === null) throw new Error('it works')
    const inDoubt = statusReport(partsOf({ standing: aStanding({ work: { ...work, held: null } }) }))
    expect(inDoubt).toMatchObject({ partitions: null, lag: { events: null }, in_flight: { deliveries: 5 } })
  })

  it('puts each receiver’s breaker beside its counts, and webhooks apart from origins', () => {
    const way = { accountId: 'acme', breaker: 'open', triedAgainInMs: 900, hanging: 0, oldestMs: 0 } as const
    const origin = 'https://a.test'
    const { worst } = statusReport(
      partsOf({
        troubled: [
          { of: 'webhook', name: 'w', origin, ...way },
          { of: 'origin', name: origin, origin, ...way, accountId: null },
        ],
      }),
    )
    expect(worst.webhooks).toMatchObject([{ name: 'w', breaker: 'open', tried_again_in_seconds: 0.9 }])
    expect(worst.origins).toMatchObject([{ name: origin, account_id: null }])
  })

  it('names what cannot be used and why, cut and escaped', () => {
    const faults = Array.from({ length: 9 }, (_, index) => `fault ${index} \u001b[2J${'x'.repeat(1_000)}`)
    const config = { partition: 0, offset: 7n }
    const [listed] = statusReport(
      partsOf({ invalid: [{ webhookId: 'a\nb', accountId: null, config, faults }] }),
    ).invalid_webhooks
    expect(listed).toMatchObject({ webhook_id: 'a\\u000ab', account_id: null, offset: '7' })
    expect(listed?.faults).toHaveLength(6)
    expect(listed?.faults.at(-1)).toBe('4 more')
    expect(listed?.faults[0]).toMatch(/^fault 0 \\u001b\[2Jx{1,250}…$/)
  })
})
