// What a worker shows of itself: metrics, health and status, put together from its parts.
import type { LiveStanding } from './pipeline/live-standing.ts'
import type { LiveTable } from './pipeline/live-table.ts'
import type { StartGate } from './pipeline/start-gate.ts'
import type { Clock, EventSource } from './ports.ts'
import type { Settings } from './settings/schema.ts'
import { version } from './settings/version.ts'
import type { createLog } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { createOpsServer } from './telemetry/ops-server.ts'
import type { ReceiverRanking } from './telemetry/receiver-ranking.ts'
import { mostListed, statusReport } from './telemetry/status-report.ts'

export interface WorkerOpsParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: ReturnType<typeof createLog>
  readonly ranking: ReceiverRanking
  readonly standing: LiveStanding
  readonly live: LiveTable
  readonly gate: StartGate
  readonly source: EventSource
}

export function createWorkerOps(parts: WorkerOpsParts): ReturnType<typeof createOpsServer> {
  const { settings, clock, metrics, log, ranking, standing, live, gate, source } = parts
  let lastJoinedMs = clock.monotonicMs()
  const liveForMs = settings.kafka.giveUpMs + settings.kafka.rebalanceTimeoutMs
  return createOpsServer({
    ...settings.ops,
    metrics,
    status: () =>
      statusReport({
        workerId: settings.worker.id,
        version,
        standing: standing.now(),
        webhooks: ranking.webhooks(),
        origins: ranking.origins(),
        troubled: standing.troubled(mostListed),
        invalid: standing.invalid(mostListed),
        nowMs: clock.nowMs(),
      }),
    logLevel: log.level,
    ready: () => ({ table: live.ready, gate: gate.closedBecause === null }),
    // The source ends the process itself when the group stays silent; this is for the case that it does not.
    live: () => {
      lastJoinedMs = source.lastHeartbeatMs() ?? lastJoinedMs
      return { progress: clock.monotonicMs() - lastJoinedMs < liveForMs }
    },
  })
}
