import { describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import { faultOwners } from '../../../src/domain/outcome.ts'
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { Standing } from '../../../src/domain/standing.ts'
import { metricCatalogue } from '../../../src/telemetry/metric-catalogue.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { observers } from '../../../src/telemetry/observers.ts'
import { aStanding } from './a-standing.ts'
import { anOutcome } from './an-outcome.ts'

const outcomeOf = (changes: Partial<Outcome> = {}): Observation => ({
  kind: 'outcome',
  outcome: anOutcome(changes),
  detail: null,
})

const linesAfter = (...observations: readonly Observation[]) => linesAfterAll(observations)

async function linesAfterAll(observations: readonly Observation[]): Promise<readonly string[]> {
  const metrics = createMetrics({ version: '1.2.3', standing: () => aStanding() })
  for (const observation of observations) metrics.observe(observation)
  return (await metrics.text()).split('\n')
}

/** One of every kind. */
type Verdict = Extract<Observation, { kind: 'verdict' }>

function verdictOf(verdict: Verdict['verdict']): Verdict {
  const last = { attempts: 1, reason: 'http_status', statusCode: 410 }
  return { kind: 'verdict', verdict, webhookId: 'w', accountId: 'acme', ...last, liftedBy: null }
}

const everything: readonly Observation[] = [
  { kind: 'attempt_begun', tlsVerification: 'off' },
  outcomeOf(),
  { kind: 'event_taken', eventType: 'call_start', ageMs: 250 },
  { kind: 'event_skipped', reason: 'no_webhook' },
  { kind: 'event_time_distrusted', differenceMs: 9 },
  { kind: 'dead_lettered', reason: 'not_framed', partition: 0, offset: 1n },
  { kind: 'webhook_invalid', webhookId: 'w', faults: ['host'] },
  { kind: 'webhook_unverified', webhookId: 'w', origin: 'https://a.test' },
  { kind: 'webhook_key_moved', webhookId: 'w' },
  { kind: 'table_changed', webhooks: 12, invalid: 2, unverified: 3 },
  { kind: 'table_reading', webhooks: 4, part: 0.3 },
  { kind: 'table_ready', webhooks: 12, tookMs: 1_500 },
  { kind: 'table_reset', partition: 0, reason: 'r' },
  { kind: 'assigned', partitions: [0, 4, 7], epoch: 1 },
  { kind: 'committed', partitions: 3 },
  { kind: 'commit_failed', error: 'e' },
  { kind: 'stalled', stalledMs: 7_000 },
  { kind: 'start_gate', state: 'open', why: 'w' },
  {
    kind: 'deferred',
    reason: 'lane_full',
    first: true,
    webhookId: 'w',
    accountId: 'a',
    origin: 'https://a.test',
  },
  { kind: 'parked', delayMs: 300_000 },
  { kind: 'chunked', chunks: 3 },
  { kind: 'moved_on' },
  verdictOf('gone'),
  { kind: 'pauses', inForce: { all: 0, account: 1, webhook: 0, origin: 0 } },
  { kind: 'copy_dropped' },
  { kind: 'breaker', of: 'webhook', name: 'w', change: 'opened' },
  { kind: 'out_of_range', topic: 'call-events', partition: 0 },
  { kind: 'client_rebuilt', where: 'event-source' },
  { kind: 'trouble', where: 'outcome_sink', error: 'e' },
  { kind: 'log_line_lost', why: 'sampled' },
  { kind: 'spans_lost', why: 'queue_full', spans: 3, error: null },
]

describe('createMetrics', () => {
  it.each([
    'webhook_worker_attempts_total 1',
    'webhook_worker_outcomes_total{result="delivered",reason="ok"} 1',
    'webhook_worker_deliveries_total{result="delivered",fault_owner="none"} 1',
    'webhook_worker_attempt_duration_seconds_sum{stage="total"} 0.03',
    'webhook_worker_attempt_duration_seconds_count{stage="first_byte"} 1',
    'webhook_worker_delivery_delay_seconds_sum 0.12',
    'webhook_worker_events_total{type="call_start"} 1',
    'webhook_worker_event_age_seconds_sum 0.25',
    'webhook_worker_events_skipped_total{reason="no_webhook"} 1',
    'webhook_worker_event_times_distrusted_total 1',
    'webhook_worker_dead_letters_total{reason="not_framed"} 1',
    'webhook_worker_webhooks 12',
    'webhook_worker_webhooks_invalid 2',
    'webhook_worker_webhooks_unverified 3',
    'webhook_worker_attempts_unverified_total 1',
    'webhook_worker_webhook_invalid_versions_total 1',
    'webhook_worker_webhook_keys_moved_total 1',
    'webhook_worker_table_ready 1',
    'webhook_worker_table_lookups_total{entry="ready"} 95',
    'webhook_worker_table_lookups_total{entry="made"} 5',
    'webhook_worker_table_ready_seconds 1.5',
    'webhook_worker_table_resets_total 1',
    'webhook_worker_assigned_partitions 3',
    'webhook_worker_assignments_total 1',
    'webhook_worker_commits_total 1',
    'webhook_worker_commit_failures_total 1',
    'webhook_worker_stalls_total 1',
    'webhook_worker_start_gate_open 1',
    'webhook_worker_in_flight_deliveries 5',
    'webhook_worker_in_flight_bytes 4000',
    'webhook_worker_in_flight_waiting 1',
    'webhook_worker_in_flight_limit_deliveries 2000',
    'webhook_worker_in_flight_limit_bytes 64000',
    'webhook_worker_consumer_lag_records{topic="events"} 42',
    'webhook_worker_consumer_lag_seconds{topic="events"} 3.5',
    'webhook_worker_consumer_lag_records{topic="webhooks"} 2',
    'webhook_worker_consumer_lag_seconds{topic="webhooks"} 0.4',
    'webhook_worker_oldest_undelivered_seconds 9',
    'webhook_worker_table_hydration_ratio 1',
    'webhook_worker_table_age_seconds 0.4',
    'webhook_worker_offsets_out_of_range_total 1',
    'webhook_worker_client_rebuilds_total 1',
    'webhook_worker_deferrals_total{reason="lane_full"} 1',
    'webhook_worker_parked_total{delay="5m"} 1',
    'webhook_worker_parked_records{delay="5s"} 6',
    'webhook_worker_fanout_chunks_total 3',
    'webhook_worker_parked_moved_total 1',
    'webhook_worker_parked_copies_dropped_total 1',
    'webhook_worker_breaker_changes_total{of="webhook",change="opened"} 1',
    'webhook_worker_parked_overdue_seconds{delay="5s"} 1.5',
    'webhook_worker_lanes{state="closed"} 7',
    'webhook_worker_lanes{state="open"} 2',
    'webhook_worker_lanes{state="half_open"} 1',
    'webhook_worker_lanes_waiting 7',
    'webhook_worker_old_attempts 4',
    'webhook_worker_log_lines_suppressed_total{why="sampled"} 1',
    'webhook_worker_spans_lost_total{why="queue_full"} 3',
    'webhook_worker_trouble_total{where="outcome_sink"} 1',
    `webhook_worker_build_info{version="1.2.3",node="${process.version}"} 1`,
  ])('%s', async (line) => {
    expect(await linesAfter(...everything)).toContain(line)
  })

  it('moves every metric of the catalogue', async () => {
    const lines = await linesAfter(...everything)
    const moved = Object.values(metricCatalogue).filter(({ name }) =>
      lines.some((line) => line.startsWith(name) && !line.endsWith(' 0')),
    )
    expect(moved).toHaveLength(Object.keys(metricCatalogue).length)
  })

  it('counts no stage that was not reached, and no delay before the end', async () => {
    const lines = await linesAfter(
      outcomeOf({
        result: 'retry_scheduled',
        final: false,
        reason: 'connect',
        timings: { connectMs: null, firstByteMs: null, totalMs: 5 },
      }),
      outcomeOf({ result: 'expired', reason: 'horizon_passed', timings: null, eventAgeMs: -5 }),
    )
    expect(lines).toContain('webhook_worker_attempt_duration_seconds_count{stage="total"} 1')
    expect(lines.filter((line) => line.includes('stage="connect"'))).toEqual([])
    expect(lines).toContain('webhook_worker_delivery_delay_seconds_count 1')
    expect(lines).toContain('webhook_worker_delivery_delay_seconds_sum 0')
  })

  it('shows 0 for what has not happened, the table’s readiness above all', async () => {
    const starting: Standing = {
      closedBecause: 'starting',
      table: { ...aStanding().table, state: 'waiting_for_ends', hydration: 0 },
      pauses: { inForce: [], lag: { records: 0, ageMs: 0 } },
      suspensions: { watched: 0, suspended: 0, judge: 'aside' },
      work: null,
    }
    const lines = (await createMetrics({ version: '1', standing: () => starting }).text()).split('\n')
    expect(lines).toContain('webhook_worker_table_ready 0')
    expect(lines).toContain('webhook_worker_start_gate_open 0')
    expect(lines).toContain('webhook_worker_attempts_total 0')
    expect(lines.filter((line) => line.includes('topic="events"'))).toEqual([])
  })

  it('shows at each scrape how the worker stands then, and nothing of what it has lost', async () => {
    let standing = aStanding()
    const metrics = createMetrics({ version: '1', standing: () => standing })
    await metrics.text()
    const [held, others] = [standing.work?.held, standing.work]
    if (held === undefined || held === null || others === null) throw new Error('it holds something')
    standing = { ...standing, work: { ...others, held: { ...held, partitions: [4], parked: [] } } }
    const some = await metrics.text()
    expect(some).toContain('webhook_worker_assigned_partitions 1\n')
    expect(some).not.toMatch(/^webhook_worker_parked_(records|overdue_seconds)\{/m)
    standing = { ...standing, work: { ...others, held: null } }
    const none = await metrics.text()
    expect(none).toContain('webhook_worker_assigned_partitions 0\n')
    expect(none).not.toContain('topic="events"')
    expect(none).toContain('webhook_worker_in_flight_deliveries 5\n')
  })

  it('stays within 300 series, however many webhooks, names and reasons there are', async () => {
    const { reason: reasons } = metricCatalogue.outcomes.labels
    const outcomes = (reasons as readonly Outcome['reason'][]).flatMap((reason) =>
      (['retry_scheduled', 'failed', 'deferred'] as const).map((result) =>
        outcomeOf({ result, reason, webhookId: `w-${reason}` as NonNullable<Outcome['webhookId']> }),
      ),
    )
    const owners = [null, ...Object.keys(faultOwners)] as readonly Outcome['faultOwner'][]
    const ends = (['delivered', 'failed', 'expired', 'cancelled', 'rejected'] as const).flatMap((result) =>
      owners.map((faultOwner) => outcomeOf({ result, faultOwner })),
    )
    const { verdict: kinds } = metricCatalogue.verdicts.labels
    const verdicts = (kinds as readonly Verdict['verdict'][]).map((verdict) => verdictOf(verdict))
    // Each of 10,000 webhooks with names of its own, which are made to end a label or a line, or are none at all.
    const endings = [
      '"} 1\nevil{a="b',
      '\u0000\u001b[2J',
      '\u202e\ud800',
      '{__name__="up"}',
      'x'.repeat(1_000),
    ]
    const hostile = Array.from({ length: 10_000 }, (_, index): readonly Observation[] => {
      const name = `${index}${endings[index % endings.length]}`
      const webhookId = name as NonNullable<Outcome['webhookId']>
      const accountId = name as Outcome['accountId']
      return [
        outcomeOf({ webhookId, accountId, origin: `https://${name}`, excerpt: name, redirectOrigin: name }),
        { kind: 'webhook_invalid', webhookId: name, faults: [name] },
        { kind: 'webhook_key_moved', webhookId: name },
        { kind: 'breaker', of: 'webhook', name, change: 'opened' },
        { kind: 'breaker', of: 'origin', name, change: 'closed' },
        { kind: 'event_taken', eventType: name, ageMs: 1 },
        { kind: 'event_taken', eventType: '__proto__', ageMs: 1 },
        { kind: 'dead_lettered', reason: name, partition: index, offset: 0n },
        { kind: 'table_reset', partition: index, reason: name },
        { kind: 'start_gate', state: 'open', why: name },
        { kind: 'commit_failed', error: name },
        { kind: 'trouble', where: name, error: name },
        { kind: 'parked', delayMs: 1_000 * (index + 10) },
        { kind: 'out_of_range', topic: name, partition: index },
        { kind: 'client_rebuilt', where: name },
      ]
    }).flat()
    const lines = await linesAfterAll([...everything, ...outcomes, ...ends, ...verdicts, ...hostile])
    const series = lines.filter((line) => line !== '' && !line.startsWith('#'))
    expect(series.length).toBeLessThanOrEqual(300)
    // Every line is a series of ours or the process's, and none was made by what stands in a name.
    const whole = /^[a-z0-9_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? \S+$/
    expect(series.filter((line) => !whole.test(line))).toEqual([])
    expect(series).toContain('webhook_worker_events_total{type="other"} 20000')
    expect(series).toContain('webhook_worker_trouble_total{where="other"} 9989')
  })

  it('carries the process’s own metrics', async () => {
    const lines = await linesAfter()
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true)
    expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true)
  })
})

describe('observers', () => {
  it('tells all of them, in order', () => {
    const heard: string[] = []
    const both = observers(
      { observe: ({ kind }) => heard.push(`a ${kind}`) },
      { observe: ({ kind }) => heard.push(`b ${kind}`) },
    )
    both.observe({ kind: 'attempt_begun', tlsVerification: 'off' })
    expect(heard).toEqual(['a attempt_begun', 'b attempt_begun'])
  })
})
