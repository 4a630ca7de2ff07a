// From the worker to the clients' servers: how requests end, how long they take, what is put off and why. Which receiver it
// is no metric says: `top` does.
import { limits } from '../prometheus/limits.ts'
import { metric } from '../prometheus/promql.ts'
import { dashboardJson, highestAndMiddle, perSecond, series } from './dashboard-form.ts'
import type { Row } from './dashboard-form.ts'

const quantiles = [0.5, 0.95, 0.99]
const delayBuckets = `sum by (le) (${perSecond(`${metric.deliveryDelay}_bucket`)})`
const durationBuckets = `sum by (le, stage) (${perSecond(`${metric.attemptDuration}_bucket`)})`

const endings: Row = {
  title: 'How requests and deliveries end',
  panels: [
    {
      kind: 'curves',
      title: 'Outcomes by result',
      description: 'Everything that is written to the outcomes topic: tries, deferrals and ends.',
      unit: 'ops',
      queries: [{ expr: `sum by (result) (${perSecond(metric.outcomes)})`, legend: '{{result}}' }],
    },
    {
      kind: 'curves',
      title: 'Failed attempts by reason',
      description:
        'One reason that rises for all: dns, connect or tls point to our network, http_status to the receivers or to what we send. RUNBOOK.md says what each means.',
      unit: 'ops',
      queries: [
        {
          expr: `sum by (reason) (${perSecond(metric.outcomes, 'result=~"retry_scheduled|failed"')})`,
          legend: '{{reason}}',
        },
      ],
    },
    {
      kind: 'curves',
      title: 'Deliveries that ended without success, by whose fault',
      description:
        'Final outcomes only. receiver, network: the client’s side or the way there. config, blocked: the webhook as it was filled in. worker: ours.',
      unit: 'ops',
      queries: [
        {
          expr: `sum by (fault_owner) (${perSecond(metric.deliveries, 'result!="delivered"')})`,
          legend: '{{fault_owner}}',
        },
      ],
    },
  ],
}

