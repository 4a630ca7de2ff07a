// Observations and standings as Prometheus metrics. A projection: it adds up what was observed, shows how the worker
// stands when it is asked, and knows nothing else.
import { version as nodeVersion } from 'node:process'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { delayText } from '../domain/delay-text.ts'
import { pauseScopeKinds } from '../domain/pause-scope.ts'
import type { Observation } from '../domain/observation.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Observer } from '../ports.ts'
import type { Standing } from '../domain/standing.ts'
import { showStanding } from './standing-gauges.ts'
import { createInstruments } from './instruments.ts'
import { metricCatalogue } from './metric-catalogue.ts'

export interface Metrics extends Observer {
  /** All metrics in Prometheus's text form. */
  text(): Promise<string>
  readonly contentType: string
}

// Kept apart per kind they would double the process's series, and say nothing that the totals do not; and what nobody looks at
// while a worker is in trouble: a collection that hurts is seen in the event loop's delay.
const omittedNodeMetrics = [
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_gc_duration_seconds',
  'nodejs_version_info',
  'process_cpu_system_seconds_total',
  'process_cpu_user_seconds_total',
  'process_heap_bytes',
  'process_virtual_memory_bytes',
  'nodejs_active_resources',
  'nodejs_active_handles',
  'nodejs_active_requests',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
]

export interface MetricsOptions {
  /** The worker's, for `build_info`. */
  readonly version: string
  /** Asked at each scrape: a gauge that was set when something happened would stand still with a worker that is stuck. */
  standing(): Standing
}

export function createMetrics({ version, standing }: MetricsOptions): Metrics {
  const registry = new Registry()
  // Its histogram of event-loop delay samples by timer: at the default of 10 ms that alone wakes an idle process
  // 100 times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  for (const name of omittedNodeMetrics) registry.removeSingleMetric(name)
  const metrics = createInstruments(metricCatalogue, registry)
  metrics.buildInfo.set(1, { version, node: nodeVersion })

  const countOutcome = ({ result, reason, final, faultOwner, eventAgeMs, timings }: Outcome) => {
    metrics.outcomes.add(1, { result, reason })
    if (final) {
      metrics.deliveries.add(1, { result, fault_owner: faultOwner ?? 'none' })
      metrics.deliveryDelay.observe(seconds(eventAgeMs))
    }
    if (timings === null) return
    const { connectMs, firstByteMs, totalMs } = timings
    if (connectMs !== null) metrics.attemptDuration.observe(seconds(connectMs), { stage: 'connect' })
    if (firstByteMs !== null) metrics.attemptDuration.observe(seconds(firstByteMs), { stage: 'first_byte' })
    metrics.attemptDuration.observe(seconds(totalMs), { stage: 'total' })
  }

  const observe = (observation: Observation): void => {
    switch (observation.kind) {
      case 'attempt_begun':
        if (observation.tlsVerification === 'off') metrics.unverifiedAttempts.add()
        return metrics.attempts.add()
      case 'outcome':
        return countOutcome(observation.outcome)
      case 'event_taken':
        metrics.eventsTaken.add(1, { type: observation.eventType })
        return metrics.eventAge.observe(seconds(observation.ageMs))
      case 'event_skipped':
        return metrics.eventsSkipped.add(1, { reason: observation.reason })
      case 'event_time_distrusted':
        return metrics.eventTimesDistrusted.add()
      case 'dead_lettered':
        return metrics.deadLetters.add(1, { reason: observation.reason })
      case 'webhook_invalid':
        return metrics.invalidVersions.add()
      // What comes of these is in how the worker stands.
      case 'webhook_unverified':
      case 'table_changed':
      case 'table_reading':
      case 'start_gate':
        return undefined
      case 'webhook_key_moved':
        return metrics.keysMoved.add()
      case 'table_ready':
        return metrics.tableReadySeconds.set(seconds(observation.tookMs))
      case 'table_reset':
        return metrics.tableResets.add()
      case 'assigned':
        return metrics.assignments.add()
      case 'committed':
        return metrics.commits.add()
      case 'commit_failed':
        return metrics.commitFailures.add()
      case 'stalled':
        return metrics.stalls.add()
      case 'deferred':
        return metrics.deferrals.add(1, { reason: observation.reason })
      case 'verdict':
        return metrics.verdicts.add(1, { verdict: observation.verdict })
      case 'parked':
        return metrics.parkedWrites.add(1, { delay: delayText(observation.delayMs) })
      case 'pauses':
        return pauseScopeKinds.forEach((scope) => metrics.pauses.set(observation.inForce[scope], { scope }))
      case 'pause':
      case 'pauses_reset':
        return undefined
      case 'moved_on':
        return metrics.movedOn.add()
      case 'copy_dropped':
        return metrics.copiesDropped.add()
      case 'chunked':
        return metrics.chunks.add(observation.chunks)
      case 'breaker':
        return metrics.breakerChanges.add(1, { of: observation.of, change: observation.change })
      case 'out_of_range':
        return metrics.offsetsOutOfRange.add()
      case 'client_rebuilt':
        return metrics.clientRebuilds.add()
      case 'spans_lost':
        return metrics.spansLost.add(observation.spans, { why: observation.why })
      case 'log_line_lost':
        return metrics.logLinesSuppressed.add(1, { why: observation.why })
      case 'trouble':
        return metrics.trouble.add(1, { where: observation.where })
    }
  }
  const text = (): Promise<string> => {
    showStanding(standing(), metrics)
    return registry.metrics()
  }
  return { observe, text, contentType: registry.contentType }
}

// An event may come from a clock that runs ahead; an age below nothing would spoil the histogram's sum.
function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1_000
}
