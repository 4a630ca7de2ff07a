// What stands in Kafka before a worker is measured: topics and schemas of its own, webhooks, events.
import type { CallEventRecord } from '../../src/domain/records.ts'
import { withAdmin } from '../../src/kafka/admin-session.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { startPublisher } from '../../src/kafka/publisher.ts'
import type { Publisher } from '../../src/kafka/publisher.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopics, planTopics } from '../../src/kafka/topics.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../src/settings/topic-settings.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { testEnvironment } from '../harness/worker-rig.ts'
import { choicesOf, eventOf, webhookOf } from './load.ts'
import type { Scenario } from './scenario.ts'

const atOnce = 5_000

/**
 * Of each worker: together they have as many requests at once as the bare loop. All to one origin, which workers share by
 * themselves, or one to each.
 */
export function environmentFor(
  { concurrency, workers, spread, fanOut }: Scenario,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return testEnvironment({
    TOPICS_EVENTS_PARTITIONS: '12',
    TOPICS_OUTCOMES_PARTITIONS: '12',
    ...(spread === 'one' && {
      HTTP_CONNECTIONS_PER_ORIGIN: String(concurrency),
      LANES_ORIGIN_CONCURRENCY: String(concurrency),
    }),
    // Longer than events are published while the workers stand still, so that none of them is given up.
    KAFKA_SESSION_TIMEOUT_MS: '60000',
    // As many again may wait as are under way (half of the budget may wait for room). With more in hand a backlog for one
    // origin is put off through the retry topics: at four times, two of five receivers' slots stood empty.
    IN_FLIGHT_MAX_DELIVERIES: String(Math.ceil((2 * concurrency) / workers)),
    // Chunks of an event count as parked work, which has half of the budget, and little of it at once.
    ...(fanOut > 1 && {
      IN_FLIGHT_MAX_DELIVERIES: String(4 * concurrency),
      IN_FLIGHT_MAX_PARKED_AT_ONCE: String(2 * concurrency),
    }),
    ...overrides,
  })
}

export async function makeTopics(settings: Settings): Promise<void> {
  await createTopics(quietClient(settings), planTopics(topicsOptionsOf(settings)))
  await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
}

/**
 * All that carry the run's name. There are a hundred partitions in a run: a broker that keeps those of every run gets slower
 * from one to the next, and at last has no more files to open.
 */
export async function dropTopics(settings: Settings): Promise<void> {
  const { name } = settings.topics.events
  const run = name.slice(name.lastIndexOf('-'))
  await withAdmin(quietClient(settings), async (admin) =>
    admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.includes(run)) }),
  )
}

export function publisherFor(settings: Settings): Promise<Publisher> {
  const { events, webhooks } = settings.topics
  return startPublisher({
    kafka: createKafkaClient(quietClient(settings)),
    registry: settings.registry,
    topics: { events: events.name, webhooks: webhooks.name },
    observer: { observe() {} },
  })
}

/** All in some order, not too many at once. */
export async function inPortions(count: number, one: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - from) }, (_, offset) => one(from + offset)),
    )
}

export function publishWebhooks(publisher: Publisher, scenario: Scenario, port: number): Promise<void> {
  return inPortions(scenario.webhooks, (index) => publisher.webhook(webhookOf(scenario, index, port)))
}

/** The scenario's events without end, so that portions of them are never the same. */
export function* eventsOf(scenario: Scenario): Generator<CallEventRecord, never> {
  const choices = choicesOf(scenario)
  for (let index = 0; ; index += 1) yield eventOf(index, choices.next().value)
}

export function publishEvents(
  publisher: Publisher,
  events: Generator<CallEventRecord, never>,
  count: number,
): Promise<void> {
  return inPortions(count, () => publisher.callEvent(events.next().value))
}