const times: Row = {
  title: 'Requests, and how long they take',
  panels: [
    {
      kind: 'curves',
      title: 'Requests begun',
      description:
        'Retries and probes included. Without verification: to receivers that may show any certificate, as the operator allowed.',
      unit: 'reqps',
      queries: [
        { expr: `sum(${perSecond(metric.attempts)})`, legend: 'all' },
        { expr: `sum(${perSecond(metric.unverifiedAttempts)})`, legend: 'without verification' },
      ],
    },
    {
      kind: 'curves',
      title: 'From event to final outcome',
      description:
        'Retries included, so receivers that fail are in it for hours. Below five seconds are first tries; each parking adds its wait.',
      unit: 's',
      queries: quantiles.map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${delayBuckets})`,
        legend: `p${quantile * 100}`,
      })),
    },
    {
      kind: 'curves',
      title: 'Attempts by stage, p99',
      description:
        'Until a connection stands, the answer’s first byte comes, all is over. Connect alone high: network or name lookup.',
      unit: 's',
      queries: [{ expr: `histogram_quantile(0.99, ${durationBuckets})`, legend: '{{stage}}' }],
      thresholds: { bad: 10 },
    },
    {
      kind: 'curves',
      title: 'Attempts under way for more than 2 seconds',
      description: 'Receivers that hang. They may hold half of the in-flight budget at most.',
      unit: 'short',
      queries: highestAndMiddle(series(metric.oldAttempts)),
    },
  ],
}

const putOff: Row = {
  title: 'What is put off',
  panels: [
    {
      kind: 'curves',
      title: 'Put off without an attempt, by why',
      description:
        'breaker_open: the receiver fails. lane_full, rate_limited: it takes less than comes. retry_after: it asked for it. paused: an operator did.',
      unit: 'ops',
      queries: [{ expr: `sum by (reason) (${perSecond(metric.deferrals)})`, legend: '{{reason}}' }],
    },
    {
      kind: 'curves',
      title: 'Written to retry topics, by wait',
      description: 'The longer the waits that grow, the longer receivers have been failing.',
      unit: 'wps',
      queries: [{ expr: `sum by (delay) (${perSecond(metric.parkedWrites)})`, legend: '{{delay}}' }],
    },
    {
      kind: 'curves',
      title: 'Past their due time, by wait',
      description:
        'How late the next parked record of each retry topic is. Rising: there is no room for retries.',
      unit: 's',
      queries: [{ expr: `max by (delay) (${series(metric.parkedOverdue)})`, legend: '{{delay}}' }],
      thresholds: { bad: limits.parkedOverdueSeconds },
    },
    {
      kind: 'curves',
      title: 'Lanes by circuit breaker',
      description:
        'Receivers that a worker remembers, added up over workers: each has its own view of a receiver.',
      unit: 'short',
      queries: [{ expr: `sum by (state) (${series(metric.lanes)})`, legend: '{{state}}' }],
    },
    {
      kind: 'curves',
      title: 'Circuit breakers that opened or closed',
      description: 'Of webhooks: their receivers’ answers. Of origins: name lookup, connection, TLS.',
      unit: 'ops',
      queries: [
        { expr: `sum by (of, change) (${perSecond(metric.breakerChanges)})`, legend: '{{of}} {{change}}' },
      ],
    },
    {
      kind: 'curves',
      title: 'Pauses in force',
      description:
        'By an operator, until somebody resumes. What they hold back waits in retry topics, and may expire there. `pauses` lists them.',
      unit: 'short',
      queries: [{ expr: `max by (scope) (${series(metric.pauses)})`, legend: '{{scope}}' }],
      thresholds: { warning: 1 },
    },
    {
      kind: 'curves',
      title: 'Receivers taken for dead',
      description:
        'Webhooks that only fail and are watched, and those that are suspended: nothing is sent to them but a probe now and then, until they are edited or a probe is accepted. One worker of the group should judge.',
      unit: 'short',
      queries: [
        { expr: `max(${series(metric.webhooksWatched)})`, legend: 'watched' },
        { expr: `max(${series(metric.webhooksSuspended)})`, legend: 'suspended' },
        { expr: `sum(${series(metric.suspensionsJudged)})`, legend: 'workers that judge' },
      ],
    },
    {
      kind: 'curves',
      title: 'Verdicts about receivers that fail',
      description: 'What the worker that judges has written: only_failures and gone suspend a webhook.',
      unit: 'short',
      queries: [{ expr: `sum by (verdict) (${perSecond(metric.verdicts)})`, legend: '{{verdict}}' }],
    },
    {
      kind: 'curves',
      title: 'Waiting in the process',
      description:
        'Deliveries that wait a moment for room at their receiver, and requests for a share of the in-flight budget.',
      unit: 'short',
      queries: [
        { expr: `sum(${series(metric.lanesWaiting)})`, legend: 'for room at the receiver' },
        { expr: `sum(${series(metric.inFlightWaiting)})`, legend: 'for the budget' },
      ],
    },
  ],
}

const input: Row = {
  title: 'What comes in',
  panels: [
    {
      kind: 'curves',
      title: 'Events by type',
      description: 'Starts and ends of calls. A type that is missing: the platform does not publish it.',
      unit: 'eps',
      queries: [{ expr: `sum by (type) (${perSecond(metric.eventsTaken)})`, legend: '{{type}}' }],
    },
    {
      kind: 'curves',
      title: 'Events without a delivery, by why',
      description: 'no_webhook: nobody wants them, which is usual. unknown_event_type: a newer producer.',
      unit: 'eps',
      queries: [{ expr: `sum by (reason) (${perSecond(metric.eventsSkipped)})`, legend: '{{reason}}' }],
    },
    {
      kind: 'curves',
      title: 'Webhooks',
      description:
        'In the table; of them those that cannot be used as they were last written. `/status` lists the latter.',
      unit: 'short',
      queries: [
        { expr: `max(${series(metric.webhooks)})`, legend: 'all' },
        { expr: `max(${series(metric.webhooksInvalid)})`, legend: 'invalid' },
        { expr: `max(${series(metric.webhooksUnverified)})`, legend: 'with any certificate' },
      ],
    },
  ],
}

export function renderDeliveries(): string {
  return dashboardJson({
    uid: 'webhooks-deliveries',
    title: 'Webhooks: deliveries',
    description: 'From the worker to clients’ servers.',
    rows: [endings, times, putOff, input],
  })
}
