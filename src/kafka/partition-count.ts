// How many partitions a topic has, for whoever chooses among them.
import type { Kafka } from 'kafkajs'

/** @throws when the topic is missing or no broker answers. */
export async function partitionCountOf(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.length ?? 1
  } finally {
    await admin.disconnect()
  }
}
