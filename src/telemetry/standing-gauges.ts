// How a worker stands, as gauges. Invariant: after a scrape nothing is shown that does not hold then: what a standing no
// longer names (a delay, the lag of partitions that may be another's) has no series, and no old value lives on.
import { delayText } from '../domain/delay-text.ts'
import type { HeldStanding, Lag, Standing, TableStanding, WorkStanding } from '../domain/standing.ts'
import type { InstrumentsOf } from './instruments.ts'
import type { metricCatalogue } from './metric-catalogue.ts'

type Instruments = InstrumentsOf<typeof metricCatalogue>

export function showStanding(
  { closedBecause, table, pauses, suspensions, work }: Standing,
  metrics: Instruments,
): void {
  const { consumerLag, consumerLagSeconds, lanes, parkedWaiting, parkedOverdue, assignedPartitions } = metrics
  for (const gauge of [consumerLag, consumerLagSeconds, lanes, parkedWaiting, parkedOverdue]) gauge.clear()
  assignedPartitions.set(0)
  metrics.startGate.set(closedBecause === null ? 1 : 0)
  showTable(table, metrics)
  showLag('states', pauses.lag, metrics)
  metrics.webhooksWatched.set(suspensions.watched)
  metrics.webhooksSuspended.set(suspensions.suspended)
  metrics.suspensionsJudged.set(suspensions.judge === 'judging' ? 1 : 0)
  if (work !== null) showWork(work, metrics)
}

function showTable(
  { state, hydration, ageMs, lag, lookups, ...counts }: TableStanding,
  metrics: Instruments,
): void {
  metrics.tableReady.set(state === 'ready' ? 1 : 0)
  metrics.tableHydration.set(hydration)
  metrics.tableAge.set(ageMs / 1_000)
  metrics.tableLookups.set(lookups.ready, { entry: 'ready' })
  metrics.tableLookups.set(lookups.made, { entry: 'made' })
  metrics.webhooks.set(counts.webhooks)
  metrics.webhooksInvalid.set(counts.invalid)
  metrics.webhooksUnverified.set(counts.unverified)
  showLag('webhooks', lag, metrics)
}

function showWork({ held, oldestUndeliveredMs, inFlight, lanes }: WorkStanding, metrics: Instruments): void {
  metrics.oldestUndelivered.set(oldestUndeliveredMs / 1_000)
  metrics.inFlightDeliveries.set(inFlight.deliveries)
  metrics.inFlightLimitDeliveries.set(inFlight.maxDeliveries)
  metrics.inFlightBytes.set(inFlight.bytes)
  metrics.inFlightLimitBytes.set(inFlight.maxBytes)
  metrics.inFlightWaiting.set(inFlight.waiting)
  metrics.lanes.set(lanes.closed, { state: 'closed' })
  metrics.lanes.set(lanes.open, { state: 'open' })
  metrics.lanes.set(lanes.halfOpen, { state: 'half_open' })
  metrics.lanesWaiting.set(lanes.waiting)
  metrics.oldAttempts.set(lanes.oldAttempts)
  if (held !== null) showHeld(held, metrics)
}

function showHeld({ partitions, events, parked }: HeldStanding, metrics: Instruments): void {
  metrics.assignedPartitions.set(partitions.length)
  showLag('events', events, metrics)
  for (const { delayMs, records, overdueMs } of parked) {
    const delay = delayText(delayMs)
    metrics.parkedWaiting.set(records, { delay })
    metrics.parkedOverdue.set(overdueMs / 1_000, { delay })
  }
}

function showLag(
  topic: 'events' | 'webhooks' | 'states',
  { records, ageMs }: Lag,
  metrics: Instruments,
): void {
  metrics.consumerLag.set(records, { topic })
  metrics.consumerLagSeconds.set(ageMs / 1_000, { topic })
}
