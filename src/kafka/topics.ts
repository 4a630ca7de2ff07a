// The topics that the worker lives on: what they should be, making those that are absent, comparing the rest.
// Invariant: a topic that exists is never changed. What differs is reported, because more partitions or another
// retention is a decision with consequences (order, data loss) that a start-up must not take by itself.
import kafkajs from 'kafkajs'
import type { Admin, KafkaConfig } from 'kafkajs'
import { withAdmin } from './admin-session.ts'
import { askAgain } from './ask-again.ts'
import { retryTopicsFor } from './retry-topics.ts'

const { ConfigResourceTypes } = kafkajs

interface TopicOptions {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly retentionMs: number
  readonly maxMessageBytes: number
}

/** As the settings' section `topics`. */
export interface TopicsOptions {
  readonly minInsyncReplicas: number
  readonly events: TopicOptions
  readonly webhooks: Pick<TopicOptions, 'name' | 'replicationFactor' | 'maxMessageBytes'>
  readonly states: Pick<TopicOptions, 'name' | 'replicationFactor' | 'maxMessageBytes'>
  readonly outcomes: TopicOptions
  readonly deadLetters: TopicOptions
  readonly facts: Omit<TopicOptions, 'partitions'>
  readonly suspensions: Pick<TopicOptions, 'name' | 'replicationFactor' | 'maxMessageBytes'>
  readonly notices: TopicOptions
  /** One topic for each delay in milliseconds, and one that does not wait. */
  readonly retries: Omit<TopicOptions, 'name' | 'partitions'> & {
    readonly prefix: string
    readonly delaysMs: readonly number[]
  }
}

/** A topic as it should be. */
export interface TopicPlan {
  readonly topic: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Kafka's own names and spelling. */
  readonly config: Readonly<Record<string, string>>
}

/** What stands between a topic and its plan. */
export type TopicFinding =
  | { readonly kind: 'absent'; readonly topic: string }
  | {
      readonly kind: 'differs'
      readonly topic: string
      /** `partitions`, `replication factor` or a config's name. */
      readonly what: string
      readonly expected: string
      readonly found: string
    }

export function planTopics(options: TopicsOptions): readonly TopicPlan[] {
  const plan = (topic: TopicsOptions['webhooks'], partitions: number, cleanup: Record<string, string>) => ({
    topic: topic.name,
    partitions,
    replicationFactor: topic.replicationFactor,
    config: {
      ...cleanup,
      'max.message.bytes': String(topic.maxMessageBytes),
      'min.insync.replicas': String(options.minInsyncReplicas),
    },
  })
  const deleting = (topic: TopicOptions) =>
    plan(topic, topic.partitions, { 'cleanup.policy': 'delete', 'retention.ms': String(topic.retentionMs) })
  const retrying = ([name, delayMs]: [string, number]): TopicPlan => {
    const { retries, events } = options
    const retentionMs = Math.max(retries.retentionMs, leastRetryRetentionMs(delayMs))
    const { config, ...rest } = deleting({ ...retries, name, partitions: events.partitions, retentionMs })
    // Due times are counted from the append, by one clock for all workers: the broker's.
    return { ...rest, config: { ...config, 'message.timestamp.type': 'LogAppendTime' } }
  }
  return [
    deleting(options.events),
    // One partition: producers of other languages hash keys differently, and with more, two versions of one
    // webhook could stand in two partitions, where neither is the newer.
    plan(options.webhooks, 1, { 'cleanup.policy': 'compact' }),
    // As of webhooks: of a pause and its end neither would be the later.
    plan(options.states, 1, { 'cleanup.policy': 'compact' }),
    deleting(options.outcomes),
    deleting(options.deadLetters),
    // One partition: who judges by the facts must know when it has read them all.
    plan(options.facts, 1, {
      'cleanup.policy': 'compact,delete',
      'retention.ms': String(options.facts.retentionMs),
      // What is still written to is neither compacted nor deleted, and whoever begins to judge reads it all.
      'segment.ms': String(24 * 3_600_000),
    }),
    plan(options.suspensions, 1, { 'cleanup.policy': 'compact' }),
    deleting(options.notices),
    ...Array.from(retryTopicsFor(options.retries.prefix, options.retries.delaysMs), retrying),
  ]
}

