// The composition root: builds the adapters, injects the ports, and gives the worker its start, drain and stop.
// Order at start: metrics first (so that a start that hangs can be seen), then the table to its end, then the
// group; at stop the reverse, each step after what depends on it has ended.
import { createWebhookDecoder } from './kafka/codec.ts'
import { createEventSource } from './kafka/event-source.ts'
import { clientConfigOf, createKafkaClient } from './kafka/kafka-client.ts'
import { findRetryTopics } from './kafka/retry-topics.ts'
import { readSchema } from './kafka/schema-files.ts'
import { commitStartPosition } from './kafka/start-position.ts'
import { checkBeforeStart } from './kafka/startup-checks.ts'
import { createTableSource } from './kafka/table-source.ts'
import { createTopicReader } from './kafka/topic-reader.ts'
import { createWebhookPacking } from './kafka/webhook-packing.ts'
import { WriterSchemas } from './kafka/writer-schemas.ts'
import { createHttpSender } from './http/http-sender.ts'
import { LiveStanding } from './pipeline/live-standing.ts'
import { LiveTable } from './pipeline/live-table.ts'
import { StartGate } from './pipeline/start-gate.ts'
import type { Observer } from './ports.ts'
import { CommitHealth } from './progress/commit-health.ts'
import { systemClock } from './runtime/clock.ts'
import { systemRandom } from './runtime/random.ts'
import { unlessAborted } from './runtime/unless-aborted.ts'
import { unsealBy } from './secrets/sealing.ts'
import { webhookRulesOf } from './settings/delivery-settings.ts'
import { readHttpAccess } from './settings/http-access.ts'
import { readKafkaAccess } from './settings/kafka-access.ts'
import { openKeyring } from './settings/keyring.ts'
import type { Settings } from './settings/schema.ts'
import { topicsOptionsOf } from './settings/topic-settings.ts'
import { version } from './settings/version.ts'
import { kafkaLogCreator } from './telemetry/kafka-log.ts'
import { createLog } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { observers } from './telemetry/observers.ts'
import { ReceiverRanking } from './telemetry/receiver-ranking.ts'
import { createWorkerOps } from './worker-ops.ts'
import { createPauses } from './worker-pauses.ts'
import { createPipeline } from './worker-pipeline.ts'
import { createSuspending } from './worker-suspension.ts'
import { startWorkerTracing } from './worker-tracing.ts'
import { startWriting } from './worker-writing.ts'

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
  return startUnlessAborted(settings, new AbortController().signal, extra)
}

