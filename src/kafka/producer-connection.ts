// One connection to the brokers for writing, which the writers of several topics may share.
// Invariant: it is not idempotent, because with concurrent sends the client drops silently then.
import { setTimeout as delay } from 'node:timers/promises'
import { Partitioners } from 'kafkajs'
import type { Kafka, PartitionMetadata, Producer } from 'kafkajs'

const metadataMaxAgeMs = 60_000
const stopWithinMs = 1_000

export class ProducerConnection {
  readonly #kafka: Kafka
  readonly #topics: readonly string[]
  readonly #partitions = new Map<string, PartitionMetadata[]>()
  readonly #leaders = new Map<string, ReadonlyMap<number, number>>()
  readonly producer: Producer

  /** `topics`: that will be written to. */
  constructor(kafka: Kafka, topics: readonly string[]) {
    this.#kafka = kafka
    this.#topics = topics
    this.producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      metadataMaxAge: metadataMaxAgeMs,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
    })
  }

  /** @throws when a topic is missing or no broker answers. */
  async start(): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [...this.#topics] })
      for (const { name, partitions } of topics) {
        this.#partitions.set(name, partitions)
        this.#leaders.set(name, new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader])))
      }
    } finally {
      await admin.disconnect()
    }
    await this.producer.connect()
  }

  /** As they were at the start; none before. */
  partitionsOf(topic: string): PartitionMetadata[] {
    return this.#partitions.get(topic) ?? []
  }

  /**
   * The broker that led the partition at the start; -1: it was not there, or had none. Enough to part the partitions by
   * brokers, one of which may be slow or gone; where it is wrong by now, they only share more of their fate.
   */
  leaderOf(topic: string, partition: number): number {
    return this.#leaders.get(topic)?.get(partition) ?? -1
  }

  /**
   * Resolves within about a second, also where the broker is gone: the client's own disconnect waits for answers that
   * may never come.
   */
  async stop(): Promise<void> {
    const disconnected = this.producer.disconnect().catch(() => {})
    const gaveUp = new AbortController()
    await Promise.race([disconnected, delay(stopWithinMs, undefined, gaveUp).catch(() => {})])
    gaveUp.abort()
  }
}
