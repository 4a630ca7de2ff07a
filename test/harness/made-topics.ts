// Topics made by a test itself.
import type { Admin, ITopicConfig } from 'kafkajs'
import { askAgain } from '../../src/kafka/ask-again.ts'

/** Resolves when every partition has a leader: until then the brokers answer that they cannot tell yet. */
export async function madeTopics(
  admin: Pick<Admin, 'createTopics' | 'fetchTopicMetadata'>,
  made: readonly ITopicConfig[],
): Promise<void> {
  // The client's own wait for leaders ends in an error where the broker has not heard of the topic yet.
  await admin.createTopics({ topics: [...made], waitForLeaders: false })
  await askAgain(() => admin.fetchTopicMetadata({ topics: made.map(({ topic }) => topic) }))
}
