// Topics as the brokers describe them: what the checks before a start look at.
// Invariant: a topic that is asked for and is not in the answer does not exist.
import kafkajs from 'kafkajs'
import type { Admin } from 'kafkajs'
import { askAgain } from './ask-again.ts'

const { ConfigResourceTypes } = kafkajs

const lookedAt = ['cleanup.policy', 'min.insync.replicas', 'max.message.bytes', 'retention.ms'] as const

/** Names of what is looked at, in Kafka's own spelling. */
export type LookedAt = (typeof lookedAt)[number]

/** A topic as the brokers describe it; null: there is none. */
export interface FoundTopic {
  readonly partitions: number
  /** The least of its partitions. */
  readonly replicationFactor: number
  /** Kafka's own names and spelling. */
  readonly config: Readonly<Record<string, string>>
}

/** Those of the named topics that there are, by name. */
export async function describeTopics(
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundTopic>> {
  const existing = new Set(await askAgain(() => admin.listTopics()))
  const present = names.filter((name) => existing.has(name))
  if (present.length === 0) return new Map()
  const metadata = await askAgain(() => admin.fetchTopicMetadata({ topics: [...present] }))
  const described = await askAgain(() =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: present.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: [...lookedAt],
      })),
    }),
  )
  const topicOf = (name: string): FoundTopic => {
    const partitions = metadata.topics.find((topic) => topic.name === name)?.partitions ?? []
    const entries = described.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? []
    return {
      partitions: partitions.length,
      replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
    }
  }
  return new Map(present.map((name) => [name, topicOf(name)]))
}