/** What is parked is kept for its wait, for as long again behind others, and for a day's outage. */
export function leastRetryRetentionMs(delayMs: number): number {
  return 2 * delayMs + 24 * 3_600_000
}

/**
 * Makes the topics that are absent, then compares all; doing it again changes nothing.
 * @throws KafkaRefused
 */
export async function createTopics(
  kafka: KafkaConfig,
  plans: readonly TopicPlan[],
): Promise<{ readonly created: readonly string[]; readonly findings: readonly TopicFinding[] }> {
  return withAdmin(kafka, (admin) => makeTopics(admin, plans))
}

/** As `createTopics`. Resolves when every partition has a leader, so that a worker can be started next. */
export async function makeTopics(
  admin: Pick<Admin, 'createTopics' | 'describeConfigs' | 'fetchTopicMetadata' | 'listTopics'>,
  plans: readonly TopicPlan[],
): Promise<{ readonly created: readonly string[]; readonly findings: readonly TopicFinding[] }> {
  const existing = new Set(await admin.listTopics())
  const absent = plans.filter(({ topic }) => !existing.has(topic))
  if (absent.length > 0) {
    await admin.createTopics({
      // The client would wait for them at one broker, and fail where that one has not heard of them yet.
      waitForLeaders: false,
      topics: absent.map(({ topic, partitions, replicationFactor, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    })
  }
  return {
    created: absent.map(({ topic }) => topic),
    findings: await askAgain(() => compareExisting(admin, plans)),
  }
}

/**
 * What stands between the topics and their plans; empty when all is as planned.
 * @throws KafkaRefused
 */
export async function checkTopics(
  kafka: KafkaConfig,
  plans: readonly TopicPlan[],
): Promise<readonly TopicFinding[]> {
  return withAdmin(kafka, (admin) => compare(admin, plans))
}

async function compare(admin: Admin, plans: readonly TopicPlan[]): Promise<readonly TopicFinding[]> {
  const existing = new Set(await admin.listTopics())
  const present = plans.filter(({ topic }) => existing.has(topic))
  const absent = plans.filter(({ topic }) => !existing.has(topic))
  const differing = present.length === 0 ? [] : await compareExisting(admin, present)
  return [...absent.map(({ topic }): TopicFinding => ({ kind: 'absent', topic })), ...differing]
}

async function compareExisting(
  admin: Pick<Admin, 'describeConfigs' | 'fetchTopicMetadata'>,
  plans: readonly TopicPlan[],
): Promise<readonly TopicFinding[]> {
  const metadata = await admin.fetchTopicMetadata({ topics: plans.map(({ topic }) => topic) })
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: plans.map(({ topic, config }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: topic,
      configNames: Object.keys(config),
    })),
  })
  return plans.flatMap((plan) => {
    const partitions = metadata.topics.find(({ name }) => name === plan.topic)?.partitions ?? []
    const configs =
      described.resources.find(({ resourceName }) => resourceName === plan.topic)?.configEntries ?? []
    const replicas = Math.min(...partitions.map((partition) => partition.replicas.length))
    const differing = (what: string, expected: string, found: string): readonly TopicFinding[] =>
      expected === found ? [] : [{ kind: 'differs', topic: plan.topic, what, expected, found }]
    return [
      ...differing('partitions', String(plan.partitions), String(partitions.length)),
      ...differing('replication factor', String(plan.replicationFactor), String(replicas)),
      ...Object.entries(plan.config).flatMap(([name, expected]) =>
        differing(
          name,
          expected,
          configs.find((entry) => entry.configName === name)?.configValue ?? 'not set',
        ),
      ),
    ]
  })
}
