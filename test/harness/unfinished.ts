// What a group's commits leave to whoever reads its partitions next: the records, of call events and of what was parked
// of them, that count as unfinished, and the deliveries that each of them names.
import { createEventDecoder, createParkedDecoder } from '../../src/kafka/codec.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { findRetryTopics } from '../../src/kafka/retry-topics.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import type { SourceRecord } from '../../src/ports.ts'
import { decodeMetadata } from '../../src/progress/commit-metadata.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { readTopic } from './whole-topic.ts'

/** As the commits and the topics' ends are now. */
export interface Unfinished {
  /** Whether it counts as unfinished, and stood in its topic. */
  has(topic: string, partition: number, offset: bigint): boolean
  readonly retryTopics: readonly string[]
}

export async function unfinishedByCommit(settings: Settings): Promise<Unfinished> {
  const access = readKafkaAccess(settings)
  const retryTopics = [...(await findRetryTopics(access, settings.topics.retries.prefix)).keys()]
  const admin = createKafkaClient(access).admin()
  await admin.connect()
  try {
    const topics = [settings.topics.events.name, ...retryTopics]
    const known = new Map<
      string,
      { base: bigint; offsets: ReadonlySet<bigint>; knownTo: bigint; end: bigint }
    >()
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId: settings.group.id, topics })) {
      const ends = await admin.fetchTopicOffsets(topic)
      for (const { partition, offset, metadata } of partitions) {
        const base = BigInt(offset) < 0n ? 0n : BigInt(offset)
        const { offsets, end: knownTo } = decodeMetadata(base, metadata) ?? { offsets: [], end: base }
        const end = BigInt(ends.find((one) => one.partition === partition)?.high ?? 0)
        known.set(`${topic}/${partition}`, { base, offsets: new Set(offsets), knownTo, end })
      }
    }
    return {
      retryTopics,
      has(topic, partition, offset) {
        const { base, offsets, knownTo, end } = known.get(`${topic}/${partition}`) ?? nothing
        return offset < end && (offset >= knownTo || (offset >= base && offsets.has(offset)))
      },
    }
  } finally {
    await admin.disconnect()
  }
}

const nothing = { base: 0n, offsets: new Set<bigint>(), knownTo: 0n, end: 0n }

/** Delivery ids of the parked records that are among them, each as often as it is parked there. */
export async function parkedAmong(unfinished: Unfinished, settings: Settings): Promise<readonly string[]> {
  const client = readKafkaAccess(settings)
  const schemas = new WriterSchemas(settings.registry, { observe() {} })
  const events = createEventDecoder(readSchema('call-event'), schemas)
  const decoder = createParkedDecoder(readSchema('parked-delivery'), schemas, events)
  const records: SourceRecord[] = []
  for (const topic of unfinished.retryTopics) records.push(...(await readTopic(client, topic)).records)
  const { signal } = new AbortController()
  const ids: string[] = []
  for (const record of records) {
    const { topic, partition, offset } = record.position
    if (!unfinished.has(topic, partition, offset)) continue
    const decoded = await decoder.decode(record, signal)
    if (decoded.kind !== 'parked') throw new Error(`${topic}/${partition}/${offset} cannot be read`)
    const { parked, event } = decoded
    ids.push(...parked.webhookIds.map((webhookId) => deliveryIdOf(event.event_id, webhookId)))
  }
  schemas.stop()
  return ids
}
