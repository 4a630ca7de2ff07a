// How many records of call events and of retry topics the group has not committed yet.
import { delayText } from '../../src/domain/delay-text.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { findRetryTopics } from '../../src/kafka/retry-topics.ts'
import { quietClient } from './quiet-client.ts'
import type { Settings } from '../../src/settings/schema.ts'

export async function groupLag(settings: Settings): Promise<number> {
  const { events, parked } = await groupLagByKind(settings)
  return events + [...parked.values()].reduce((sum, each) => sum + each, 0)
}

export interface GroupLag {
  readonly events: number
  /** By the delay of their topics, as text. */
  readonly parked: ReadonlyMap<string, number>
}

export async function groupLagByKind(settings: Settings): Promise<GroupLag> {
  const access = quietClient(settings)
  const retryTopics = await findRetryTopics(access, settings.topics.retries.prefix)
  const topics = [settings.topics.events.name, ...retryTopics.keys()]
  const admin = createKafkaClient(access).admin()
  await admin.connect()
  try {
    const committed = await admin.fetchOffsets({ groupId: settings.group.id, topics })
    const parked = new Map<string, number>()
    let events = 0
    for (const { topic, partitions } of committed) {
      const at = new Map(partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]))
      let lag = 0
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        lag += Number(high) - (at.get(partition) ?? 0)
      const delayMs = retryTopics.get(topic)
      if (delayMs === undefined) events += lag
      else parked.set(delayText(delayMs), lag)
    }
    return { events, parked }
  } finally {
    await admin.disconnect()
  }
}
