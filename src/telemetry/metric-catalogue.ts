// Every metric of the worker's own: name, kind, meaning, labels. The README's table is made from this.
// Invariant: a label's values come from a closed list, or are counted up to a bound, so that neither many
// webhooks nor hostile names can make the number of series grow.
import { faultOwners, outcomeReasons } from '../domain/outcome.ts'
import { pauseScopeKinds } from '../domain/pause-scope.ts'
import type { OutcomeResult } from '../domain/outcome.ts'
import type { DeadLetterReason } from '../domain/dead-letter-reason.ts'

/** The values a label may take; anything else becomes `other`. */
export type LabelValues =
  | readonly string[]
  /** As many different values as come first. */
  | { readonly atMost: number }

export interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  /** With the unit, where there is one. */
  readonly help: string
  readonly labels: Readonly<Record<string, LabelValues>>
  /** A histogram's upper bounds, in its unit. */
  readonly buckets?: readonly number[]
}

const results: readonly OutcomeResult[] = [
  'delivered',
  'retry_scheduled',
  'deferred',
  'failed',
  'expired',
  'cancelled',
  'rejected',
  'shadowed',
]

const deadLetterReasons: Readonly<Record<DeadLetterReason, true>> = {
  empty_value: true,
  not_framed: true,
  unknown_schema_id: true,
  unsupported_schema_type: true,
  undecodable: true,
  undecodable_batch: true,
  missing_id: true,
  id_too_long: true,
  too_large: true,
}

/** As many retry topics as anybody may have set up. */
const delays = { atMost: 16 } as const

const eventTypes = ['call_start', 'call_end']

/** By what they hold; their names are settings. */
const topicKinds = ['events', 'webhooks', 'states']

function counter(name: string, help: string, labels: MetricEntry['labels'] = {}) {
  return { type: 'counter', name: `webhook_worker_${name}`, help, labels } as const
}

function gauge(name: string, help: string, labels: MetricEntry['labels'] = {}) {
  return { type: 'gauge', name: `webhook_worker_${name}`, help, labels } as const
}

/**
 * Seconds. Fine below a second, where healthy receivers answer; 2 is where an attempt counts as old, 5 and 10 are the
 * default timeouts for connecting and for all, and 30 is the longest that a webhook may ask for: what runs into one of
 * them stands in the bucket above it.
 */
const attemptSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30]

/**
 * Seconds. Below 5 a delivery had its first attempts only; from there on a bound lies above what each parking more comes
 * to (5 s, 35 s, 6 min, 36 min, 2.6 h, 11 h in sum), so that a bucket tells how often most were parked. 600 and 86,400 are
 * the horizons of starts and ends.
 */
const delaySeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 14_400, 43_200, 86_400]

/** Seconds. What is older than 5 was held up by a rebalance, a backlog or an outage; beyond 600 a start is not delivered. */
const ageSeconds = [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 600, 3_600]

function histogram(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: MetricEntry['labels'] = {},
) {
  return { type: 'histogram', name: `webhook_worker_${name}`, help, labels, buckets } as const
}

