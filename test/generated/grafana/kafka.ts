// From Kafka to the worker and back: lag, the group, commits, the table, and what goes wrong around.
import { limits } from '../prometheus/limits.ts'
import { metric } from '../prometheus/promql.ts'
import { dashboardJson, highestAndMiddle, perSecond, series } from './dashboard-form.ts'
import type { Row } from './dashboard-form.ts'

const reading: Row = {
  title: 'Reading',
  panels: [
    {
      kind: 'curves',
      title: 'Records not yet done',
      description:
        'events: added up over the partitions of all workers. webhooks: the worker that is furthest behind, since each reads all of them.',
      unit: 'short',
      queries: [
        { expr: `sum(${series(metric.consumerLag, 'topic="events"')})`, legend: 'events' },
        { expr: `max(${series(metric.consumerLag, 'topic="webhooks"')})`, legend: 'webhooks' },
      ],
    },
    {
      kind: 'curves',
      title: 'Age of the oldest record not yet done',
      description:
        'Since it was written. One partition that stands still shows here, even while the others go on.',
      unit: 's',
      queries: [{ expr: `max by (topic) (${series(metric.consumerLagSeconds)})`, legend: '{{topic}}' }],
      thresholds: { bad: limits.lagSeconds },
    },
    {
      kind: 'curves',
      title: 'Positions that were gone',
      description: 'A partition’s next record was removed before it was read: those events are lost.',
      unit: 'short',
      queries: [
        { expr: `sum(increase(${series(metric.offsetsOutOfRange)}[$__rate_interval]))`, legend: 'times' },
      ],
      thresholds: { bad: 1 },
    },
  ],
}

const group: Row = {
  title: 'The group',
  panels: [
    {
      kind: 'curves',
      title: 'Partitions held',
      description:
        'All together: as many as the topic has. Less for long: nobody holds some, and their events wait. Per worker they should be about even.',
      unit: 'short',
      queries: [
        { expr: `sum(${series(metric.assignedPartitions)})`, legend: 'all workers' },
        { expr: `max(${series(metric.assignedPartitions)})`, legend: 'the worker with most' },
        { expr: `min(${series(metric.assignedPartitions)})`, legend: 'the worker with least' },
      ],
    },
    {
      kind: 'curves',
      title: 'Rebalances',
      description: 'Times that partitions were dealt to a worker. Without restarts there should be none.',
      unit: 'short',
      queries: [
        { expr: `max(increase(${series(metric.assignments)}[$__rate_interval]))`, legend: 'of one worker' },
      ],
    },
    {
      kind: 'curves',
      title: 'Workers that may begin new work',
      description:
        'Closed: the table is not complete, the group does not answer, or commits fail. `/status` of the worker says which.',
      unit: 'short',
      queries: [
        { expr: `sum(${series(metric.startGate)})`, legend: 'open' },
        { expr: `count(${series(metric.startGate)}) - sum(${series(metric.startGate)})`, legend: 'closed' },
      ],
    },
    {
      kind: 'curves',
      title: 'Commits',
      description:
        'Of offsets. Failures among successes belong to rebalances; failures alone stop new work after 5 seconds.',
      unit: 'ops',
      queries: [
        { expr: `sum(${perSecond(metric.commits)})`, legend: 'taken' },
        { expr: `sum(${perSecond(metric.commitFailures)})`, legend: 'failed' },
      ],
    },
    {
      kind: 'curves',
      title: 'Readers built anew',
      description:
        'A reader of Kafka that failed was ended and started again. Now and then is nothing; often is the brokers.',
      unit: 'short',
      queries: [
        { expr: `sum(increase(${series(metric.clientRebuilds)}[$__rate_interval]))`, legend: 'times' },
      ],
    },
    {
      kind: 'curves',
      title: 'Faults of the surroundings, by where',
      description:
        'What Kafka, the registry or files did not do when they were asked. The log has each with its words.',
      unit: 'cps',
      queries: [{ expr: `sum by (where) (${perSecond(metric.trouble)})`, legend: '{{where}}' }],
    },
  ],
}

