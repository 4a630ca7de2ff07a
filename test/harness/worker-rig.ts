// A worker on the real broker and registry, with topics, a group and a receiver of its own: what the
// integration tests run on. Everything that it starts ends with `stop`.
import { plainWebhook } from '../../src/local/plain-webhook.ts'
import { randomUUID } from 'node:crypto'
import type { WebhookConfigRecord, WebhookOutcomeRecord } from '../../src/domain/records.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { createOutcomeReader } from '../../src/kafka/outcome-reader.ts'
import { startPublisher } from '../../src/kafka/publisher.ts'
import type { Publisher } from '../../src/kafka/publisher.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { createTopics, planTopics } from '../../src/kafka/topics.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../src/settings/topic-settings.ts'
import { startWorker } from '../../src/worker.ts'
import type { RunningWorker } from '../../src/worker.ts'
import { until } from './until.ts'
import { loopback } from './loopback.ts'

export interface WorkerRig {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string>>
  readonly publisher: Publisher
  readonly outcomes: readonly WebhookOutcomeRecord[]
  readonly observations: readonly Observation[]
  startWorker(): Promise<RunningWorker>
  /** The final outcomes by id, folded as a reader should. */
  finals(): ReadonlyMap<string, WebhookOutcomeRecord>
  untilFinals(count: number, timeoutMs?: number): Promise<void>
  /** Lets go of the outcomes so far. */
  forget(): void
  stop(): Promise<void>
}

/** The environment of a worker on the test stack, with names that no other test uses. */
export function testEnvironment(overrides: Readonly<Record<string, string>> = {}): Record<string, string> {
  const run = randomUUID().slice(0, 8)
  return {
    KAFKA_BROKERS: process.env['TEST_KAFKA_BROKERS'] ?? '',
    REGISTRY_URL: process.env['TEST_REGISTRY_URL'] ?? '',
    GROUP_ID: `workers-${run}`,
    START_FROM: 'earliest',
    CHECKS_REPLICATION: 'warn',
    TOPICS_MIN_INSYNC_REPLICAS: '1',
    TOPICS_EVENTS_NAME: `events-${run}`,
    TOPICS_EVENTS_PARTITIONS: '4',
    TOPICS_EVENTS_REPLICATION_FACTOR: '1',
    TOPICS_WEBHOOKS_NAME: `webhooks-${run}`,
    TOPICS_WEBHOOKS_REPLICATION_FACTOR: '1',
    TOPICS_STATES_NAME: `states-${run}`,
    TOPICS_STATES_REPLICATION_FACTOR: '1',
    TOPICS_OUTCOMES_NAME: `outcomes-${run}`,
    TOPICS_OUTCOMES_PARTITIONS: '2',
    TOPICS_OUTCOMES_REPLICATION_FACTOR: '1',
    TOPICS_DEAD_LETTERS_NAME: `dead-letters-${run}`,
    TOPICS_DEAD_LETTERS_REPLICATION_FACTOR: '1',
    TOPICS_FACTS_NAME: `facts-${run}`,
    TOPICS_FACTS_REPLICATION_FACTOR: '1',
    TOPICS_SUSPENSIONS_NAME: `suspensions-${run}`,
    TOPICS_SUSPENSIONS_REPLICATION_FACTOR: '1',
    TOPICS_NOTICES_NAME: `notices-${run}`,
    TOPICS_NOTICES_REPLICATION_FACTOR: '1',
    TOPICS_RETRIES_PREFIX: `retries-${run}`,
    TOPICS_RETRIES_REPLICATION_FACTOR: '1',
    HTTP_ALLOWED_ADDRESSES: loopback.join(),
    OPS_PORT: '0',
    LOG_LEVEL: 'silent',
    ...overrides,
  }
}

export async function startWorkerRig(overrides: Readonly<Record<string, string>> = {}): Promise<WorkerRig> {
  const environment = testEnvironment(overrides)
  const settings = loadSettings({ files: [], environment })
  const { events, webhooks, outcomes } = settings.topics
  const observations: Observation[] = []
  const observer = { observe: (observation: Observation) => void observations.push(observation) }
  const clientConfig = clientConfigOf(readKafkaAccess(settings), () => () => {})
  await createTopics(clientConfig, planTopics(topicsOptionsOf(settings)))
  await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  const publisher = await startPublisher({
    kafka: createKafkaClient(clientConfig),
    registry: settings.registry,
    topics: { events: events.name, webhooks: webhooks.name },
    observer,
  })
  const read: WebhookOutcomeRecord[] = []
  const folded = new Map<string, WebhookOutcomeRecord>()
  const schemas = new WriterSchemas(settings.registry, observer)
  const reader = createOutcomeReader(
    createTopicReader({
      client: clientConfig,
      topic: outcomes.name,
      maxWaitMs: 100,
      now: () => performance.now(),
    }),
    schemas,
  )
  await reader.start((outcome) => {
    read.push(outcome)
    foldInto(folded, outcome)
  })
  const workers: RunningWorker[] = []
  const finals = (): ReadonlyMap<string, WebhookOutcomeRecord> => folded
  return {
    settings,
    environment,
    publisher,
    outcomes: read,
    observations,
    async startWorker() {
      const worker = await startWorker(settings, observer)
      workers.push(worker)
      return worker
    },
    finals,
    untilFinals: (count, timeoutMs = 30_000) =>
      until(
        () => finals().size >= count,
        `${count} final outcomes`,
        timeoutMs,
        () => `${finals().size} so far`,
      ),
    forget() {
      read.length = 0
      folded.clear()
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await reader.stop()
      schemas.stop()
      await publisher.stop()
    },
  }
}

/** Per id, `delivered` before all else, otherwise the last. */
function foldInto(folded: Map<string, WebhookOutcomeRecord>, outcome: WebhookOutcomeRecord): void {
  if (!outcome.final || folded.get(outcome.outcome_id)?.result === 'delivered') return
  folded.set(outcome.outcome_id, outcome)
}

/** A webhook that sends the call's id. */
export function webhookRecord(
  fields: Partial<WebhookConfigRecord> & Pick<WebhookConfigRecord, 'webhook_id' | 'account_id' | 'port'>,
): WebhookConfigRecord {
  return {
    ...plainWebhook,
    parameters: [{ name: 'call', source: { parameter: 'call_id', literal: null } }],
    ...fields,
  }
}