export const metricCatalogue = {
  outcomes: counter('outcomes_total', 'Outcomes, final ones and those of failed tries', {
    result: results,
    reason: Object.keys(outcomeReasons),
  }),
  deliveries: counter('deliveries_total', 'Deliveries that ended, by whose fault it is that they did so', {
    result: results,
    fault_owner: ['none', ...Object.keys(faultOwners)],
  }),
  attempts: counter('attempts_total', 'HTTP requests begun'),
  unverifiedAttempts: counter(
    'attempts_unverified_total',
    'HTTP requests begun whose receiver may show any certificate (`tls_verification: off`)',
  ),
  attemptDuration: histogram(
    'attempt_duration_seconds',
    'Seconds from the start of an attempt until a connection stood, the answer’s first byte came, all was over',
    attemptSeconds,
    { stage: ['connect', 'first_byte', 'total'] },
  ),
  deliveryDelay: histogram(
    'delivery_delay_seconds',
    'Seconds from an event’s time to the final outcome of each of its deliveries',
    delaySeconds,
  ),
  eventAge: histogram(
    'event_age_seconds',
    'Seconds from an event’s time until the worker took it',
    ageSeconds,
  ),
  eventsTaken: counter('events_total', 'Call events taken', { type: eventTypes }),
  eventsSkipped: counter('events_skipped_total', 'Call events without a delivery', {
    reason: ['no_webhook', 'unknown_event_type'],
  }),
  eventTimesDistrusted: counter(
    'event_times_distrusted_total',
    'Call events whose own time lay too far from their record’s, so that the record’s counted',
  ),
  deadLetters: counter('dead_letters_total', 'Records written to the dead-letter topic', {
    reason: Object.keys(deadLetterReasons),
  }),
  webhooks: gauge('webhooks', 'Webhooks in the table'),
  webhooksInvalid: gauge('webhooks_invalid', 'Webhooks in the table whose newest version cannot be used'),
  webhooksUnverified: gauge(
    'webhooks_unverified',
    'Webhooks in the table whose receiver may show any certificate (`tls_verification: off`)',
  ),
  invalidVersions: counter('webhook_invalid_versions_total', 'Versions of webhooks that could not be used'),
  keysMoved: counter('webhook_keys_moved_total', 'Webhooks seen in two partitions of the table’s topic'),
  tableReady: gauge('table_ready', '1 once the table has read all that stood in its topic at start, else 0'),
  tableReadySeconds: gauge('table_ready_seconds', 'Seconds from start until the table was ready'),
  tableHydration: gauge(
    'table_hydration_ratio',
    'How much of what stood in the table’s topic at start has been read, from 0 to 1',
  ),
  tableLookups: counter(
    'table_lookups_total',
    'Webhooks looked up for deliveries, by whether the webhook was kept ready or had to be made from its record',
    { entry: ['ready', 'made'] },
  ),
  tableAge: gauge('table_age_seconds', 'Seconds since the table was last known to be complete'),
  tableResets: counter(
    'table_resets_total',
    'Partitions of the table’s topic read again from their beginning',
  ),
  assignedPartitions: gauge('assigned_partitions', 'Partitions of call events that this worker holds'),
  assignments: counter('assignments_total', 'Times that the group dealt partitions to this worker'),
  commits: counter('commits_total', 'Commits of offsets that the group took'),
  commitFailures: counter('commit_failures_total', 'Commits of offsets that failed'),
  stalls: counter('stalls_total', 'Times that the process stood still for longer than it should'),
  startGate: gauge('start_gate_open', '1 while new work may begin, 0 while it may not'),
  inFlightDeliveries: gauge('in_flight_deliveries', 'Deliveries under way'),
  inFlightLimitDeliveries: gauge(
    'in_flight_limit_deliveries',
    'Deliveries that may be under way at once (`inFlight.maxDeliveries`)',
  ),
  inFlightBytes: gauge('in_flight_bytes', 'Bytes of events under way'),
  inFlightLimitBytes: gauge(
    'in_flight_limit_bytes',
    'Bytes of events that may be under way at once (`inFlight.maxBytes`)',
  ),
  inFlightWaiting: gauge('in_flight_waiting', 'Requests for a share of the in-flight budget that wait'),
  consumerLag: gauge(
    'consumer_lag_records',
    'Records that are not yet done: of the partitions of call events that this worker holds, and of the topics that every worker reads',
    { topic: topicKinds },
  ),
  consumerLagSeconds: gauge(
    'consumer_lag_seconds',
    'Seconds since the oldest record that is not yet done was written; 0 when there is none',
    { topic: topicKinds },
  ),
  oldestUndelivered: gauge(
    'oldest_undelivered_seconds',
    'Seconds from the time of the oldest call event that this worker has taken and neither ended nor parked; 0 when there is none. What comes back from a retry topic is left out',
  ),
  deferrals: counter('deferrals_total', 'Deliveries parked without an attempt, by why', {
    reason: ['lane_full', 'rate_limited', 'breaker_open', 'retry_after', 'interrupted', 'paused'],
  }),
  pauses: gauge('pauses', 'Pauses in force, by what they hold back', { scope: pauseScopeKinds }),
  webhooksWatched: gauge('webhooks_watched', 'Webhooks that only fail, and are suspended if they go on so'),
  webhooksSuspended: gauge('webhooks_suspended', 'Webhooks that are suspended, as this worker knows them'),
  suspensionsJudged: gauge(
    'suspensions_judged',
    '1 while this worker judges webhooks that fail, as one worker of the group does, else 0',
  ),
  verdicts: counter('suspension_verdicts_total', 'Verdicts about webhooks that fail, by this worker', {
    verdict: ['watched', 'only_failures', 'gone', 'cleared', 'lifted', 'forgotten'],
  }),
  parkedWrites: counter('parked_total', 'Records written to retry topics, by their wait', { delay: delays }),
  parkedWaiting: gauge('parked_records', 'Records of the assigned partitions that wait in retry topics', {
    delay: delays,
  }),
  parkedOverdue: gauge(
    'parked_overdue_seconds',
    'Seconds by which the oldest record of the retry topics of this wait is past its due time; 0 when none is',
    { delay: delays },
  ),
  movedOn: counter(
    'parked_moved_total',
    'Parked deliveries moved to a longer wait without an attempt, because their receiver asked for it',
  ),
  copiesDropped: counter('parked_copies_dropped_total', 'Copies of parked deliveries that were dropped'),
  chunks: counter('fanout_chunks_total', 'Records that events with many webhooks were split into'),
  breakerChanges: counter('breaker_changes_total', 'Times that a circuit breaker opened or closed', {
    of: ['webhook', 'origin'],
    change: ['opened', 'closed'],
  }),
  lanes: gauge('lanes', 'Webhooks of whose receivers something is remembered, by their circuit breaker', {
    state: ['closed', 'open', 'half_open'],
  }),
  lanesWaiting: gauge('lanes_waiting', 'Deliveries that wait in the process for room at their receivers'),
  oldAttempts: gauge('old_attempts', 'Attempts under way for more than 2 seconds'),
  clientRebuilds: counter('client_rebuilds_total', 'Times that a reader of Kafka was ended and built anew'),
  offsetsOutOfRange: counter(
    'offsets_out_of_range_total',
    'Times that a partition’s next record was gone, and reading went on with the oldest that is left',
  ),
  logLinesSuppressed: counter(
    'log_lines_suppressed_total',
    'Lines of the log that were not written: many like them were, or nobody reads them',
    { why: ['sampled', 'output_full'] },
  ),
  spansLost: counter(
    'spans_lost_total',
    'Spans of traces that were not exported: too many waited, or the collector did not take them',
    { why: ['queue_full', 'not_taken'] },
  ),
  trouble: counter('trouble_total', 'Faults of the worker’s surroundings, by where', {
    where: { atMost: 12 },
  }),
  buildInfo: gauge('build_info', 'Always 1; the versions are in the labels', {
    version: { atMost: 1 },
    node: { atMost: 1 },
  }),
} satisfies Readonly<Record<string, MetricEntry>>
