// Alerts on workers and their place in the group. Those that clients do not notice yet are warnings.
import type { Alert } from './alert.ts'
import { limits } from './limits.ts'
import { grew, metric, workerJob } from './promql.ts'

const up = `up{job=~"${workerJob}.*"}`

export const alertsOfWorkers: readonly Alert[] = [
  {
    name: 'WebhookNoWorkerUp',
    severity: 'critical',
    expr: `sum by (job) (${up}) == 0 or absent(${up})`,
    for: '2m',
    summary: 'No worker answers',
    description:
      'Clients get nothing at all; events wait in Kafka. Look first whether the processes run: if they do, it is Prometheus that does not reach them on port 9464.',
    reason: 'Where no worker is left, all that they would tell is missing, and no other alert can fire.',
  },
  {
    name: 'WebhookWorkerDown',
    severity: 'warning',
    expr: `avg_over_time(${up}[10m]) < ${limits.half}`,
    for: '3m',
    summary: 'A worker is down, or starts again and again',
    description:
      'The others have taken over its partitions, so clients notice nothing as long as they keep up. {{ $labels.instance }} was away for more than half of the last 10 minutes. Look first at the last lines of its log: it says why it ended.',
    reason:
      'A share of ten minutes, since one that is started again and again is up in between. A restart takes less than one; a new target has no samples from before, hence the three.',
  },
  {
    name: 'WebhookEventsLagGrowing',
    severity: 'warning',
    expr: [
      `deriv(sum by (job) (${metric.consumerLag}{topic="events"})[10m:30s]) > 0`,
      `and on (job) max by (job) (${metric.consumerLagSeconds}{topic="events"}) > ${limits.eventAgeSeconds}`,
    ].join('\n'),
    for: '10m',
    summary: 'Workers do not keep up with the events',
    description:
      'Events wait longer and longer: by {{ $value | humanize }} records a second. Clients notice soon, if not yet. Look first at “In flight” and “CPU” on the overview: full or busy means more workers, up to the number of partitions.',
    reason:
      'What is behind and catches up does not count: its lag shrinks. Ten minutes of slope over ten minutes: no deploy, no peak of a campaign.',
  },
  {
    name: 'WebhookCommitsFailing',
    severity: 'warning',
    expr: [
      `sum by (job, instance) (increase(${metric.commitFailures}[2m])) > 0`,
      `unless sum by (job, instance) (increase(${metric.commits}[2m])) > 0`,
    ].join('\n'),
    for: '3m',
    summary: 'A worker cannot commit its progress',
    description:
      '{{ $labels.instance }} began no new work 5 seconds after commits began to fail; what it did since its last commit is done again by whoever takes over. Look first whether other workers fail to commit too: if so it is the group’s coordinator, else this worker.',
    reason: 'A rebalance makes some commits fail, but others succeed within the two minutes.',
  },
  {
    name: 'WebhookDeadLetters',
    severity: 'warning',
    expr: grew(metric.deadLetters, 'job, reason', '15m'),
    summary: 'Records of call events cannot be read',
    description:
      'Some events cannot be read ({{ $labels.reason }}) and are in the dead-letter topic, byte for byte; no client gets them. Look first at the headers of the last dead letters: they name topic, partition and offset, and so the producer.',
    reason: 'One record is enough: somebody publishes what nobody can read, and it seldom stays at one.',
  },
]
