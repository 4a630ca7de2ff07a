// The first dashboard that somebody opens who was woken: is it bad, since when, and in which of the two others to go on.
import { limits } from '../prometheus/limits.ts'
import { metric } from '../prometheus/promql.ts'
import { dashboardJson, highestAndMiddle, perSecond, series } from './dashboard-form.ts'
import type { Row } from './dashboard-form.ts'

const failed = `sum(${perSecond(metric.outcomes, 'result=~"retry_scheduled|failed"')})`
const tried = `sum(${perSecond(metric.outcomes, 'result=~"delivered|retry_scheduled|failed"')})`
const delivered = `sum(${perSecond(metric.outcomes, 'result="delivered"')})`
const ageBuckets = `sum by (le) (${perSecond(`${metric.eventAge}_bucket`)})`

const now: Row = {
  title: 'Now',
  panels: [
    {
      kind: 'number',
      title: 'Workers up',
      description: 'Workers that answer Prometheus. None: clients get nothing.',
      unit: 'short',
      queries: [{ expr: `sum(up{job=~"$job", instance=~"$instance"})`, legend: 'workers' }],
      badBelow: 1,
    },
    {
      kind: 'number',
      title: 'Delivered',
      description: 'Requests that clients’ servers answered well.',
      unit: 'reqps',
      queries: [{ expr: delivered, legend: 'delivered' }],
    },
    {
      kind: 'number',
      title: 'Failing share',
      description:
        'How many of the requests fail, of all receivers together. A few receivers always do; above a half it is more likely our way out.',
      unit: 'percentunit',
      queries: [{ expr: `${failed} / (${tried} > 0) or vector(0)`, legend: 'failing' }],
      thresholds: { warning: 0.2, bad: limits.half },
    },
    {
      kind: 'number',
      title: 'Oldest event that waits',
      description: 'Since it was written to Kafka. Clients get it so much later than they should.',
      unit: 's',
      queries: [{ expr: `max(${series(metric.consumerLagSeconds, 'topic="events"')})`, legend: 'oldest' }],
      thresholds: { warning: 10, bad: limits.lagSeconds },
    },
    {
      kind: 'number',
      title: 'Dead letters in the last hour',
      description: 'Records of call events that could not be read; no client gets them.',
      unit: 'short',
      queries: [{ expr: `sum(increase(${series(metric.deadLetters)}[1h])) or vector(0)`, legend: 'records' }],
      thresholds: { warning: 1 },
    },
    {
      kind: 'number',
      title: 'Alerts firing',
      description: 'Of ours, in Prometheus. Each has its section in RUNBOOK.md.',
      unit: 'short',
      queries: [
        {
          expr: `count(ALERTS{alertname=~"Webhook.+", alertstate="firing"}) or vector(0)`,
          legend: 'alerts',
        },
      ],
      thresholds: { bad: 1 },
    },
  ],
}

const course: Row = {
  title: 'What clients get',
  panels: [
    {
      kind: 'curves',
      title: 'Events taken, requests delivered',
      description:
        'An event leads to a request for each webhook that wants it. Delivered falling away from events: receivers fail, or deliveries are put off.',
      unit: 'ops',
      queries: [
        { expr: `sum(${perSecond(metric.eventsTaken)})`, legend: 'events' },
        { expr: delivered, legend: 'delivered' },
        { expr: failed, legend: 'failed attempts' },
        { expr: `sum(${perSecond(metric.deferrals)})`, legend: 'put off' },
      ],
    },
    {
      kind: 'curves',
      title: 'Age of events when they are taken',
      description:
        'From the event’s own time. High with a low lag: events are published late. High with a high lag: workers are behind.',
      unit: 's',
      queries: [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${ageBuckets})`,
        legend: `p${quantile * 100}`,
      })),
      thresholds: { bad: limits.eventAgeSeconds },
    },
    {
      kind: 'curves',
      title: 'Oldest event taken and not ended',
      description:
        'How long work has been in a worker without an end or a parking. Retries that are parked are not in it.',
      unit: 's',
      queries: highestAndMiddle(series(metric.oldestUndelivered)),
      thresholds: { bad: limits.undeliveredSeconds },
    },
    {
      kind: 'curves',
      title: 'Events that wait',
      description:
        'Records of call events that are not done, of all workers together. Growing: workers do not keep up.',
      unit: 'short',
      queries: [{ expr: `sum(${series(metric.consumerLag, 'topic="events"')})`, legend: 'records' }],
    },
    {
      kind: 'curves',
      title: 'Receivers left alone',
      description:
        'Webhooks whose receivers fail so much that a circuit breaker keeps away from them. `top` names them. Each worker counts its own.',
      unit: 'short',
      queries: [
        { expr: `max(${series(metric.lanes, 'state="open"')})`, legend: 'open, on the worker with most' },
        { expr: `max(${series(metric.lanes, 'state="half_open"')})`, legend: 'half-open' },
      ],
    },
    {
      kind: 'curves',
      title: 'Parked, by wait',
      description: 'Records in retry topics: what failed or was put off waits there for its next try.',
      unit: 'short',
      queries: [{ expr: `sum by (delay) (${series(metric.parkedWaiting)})`, legend: '{{delay}}' }],
    },
  ],
}

const workers: Row = {
  title: 'Workers',
  panels: [
    {
      kind: 'curves',
      title: 'In flight',
      description:
        'How much of what may be under way is, in deliveries and in bytes. Full: events wait in Kafka.',
      unit: 'percentunit',
      queries: [
        {
          expr: `max(${series(metric.inFlightDeliveries)} / (${series(metric.inFlightLimitDeliveries)} > 0))`,
          legend: 'deliveries, highest',
        },
        {
          expr: `max(${series(metric.inFlightBytes)} / (${series(metric.inFlightLimitBytes)} > 0))`,
          legend: 'bytes, highest',
        },
      ],
      thresholds: { warning: 0.8, bad: 1 },
    },
    {
      kind: 'curves',
      title: 'CPU',
      description: 'Cores that a worker uses. It runs on one: near 1 it does all that it can.',
      unit: 'percentunit',
      queries: highestAndMiddle(perSecond('process_cpu_seconds_total')),
      thresholds: { warning: 0.7, bad: 0.9 },
    },
    {
      kind: 'curves',
      title: 'Memory',
      description: 'Resident bytes of a worker. It stays flat whatever waits.',
      unit: 'bytes',
      queries: highestAndMiddle(series('process_resident_memory_bytes')),
    },
  ],
}

export function renderOverview(): string {
  return dashboardJson({
    uid: 'webhooks-overview',
    title: 'Webhooks: overview',
    description: 'Do clients get their call events, and if not, since when?',
    rows: [now, course, workers],
  })
}
