// Topics made by a test itself, with a leader for each partition.
import type { Admin, ITopicConfig } from 'kafkajs'
import { askAgain } from '../../src/kafka/ask-again.ts'
import { until } from './until.ts'

/** The client's own wait asks one broker, and fails where that one has not heard of the topics yet. */
export async function madeTopics(
  admin: Pick<Admin, 'createTopics' | 'fetchTopicMetadata'>,
  made: readonly ITopicConfig[],
): Promise<void> {
  await admin.createTopics({ topics: [...made], waitForLeaders: false })
  const names = made.map(({ topic }) => topic)
  await until(
    async () => {
      const { topics } = await askAgain(() => admin.fetchTopicMetadata({ topics: names }))
      return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
    },
    `leaders of ${names.join(', ')}`,
  )
}
