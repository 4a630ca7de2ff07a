// The worker over the same load: the events stand in their topic before it begins, so that nothing else computes while
// it is measured. A run is over when every delivery has arrived and has its final outcome; one that is short fails.
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { ValueDecoder } from '../../src/kafka/codec.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import { loadSettings } from '../../src/settings/load.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { groupLag } from '../harness/group-lag.ts'
import { rssMbOf } from '../harness/memory.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { until } from '../harness/until.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { cpuSecondsOf, watchProcesses } from './process-figures.ts'
import type { Receiver } from './receiver.ts'
import type { Scenario } from './scenario.ts'
import {
  dropTopics,
  environmentFor,
  eventsOf,
  makeTopics,
  publisherFor,
  publishEvents,
  publishWebhooks,
} from './topics-of-run.ts'

export interface WorkerResult {
  readonly perSecond: number
  /** CPU seconds of all workers per 100,000 deliveries. */
  readonly cpuPer100k: number
  /** Of one core, in percent, while it was measured. */
  readonly receiverCpuPercent: number
  /** The most of one worker while it worked. */
  readonly rssMb: number
  /** To the receivers, the most of all workers together. */
  readonly sockets: number
  /** Of the first worker, from its start until it was ready. */
  readonly readyAfterS: number
  readonly rssMbWhenReady: number
  /** Of a record's key, value and headers, on average. */
  readonly eventBytes: number
  readonly outcomeBytes: number
}

export interface WorkerRun {
  readonly receiver: Receiver
  /** Settings of the workers' beside those of the scenario, as variables of their environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Whether the webhooks stand in their topic already. */
  readonly webhooks?: 'published' | 'to publish'
}

const readyWithinMs = 300_000

export async function runWorker(scenario: Scenario, run: WorkerRun): Promise<WorkerResult> {
  const { receiver } = run
  const environment = environmentFor(scenario, run.environment)
  const settings = loadSettings({ files: [], environment })
  await makeTopics(settings)
  const publisher = await publisherFor(settings)
  await receiver.forget()
  const workers: WorkerProcess[] = []
  try {
    if (run.webhooks !== 'published') await publishWebhooks(publisher, scenario, receiver.port)
    const startedAtMs = performance.now()
    let readyAfterS = 0
    for (let index = 0; index < scenario.workers; index += 1) {
      workers.push(
        await startWorkerProcess(
          { ...environment, LOG_LEVEL: 'silent', WORKER_ID: `w${index}` },
          [],
          readyWithinMs,
        ),
      )
      if (index === 0) readyAfterS = (performance.now() - startedAtMs) / 1_000
    }
    const pids = workers.map(({ pid }) => pid)
    const rssMbWhenReady = await rssMbOf(pids[0] ?? 0)
    // They stand still meanwhile, so that all of them begin with the whole load before them.
    await Promise.all(workers.map((worker) => worker.freeze()))
    await publishEvents(publisher, eventsOf(scenario), scenario.deliveries / scenario.fanOut)
    const watched = await watchProcesses(pids)
    for (const worker of workers) worker.thaw()
    const from = await marked(receiver, pids, scenario.deliveries * 0.25)
    const to = await marked(receiver, pids, scenario.deliveries * 0.95)
    await marked(receiver, pids, scenario.deliveries)
    const most = await watched.most()
    // Those whose first attempt failed may wait in a retry topic.
    await until(async () => (await groupLag(settings)) === 0, 'all deliveries to be over', 60_000)
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')))
    const bytes = await judge(scenario, settings)
    const seconds = (to.atMs - from.atMs) / 1_000
    return {
      perSecond: (to.ids - from.ids) / seconds,
      cpuPer100k: ((to.cpuSeconds - from.cpuSeconds) / (to.ids - from.ids)) * 100_000,
      receiverCpuPercent: ((to.receiverCpuSeconds - from.receiverCpuSeconds) / seconds) * 100,
      readyAfterS,
      rssMbWhenReady,
      ...most,
      ...bytes,
    }
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await publisher.stop()
    await dropTopics(settings)
  }
}

/** As soon as so many deliveries have arrived. */
async function marked(receiver: Receiver, pids: readonly number[], least: number) {
  let count = await receiver.count()
  await until(
    async () => {
      count = await receiver.count()
      return count.ids >= least
    },
    `${least} deliveries`,
    300_000,
    () => `${count.ids} so far`,
  )
  const atMs = performance.now()
  const used = await Promise.all(pids.map(cpuSecondsOf))
  const cpuSeconds = used.reduce((sum, seconds) => sum + seconds, 0)
  return { atMs, cpuSeconds, ids: count.ids, receiverCpuSeconds: count.cpuSeconds }
}

/** How large the records were. @throws where not every delivery has ended. */
async function judge({ name, deliveries }: Scenario, settings: Settings) {
  const schemas = new WriterSchemas(settings.registry, { observe() {} })
  const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), schemas)
  const ids = new Set<string>()
  const { signal } = new AbortController()
  const outcomes = (await readTopic(quietClient(settings), settings.topics.outcomes.name)).records
  for (const { value } of outcomes) {
    const decoded = value === null ? null : await decoder.decode(Buffer.from(value), signal)
    if (decoded?.kind === 'value' && decoded.value.final) ids.add(decoded.value.outcome_id)
  }
  schemas.stop()
  if (ids.size !== deliveries)
    throw new Error(`${ids.size} final outcomes instead of ${deliveries} (${name})`)
  const events = (await readTopic(quietClient(settings), settings.topics.events.name)).records
  return { eventBytes: bytesOf(events), outcomeBytes: bytesOf(outcomes) }
}

type TopicRecords = Awaited<ReturnType<typeof readTopic>>['records']

function bytesOf(records: TopicRecords): number {
  const sum = records.reduce((bytes, { key, value, headers }) => {
    const named = Object.entries(headers).reduce(
      (all, [name, text]) => all + name.length + (text?.length ?? 0),
      0,
    )
    return bytes + (key?.length ?? 0) + (value?.length ?? 0) + named
  }, 0)
  return sum / records.length
}
