// How many records of call events and of retry topics the group has not committed yet.
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { findRetryTopics } from '../../src/kafka/retry-topics.ts'
import { quietClient } from './quiet-client.ts'
import type { Settings } from '../../src/settings/schema.ts'

export async function groupLag(settings: Settings): Promise<number> {
  const access = quietClient(settings)
  const retryTopics = [...(await findRetryTopics(access, settings.topics.retries.prefix)).keys()]
  const topics = [settings.topics.events.name, ...retryTopics]
  const admin = createKafkaClient(access).admin()
  await admin.connect()
  try {
    const committed = await admin.fetchOffsets({ groupId: settings.group.id, topics })
    let lag = 0
    for (const { topic, partitions } of committed) {
      const at = new Map(partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]))
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        lag += Number(high) - (at.get(partition) ?? 0)
    }
    return lag
  } finally {
    await admin.disconnect()
  }
}