/** Aborted: takes back what was started, and throws the signal's reason. */
async function startUnlessAborted(
  settings: Settings,
  signal: AbortSignal,
  extra: readonly Observer[] = [],
): Promise<RunningWorker> {
  const clock = systemClock
  const metrics = createMetrics({ version, standing: () => standing.now() })
  const log = createLog({
    level: settings.log.level,
    workerId: settings.worker.id,
    clock,
    lost: (why) => metrics.observe({ kind: 'log_line_lost', why }),
  })
  const ranking = new ReceiverRanking(clock)
  const observer = observers(metrics, log, ranking, ...extra)
  const tracing = await startWorkerTracing(settings, observer, clock, log.warn)
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})

  const access = readKafkaAccess(settings)
  const clientConfig = clientConfigOf(access, kafkaLogCreator(log))
  const kafka = createKafkaClient(clientConfig)
  const schemas = new WriterSchemas(settings.registry, observer)
  const { topics } = settings
  // Where the membership is in doubt, what belongs to partitions may be another's to write.
  const doubt = (): Promise<void> | null => gate.membership()
  const sender = createHttpSender(readHttpAccess(settings), clock)
  const keyring = openKeyring(settings, {
    troubled: (error) => observer.observe({ kind: 'trouble', where: 'keyring', error }),
  })
  const live = new LiveTable(clock, observer, {
    rules: webhookRulesOf(settings, unsealBy(keyring)),
    packing: createWebhookPacking(readSchema('webhook-config')),
    seed: Math.floor(systemRandom.next() * 2 ** 32),
  })
  const tableSource = createTableSource({
    topic: topics.webhooks.name,
    reader: createTopicReader({
      client: clientConfig,
      topic: topics.webhooks.name,
      maxWaitMs: settings.kafka.maxWaitMs,
      // What is decoded of a large answer at once outlives the young generation: a million webhooks cost 120 MB more.
      maxBytesPerPartition: settings.kafka.maxBytesPerPartition,
      now: () => clock.monotonicMs(),
    }),
    decoder: createWebhookDecoder(readSchema('webhook-config'), schemas),
    observer,
  })
  const { pauses, source: pauseSource } = createPauses({
    settings,
    client: clientConfig,
    clock,
    observer,
    schemas,
  })
  const suspending = createSuspending({
    settings,
    kafka,
    client: clientConfig,
    clock,
    observer,
    schemas,
    live,
  })
  const source = createEventSource({
    kafka,
    groupId: settings.group.id,
    topic: topics.events.name,
    retryTopics: () => findRetryTopics(access, topics.retries.prefix),
    ...settings.kafka,
    observer,
    monotonicMs: () => clock.monotonicMs(),
  })
  const commits = new CommitHealth()
  const gate = new StartGate(
    clock,
    {
      tableReady: () => live.ready && pauses.ready && suspending.ready,
      tableAsOfMs: () => live.caughtUpAsOfMs(),
      caughtUpAsOfMs: () => Math.min(live.caughtUpAsOfMs(), pauses.caughtUpAsOfMs()),
      lastHeartbeatMs: () => source.lastHeartbeatMs(),
      commitsStuckMs: (nowMs) => commits.stuckMs(nowMs),
    },
    { ...settings.kafka, ...settings.webhooks },
    observer,
  )
  const standing = new LiveStanding(live, pauses, suspending, gate)
  const ops = createWorkerOps({ settings, clock, metrics, log, ranking, standing, live, gate, source })

  const closing: (() => Promise<unknown> | void)[] = [() => log.stop(), () => tracing.stop()]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  const step = <Value>(work: Promise<Value>): Promise<Value> => unlessAborted(signal, work)
  try {
    closing.push(() => ops.stop())
    const { port: opsPort } = await ops.start()
    for (const spot of tracing.collectors) sender.keepFrom({ ...spot, publicAddresses: 'shared' })
    sender.keepFrom({ host: settings.ops.host, port: opsPort, publicAddresses: 'its_own' })
    closing.push(
      () => gate.stop(),
      () => schemas.stop(),
      () => sender.stop(),
    )
    const { replication } = settings.checks
    const checked = { kafka: access, topics: topicsOptionsOf(settings), replication, warn: log.warn }
    const { maxEventBytes, brokers } = await step(checkBeforeStart(checked))
    for (const broker of brokers) sender.keepFrom({ ...broker, publicAddresses: 'its_own' })
    const writing = await startWriting({ settings, kafka, observer, doubt, warn: log.warn, signal, closing })
    closing.push(
      () => tableSource.stop(),
      () => pauseSource.stop(),
      () => suspending.stop(),
    )
    await suspending.begin(log.warn, signal)
    await step(Promise.all([live.hydrate(tableSource), pauses.hydrate(pauseSource), suspending.hydrate()]))
    const group = { client: clientConfig, groupId: settings.group.id, topic: topics.events.name }
    await step(commitStartPosition({ ...group, from: settings.start.from }))
    const pipeline = createPipeline(
      {
        settings,
        clock,
        observer: observers(observer, suspending),
        tracer: tracing.tracer,
        source,
        sender,
        ...writing,
        schemas,
        maxEventBytes,
        table: live.table,
        pauses,
        suspensions: suspending,
        gate,
        commits,
      },
      (error) => failure.reject(error),
    )
    standing.begins(pipeline)
    closing.push(() => pipeline.drain(0))
    await step(pipeline.start())
    closing.pop()
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
    const late = Promise.withResolvers<void>()
    clock.after(takeBackMs, late.resolve)
    await Promise.race([close().catch(() => {}), late.promise])
    throw error
  }
}

/** For taking back a start that failed or was called off: brokers that are away answer no farewell. */
const takeBackMs = 3_000

/** Runs until it is interrupted, also while it starts, or gives up. Resolves with the process's exit code. */
export async function runWorker(settings: Settings, interrupted: Promise<void>): Promise<number> {
  const calledOff = new AbortController()
  void interrupted.then(() => calledOff.abort())
  let worker: RunningWorker
  try {
    worker = await startUnlessAborted(settings, calledOff.signal)
  } catch (error) {
    if (calledOff.signal.aborted) return 0
    throw error
  }
  try {
    await Promise.race([interrupted, worker.failed])
  } finally {
    await worker.stop()
  }
  return 0
}
