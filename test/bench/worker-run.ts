// The worker over the same load: the events stand in their topic before it starts, so that nothing else computes while
// it is measured. A run is over when every delivery has arrived and has its final outcome; one that is short fails.
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { ValueDecoder } from '../../src/kafka/codec.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { startPublisher } from '../../src/kafka/publisher.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopics, planTopics } from '../../src/kafka/topics.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { loadSettings } from '../../src/settings/load.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../src/settings/topic-settings.ts'
import { rssMbOf } from '../harness/memory.ts'
import { until } from '../harness/until.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { testEnvironment } from '../harness/worker-rig.ts'
import { choicesOf, eventOf, webhookOf } from './load.ts'
import { cpuSecondsOf } from './process-cpu.ts'
import type { Receiver } from './receiver.ts'
import type { Scenario } from './scenario.ts'

export interface WorkerResult {
  readonly perSecond: number
  /** CPU seconds of all workers per 100,000 deliveries. */
  readonly cpuPer100k: number
  /** Of one core, in percent, while it was measured. */
  readonly receiverCpuPercent: number
  /** The most of one worker. */
  readonly rssMb: number
}

const quiet = { observe() {} }

export async function runWorker(
  scenario: Scenario,
  receiver: Receiver,
  caFile: string | null,
): Promise<WorkerResult> {
  const { concurrency, workers: count, spread } = scenario
  // As many requests at once as the bare loop has: all to one origin, or one to each.
  const perWorker = Math.ceil(concurrency / count)
  const environment = testEnvironment({
    TOPICS_EVENTS_PARTITIONS: '12',
    TOPICS_OUTCOMES_PARTITIONS: '12',
    ...(spread === 'one' && {
      HTTP_CONNECTIONS_PER_ORIGIN: String(perWorker),
      LANES_ORIGIN_CONCURRENCY: String(concurrency),
    }),
    IN_FLIGHT_MAX_DELIVERIES: String(Math.ceil((4 * concurrency) / count)),
    ...(caFile !== null && { HTTP_CA_FILE: caFile }),
  })
  const settings = loadSettings({ files: [], environment })
  await publish(scenario, receiver.port, settings)
  await receiver.forget()
  const workers: WorkerProcess[] = []
  try {
    for (let index = 0; index < count; index += 1)
      workers.push(await startWorkerProcess({ ...environment, LOG_LEVEL: 'silent', WORKER_ID: `w${index}` }))
    const from = await marked(receiver, workers, scenario.deliveries * 0.25)
    const to = await marked(receiver, workers, scenario.deliveries * 0.95)
    await until(
      async () => (await receiver.count()).ids >= scenario.deliveries,
      `${scenario.deliveries} deliveries`,
      120_000,
    )
    const rssMb = Math.max(...(await Promise.all(workers.map(({ pid }) => rssMbOf(pid)))))
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')))
    const ended = await finalIds(settings)
    if (ended !== scenario.deliveries)
      throw new Error(`${ended} final outcomes instead of ${scenario.deliveries} (${scenario.name})`)
    const seconds = (to.atMs - from.atMs) / 1_000
    return {
      perSecond: (to.ids - from.ids) / seconds,
      cpuPer100k: ((to.cpuSeconds - from.cpuSeconds) / (to.ids - from.ids)) * 100_000,
      receiverCpuPercent: ((to.receiverCpuSeconds - from.receiverCpuSeconds) / seconds) * 100,
      rssMb,
    }
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
  }
}

async function publish(scenario: Scenario, port: number, settings: Settings): Promise<void> {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  await createTopics(client, planTopics(topicsOptionsOf(settings)))
  await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  const { events, webhooks } = settings.topics
  const publisher = await startPublisher({
    kafka: createKafkaClient(client),
    registry: settings.registry,
    topics: { events: events.name, webhooks: webhooks.name },
    observer: quiet,
  })
  const all = (length: number, one: (index: number) => Promise<void>): Promise<unknown> =>
    Promise.all(Array.from({ length }, (_, index) => one(index)))
  await all(scenario.webhooks, (index) => publisher.webhook(webhookOf(scenario, index, port)))
  const choices = choicesOf(scenario)
  const eventCount = scenario.deliveries / scenario.fanOut
  for (let index = 0; index < eventCount; index += 5_000)
    await all(Math.min(5_000, eventCount - index), (offset) =>
      publisher.callEvent(eventOf(index + offset, choices.next().value)),
    )
  await publisher.stop()
}

/** As soon as so many deliveries have arrived. */
async function marked(receiver: Receiver, workers: readonly WorkerProcess[], least: number) {
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
  const used = await Promise.all(workers.map(({ pid }) => cpuSecondsOf(pid)))
  const cpuSeconds = used.reduce((sum, seconds) => sum + seconds, 0)
  return { atMs, cpuSeconds, ids: count.ids, receiverCpuSeconds: count.cpuSeconds }
}

/** How many different deliveries have ended. */
async function finalIds(settings: Settings): Promise<number> {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const schemas = new WriterSchemas(settings.registry, quiet)
  const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), schemas)
  const ids = new Set<string>()
  const { signal } = new AbortController()
  for (const { value } of (await readTopic(client, settings.topics.outcomes.name)).records) {
    const decoded = value === null ? null : await decoder.decode(Buffer.from(value), signal)
    if (decoded?.kind === 'value' && decoded.value.final) ids.add(decoded.value.outcome_id)
  }
  schemas.stop()
  return ids.size
}
