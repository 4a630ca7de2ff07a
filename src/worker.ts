// The composition root: builds the adapters, injects the ports, and gives the worker its start, drain and stop.
// Order at start: metrics first (so that a start that hangs can be seen), then the table to its end, then the
// group; at stop the reverse, each step after what depends on it has ended.
import { createEventDecoder, createWebhookDecoder } from './kafka/codec.ts'
import { createDeadLetterSink } from './kafka/dead-letter-sink.ts'
import { createEventSource } from './kafka/event-source.ts'
import { clientConfigOf, createKafkaClient } from './kafka/kafka-client.ts'
import { createOutcomeSink } from './kafka/outcome-sink.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { registeredIdOf } from './kafka/registered-schema.ts'
import { readSchema } from './kafka/schema-files.ts'
import { commitStartPosition } from './kafka/start-position.ts'
import { createTableSource } from './kafka/table-source.ts'
import { createTopicReader } from './kafka/topic-reader.ts'
import { WriterSchemas } from './kafka/writer-schemas.ts'
import { createHttpSender } from './http/http-sender.ts'
import { LiveTable } from './pipeline/live-table.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { StartGate } from './pipeline/start-gate.ts'
import type { Observer } from './ports.ts'
import { CommitHealth } from './progress/commit-health.ts'
import { InFlightBudget } from './progress/in-flight-budget.ts'
import { systemClock } from './runtime/clock.ts'
import { realQuickTries } from './runtime/quick-tries.ts'
import { systemRandom } from './runtime/random.ts'
import { readKafkaAccess } from './settings/kafka-access.ts'
import type { Settings } from './settings/schema.ts'
import { version } from './settings/version.ts'
import { kafkaLogCreator } from './telemetry/kafka-log.ts'
import { createLog } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { observers } from './telemetry/observers.ts'
import { createOpsServer } from './telemetry/ops-server.ts'

export interface RunningWorker {
  /** Where metrics and health are served. */
  readonly opsPort: number
  /** Rejects when the worker cannot go on; never resolves. */
  readonly failed: Promise<never>
  /** Finishes what is under way, commits, leaves the group. `clean`: everything ended within the drain time. */
  stop(): Promise<{ readonly clean: boolean }>
}

