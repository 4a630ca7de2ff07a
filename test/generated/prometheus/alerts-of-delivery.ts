// Alerts on what clients notice: events that come late, that do not come, that are refused.
// Invariant: what one client or one receiver does wakes nobody; that is in `top` and on the client's own page.
import type { Alert } from './alert.ts'
import { limits } from './limits.ts'
import { grew, metric } from './promql.ts'

const failures = `sum by (job) (increase(${metric.outcomes}{result=~"retry_scheduled|failed"}[2m]))`
const tries = `sum by (job) (increase(${metric.outcomes}{result=~"delivered|retry_scheduled|failed"}[2m]))`
const leftAlone = `sum by (job) (${metric.lanes}{state=~"open|half_open"})`
const known = `sum by (job) (${metric.lanes})`

export const alertsOfDelivery: readonly Alert[] = [
  {
    name: 'WebhookDeliveriesDelayed',
    severity: 'critical',
    expr: [
      `histogram_quantile(0.99, sum by (job, le) (rate(${metric.eventAge}_bucket[2m]))) > ${limits.eventAgeSeconds}`,
      `or max by (job) (${metric.consumerLagSeconds}{topic="events"}) > ${limits.lagSeconds}`,
      `or max by (job) (${metric.oldestUndelivered}) > ${limits.undeliveredSeconds}`,
    ].join('\n'),
    for: '5m',
    summary: 'Call events reach clients late',
    description:
      'Clients get events {{ $value | humanizeDuration }} after they happened: screen pops come when the call is over. Look first whether lag grows on the Kafka dashboard: if it does, workers do not keep up or stand still; if it does not, events are published late.',
    reason:
      'How old events are when they are taken, how long the oldest has not been, and how long the oldest that was taken has not ended. Retries to receivers that fail are in none of the three. Five minutes: a rebalance and its catch-up are over in one.',
  },
  {
    name: 'WebhookDeliveriesFailing',
    severity: 'critical',
    expr: [
      `${failures} / ${tries} > ${limits.half}`,
      'and on (job) (',
      `  ${failures} > 5 * ${leftAlone} + 20 * count by (job) (${metric.buildInfo})`,
      `  or (${leftAlone} / ${known} > 1 / 3 and max by (job) (${metric.lanes}{state=~"open|half_open"}) >= 3)`,
      ')',
    ].join('\n'),
    for: '3m',
    summary: 'Most requests to clients’ servers fail',
    description:
      '{{ $value | humanizePercentage }} of all requests fail, at many receivers: that is more likely our way out than theirs. Nothing is lost yet: call ends are tried for 24 hours, call starts for 10 minutes. Look first at “Failed attempts by reason” on the deliveries dashboard.',
    reason:
      'One dead receiver must wake nobody, be it the only one with calls at night: of each worker it gets 14 requests, and from then on, behind its breaker, at most 5 in two minutes. So there must be more failures than that explains, or a third of all receivers left alone, three at least. Two minutes: when all breakers are open few requests are left, which weigh little against the many that went well before.',
  },
  {
    name: 'WebhookNothingProcessed',
    severity: 'critical',
    expr: [
      '(',
      `  sum by (job) (${metric.consumerLag}{topic="events"}) > 0`,
      `  unless sum by (job) (rate(${metric.eventsTaken}[2m])) > 0`,
      ')',
      `or sum by (job) (${metric.assignedPartitions}) == 0`,
    ].join('\n'),
    for: '5m',
    summary: 'Events wait and none is taken',
    description:
      'Clients get nothing at all. Events wait in Kafka and are not lost before the topic’s retention. Look first at `/status` of a worker: `gate.why` says what it waits for.',
    reason:
      '“Unless” and not “and … == 0”: a worker that never took an event has no such series. Without partitions nobody knows the lag, so that counts by itself.',
  },
  {
    name: 'WebhookEventsSkipped',
    severity: 'critical',
    expr: grew(metric.offsetsOutOfRange, 'job', '1h'),
    summary: 'Events were gone before they were read',
    description:
      'Clients will never get some events: the topic’s retention had removed them, or the topic was made anew, before a worker read them. Look first at the log for `records were gone before they were read`: it names topic and partition.',
    reason: 'Any such loss counts, and stays visible for an hour.',
  },
  {
    name: 'WebhookTableStale',
    severity: 'critical',
    expr: `max by (job, instance) (${metric.tableAge}) > ${limits.tableAgeSeconds}`,
    for: '2m',
    summary: 'A worker does not see changes of webhooks',
    description:
      'What clients change or delete on their page does not take effect on {{ $labels.instance }}: requests still go to deleted webhooks, or, before the table was complete once, none go. Look first whether other workers’ tables are stale too: if so it is the brokers, else this worker.',
    reason:
      'The table asks again all the time, so its age is below a second also when nothing changes. A worker that starts has three minutes to read it.',
  },
  {
    name: 'WebhookParkedOverdue',
    severity: 'warning',
    expr: `max by (job, delay) (${metric.parkedOverdue}) > ${limits.parkedOverdueSeconds}`,
    for: '5m',
    summary: 'Retries are made later than planned',
    description:
      'Retries that waited {{ $labels.delay }} are due for {{ $value | humanizeDuration }} and have not begun. Clients whose servers are back get what they missed later than they should. Look first at “In flight” on the overview: parked work gets half of it.',
    reason:
      'Two minutes is more than the fifth of a short wait that queueing may cost; after an outage of many receivers it may take some minutes by design.',
  },
  {
    name: 'WebhookFanoutLimit',
    severity: 'warning',
    expr: grew(`${metric.outcomes}{reason="fanout_limit"}`, 'job', '1h'),
    summary: 'An event matched more webhooks than the limit, and was refused',
    description:
      'An account has more webhooks for one event than `fanout.limit` allows; none of them got it. Look first at the outcomes with reason `fanout_limit` for the account.',
    reason: 'It is a limit that somebody set, and nothing else tells that it was reached.',
  },
  {
    name: 'WebhookConfigsInvalid',
    severity: 'warning',
    expr: [
      `max by (job) (${metric.webhooksInvalid}) / max by (job) (${metric.webhooks}) > ${limits.invalidShare}`,
      `and max by (job) (${metric.webhooksInvalid}) >= 5`,
    ].join('\n'),
    for: '10m',
    summary: 'Many webhooks cannot be used',
    description:
      '{{ $value | humanizePercentage }} of the webhooks are invalid as they were last written; their events end as `rejected: invalid_config`. Look first at `/status`, `invalid_webhooks`: one fault in all of them points to who writes them.',
    reason: 'One client’s mistake is theirs; five and a tenth of all are a fault of what writes them.',
  },
]
