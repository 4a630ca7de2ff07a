// A worker's tracing, put together from what the environment asks for.
import type { Clock, Observer } from './ports.ts'
import type { Settings } from './settings/schema.ts'
import { readSpanExport } from './settings/span-export.ts'
import { version } from './settings/version.ts'
import { startTracing } from './telemetry/tracing.ts'
import type { Tracing } from './telemetry/tracing.ts'

export interface WorkerTracing extends Tracing {
  /** Where spans are sent, and no webhook may lead. */
  readonly collectors: readonly { readonly host: string; readonly port: number }[]
}

export async function startWorkerTracing(
  { group, topics, worker }: Settings,
  observer: Observer,
  clock: Clock,
  warn: (text: string, fields: Readonly<Record<string, unknown>>) => void,
): Promise<WorkerTracing> {
  const asked = readSpanExport()
  if (asked.kind === 'off') {
    if (asked.why !== null) warn('no spans are exported', { why: asked.why })
    return { ...(await startTracing(null, clock)), collectors: [] }
  }
  const names = {
    groupId: group.id,
    outcomesTopic: topics.outcomes.name,
    retryTopicPrefix: topics.retries.prefix,
  }
  const { sampling, batching, endpoint } = asked
  const exporting = { names, version, workerId: worker.id, sampling, batching, observer }
  return { ...(await startTracing(exporting, clock)), collectors: [endpoint] }
}