/** `extra` observers see what metrics and log see: the demo and tests listen there. */
export async function startWorker(settings: Settings, ...extra: readonly Observer[]): Promise<RunningWorker> {
  const log = createLog({ level: settings.log.level, workerId: settings.worker.id })
  const metrics = createMetrics({ version })
  const observer = observers(metrics, log, ...extra)
  const clock = systemClock
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})

  const clientConfig = clientConfigOf(readKafkaAccess(settings), kafkaLogCreator(log))
  const kafka = createKafkaClient(clientConfig)
  const schemas = new WriterSchemas(settings.registry, observer)
  const { topics, outcomes: outcomeSettings } = settings
  const writing = { kafka, observer, lingerMs: outcomeSettings.lingerMs, maxBatch: outcomeSettings.maxBatch }
  const outcomeWriter = new RecordWriter({ ...writing, topic: topics.outcomes.name })
  const deadLetterWriter = new RecordWriter({ ...writing, topic: topics.deadLetters.name })
  const sender = createHttpSender(settings.http, clock)
  const live = new LiveTable(clock, observer)
  const tableSource = createTableSource({
    topic: topics.webhooks.name,
    reader: createTopicReader({
      client: clientConfig,
      topic: topics.webhooks.name,
      maxWaitMs: settings.kafka.maxWaitMs,
      now: () => clock.monotonicMs(),
    }),
    decoder: createWebhookDecoder(readSchema('webhook-config'), schemas),
    observer,
  })
  const source = createEventSource({
    kafka,
    groupId: settings.group.id,
    topic: topics.events.name,
    ...settings.kafka,
    observer,
    monotonicMs: () => clock.monotonicMs(),
  })
  const commits = new CommitHealth()
  const gate = new StartGate(
    clock,
    {
      tableReady: () => live.ready,
      caughtUpAsOfMs: () => live.caughtUpAsOfMs(),
      lastHeartbeatMs: () => source.lastHeartbeatMs(),
      commitsStuckMs: (nowMs) => commits.stuckMs(nowMs),
    },
    settings.kafka,
    observer,
  )
  const ops = createOpsServer({
    ...settings.ops,
    metrics,
    ready: () => ({ table: live.ready, gate: gate.closedBecause === null }),
    live: () => ({ process: true }),
  })

  const closing: (() => Promise<unknown> | void)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    closing.push(() => ops.stop())
    const { port: opsPort } = await ops.start()
    closing.push(
      () => gate.stop(),
      () => schemas.stop(),
      () => sender.stop(),
    )
    const outcomeSchema = readSchema('webhook-outcome')
    const schemaId = await registeredIdOf(settings.registry, topics.outcomes.name, outcomeSchema)
    closing.push(
      () => outcomeWriter.stop(),
      () => deadLetterWriter.stop(),
    )
    await outcomeWriter.start()
    await deadLetterWriter.start()
    closing.push(() => tableSource.stop())
    await live.hydrate(tableSource)
    await commitStartPosition({
      client: clientConfig,
      groupId: settings.group.id,
      topic: topics.events.name,
      from: settings.start.from,
    })
    const pipeline = new Pipeline(
      {
        source,
        clock,
        observer,
        commits,
        partition: {
          event: {
            delivery: {
              clock,
              random: systemRandom,
              sender,
              quickTries: realQuickTries,
              outcomes: createOutcomeSink({
                writer: outcomeWriter,
                schema: outcomeSchema,
                schemaId,
                workerId: settings.worker.id,
              }),
              observer,
              gate,
              table: live.table,
              settings: deliverySettingsOf(settings),
            },
            deadLetters: createDeadLetterSink(deadLetterWriter),
            budget: new InFlightBudget(settings.inFlight),
            horizons: horizonsOf(settings),
            fanoutLimit: settings.fanout.limit,
          },
          decoder: createEventDecoder(readSchema('call-event'), schemas),
          bounds: {
            maxQueuedRecords: settings.inFlight.queuedRecordsPerPartition,
            // Two fetches' worth: one being taken, one waiting.
            maxQueuedBytes: 2 * settings.kafka.maxBytesPerPartition,
          },
        },
        settings: {
          commitIntervalMs: settings.commit.intervalMs,
          // Below the session timeout: nobody beats for us while a rejoin waits.
          revokeSettleMs: Math.floor(settings.kafka.sessionTimeoutMs * 0.6),
        },
      },
      (error) => failure.reject(error),
    )
    await pipeline.start()
    return {
      opsPort,
      failed: failure.promise,
      async stop() {
        const drained = await pipeline.drain(settings.shutdown.drainTimeoutMs)
        await close()
        return drained
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Runs until it is interrupted or gives up. Resolves with the process's exit code. */
export async function runWorker(settings: Settings, interrupted: Promise<void>): Promise<number> {
  const worker = await startWorker(settings)
  try {
    await Promise.race([interrupted, worker.failed])
  } finally {
    await worker.stop()
  }
  return 0
}

/** Bytes of a GET's path and query: common servers refuse request lines beyond 8 KB. */
const maxTargetBytes = 8_000
const maxBodyBytes = 262_144

function deliverySettingsOf({ http, retry }: Settings) {
  return {
    limits: { connectTimeoutMs: http.connectTimeoutMs, totalTimeoutMs: http.totalTimeoutMs },
    statuses: {
      retried: retry.retriedStatuses,
      mended: retry.mendedStatuses,
      quickFailureWithinMs: retry.quickFailureWithinMs,
    },
    quickTries: retry,
    userAgent: http.userAgent,
    maxTargetBytes,
    maxBodyBytes,
    excerpts: http.excerpts,
  }
}

function horizonsOf({ horizon }: Settings) {
  return {
    horizonMs: { call_start: horizon.callStartMs, call_end: horizon.callEndMs },
    toleranceMs: horizon.clockToleranceMs,
  }
}
