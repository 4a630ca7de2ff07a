// How many records were ever parked, by the end offsets of the retry topics.
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { findRetryTopics } from '../../src/kafka/retry-topics.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { delayText } from '../../src/domain/delay-text.ts'
import type { Settings } from '../../src/settings/schema.ts'

export async function countParked(
  settings: Settings,
): Promise<{ readonly total: number; readonly byDelay: Readonly<Record<string, number>> }> {
  const access = readKafkaAccess(settings)
  const admin = createKafkaClient(access).admin()
  await admin.connect()
  try {
    const byDelay: Record<string, number> = {}
    for (const [topic, delayMs] of await findRetryTopics(access, settings.topics.retries.prefix)) {
      const offsets = await admin.fetchTopicOffsets(topic)
      byDelay[delayText(delayMs)] = offsets.reduce((sum, { high }) => sum + Number(high), 0)
    }
    return { total: Object.values(byDelay).reduce((sum, each) => sum + each, 0), byDelay }
  } finally {
    await admin.disconnect()
  }
}