const table: Row = {
  title: 'The table of webhooks',
  panels: [
    {
      kind: 'curves',
      title: 'Age of the table',
      description:
        'Since it was last known to be complete. Old: clients’ changes do not take effect on that worker.',
      unit: 's',
      queries: highestAndMiddle(series(metric.tableAge)),
      thresholds: { bad: limits.tableAgeSeconds },
    },
    {
      kind: 'curves',
      title: 'Read at start',
      description: 'How much of what stood in the topic has been read. No event is processed below 100 %.',
      unit: 'percentunit',
      queries: [{ expr: `min(${series(metric.tableHydration)})`, legend: 'the worker with least' }],
    },
    {
      kind: 'curves',
      title: 'Versions that cannot be used, topics read again',
      description:
        'Invalid versions of webhooks as they come, and partitions of the table’s topic that were read from their beginning again.',
      unit: 'short',
      queries: [
        {
          expr: `max(increase(${series(metric.invalidVersions)}[$__rate_interval]))`,
          legend: 'invalid versions',
        },
        { expr: `sum(increase(${series(metric.tableResets)}[$__rate_interval]))`, legend: 'read again' },
      ],
    },
    {
      kind: 'curves',
      title: 'Webhooks looked up, by entry',
      description:
        'Those used of late are kept ready; the others are made from their records, which takes some ten microseconds each.',
      unit: 'ops',
      queries: [{ expr: `sum by (entry) (${perSecond(metric.tableLookups)})`, legend: '{{entry}}' }],
    },
  ],
}

const records: Row = {
  title: 'Records that are out of the ordinary',
  panels: [
    {
      kind: 'curves',
      title: 'Dead letters by reason',
      description:
        'Records of call events that could not be read. Their headers name topic, partition and offset.',
      unit: 'wps',
      queries: [{ expr: `sum by (reason) (${perSecond(metric.deadLetters)})`, legend: '{{reason}}' }],
    },
    {
      kind: 'curves',
      title: 'Chunks, copies, moves',
      description:
        'Events split because many webhooks want them; copies of parked deliveries that were dropped; waits made longer because a receiver asked for it.',
      unit: 'ops',
      queries: [
        { expr: `sum(${perSecond(metric.chunks)})`, legend: 'chunks' },
        { expr: `sum(${perSecond(metric.copiesDropped)})`, legend: 'copies dropped' },
        { expr: `sum(${perSecond(metric.movedOn)})`, legend: 'moved to a longer wait' },
      ],
    },
    {
      kind: 'curves',
      title: 'What should not happen',
      description:
        'Events whose own time is far from their record’s; webhooks seen in two partitions, which means that an old address may come back; times that a worker stood still for more than a second.',
      unit: 'short',
      queries: [
        {
          expr: `sum(increase(${series(metric.eventTimesDistrusted)}[$__rate_interval]))`,
          legend: 'times not believed',
        },
        {
          expr: `max(increase(${series(metric.keysMoved)}[$__rate_interval]))`,
          legend: 'keys in two partitions',
        },
        { expr: `sum(increase(${series(metric.stalls)}[$__rate_interval]))`, legend: 'stood still' },
      ],
    },
    {
      kind: 'curves',
      title: 'Log lines and spans that were not written',
      description:
        'sampled: many like them were written. output_full: nobody reads the log. Spans: the collector does not keep up or is away. Deliveries do not suffer from either.',
      unit: 'ops',
      queries: [
        { expr: `sum(${perSecond(metric.logLinesSuppressed)}) or vector(0)`, legend: 'lines' },
        { expr: `sum(${perSecond(metric.spansLost)}) or vector(0)`, legend: 'spans' },
      ],
    },
    {
      kind: 'curves',
      title: 'Event loop',
      description:
        'How late timers of a worker fire, p99. Above a second nothing of a worker is on time, heartbeats included.',
      unit: 's',
      queries: highestAndMiddle(series('nodejs_eventloop_lag_p99_seconds')),
      thresholds: { warning: 0.2, bad: 1 },
    },
  ],
}

export function renderKafka(): string {
  return dashboardJson({
    uid: 'webhooks-kafka',
    title: 'Webhooks: Kafka',
    description: 'From Kafka to the workers and back.',
    rows: [reading, group, table, records],
  })
}
