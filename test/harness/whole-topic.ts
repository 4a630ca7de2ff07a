// A topic as it stands: every record from its beginning, or from where a reading before had come to, up to its end.
import type { KafkaConfig } from 'kafkajs'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { ReadRecord } from '../../src/kafka/topic-reader.ts'
import type { SourceRecord } from '../../src/ports.ts'

export interface WholeTopic {
  readonly records: readonly SourceRecord[]
  /** Where the next reading begins, by partition. */
  readonly next: ReadonlyMap<number, bigint>
}

export async function readTopic(
  client: KafkaConfig,
  topic: string,
  from: ReadonlyMap<number, bigint> = new Map(),
): Promise<WholeTopic> {
  const records: SourceRecord[] = []
  const behind = new Map<number, bigint>()
  const next = new Map<number, bigint>()
  const caughtUp = Promise.withResolvers<void>()
  const reader = createTopicReader({ client, topic, from, maxWaitMs: 50, now: () => performance.now() })
  await reader.start({
    started(ends) {
      for (const [partition, end] of ends) {
        behind.set(partition, end)
        next.set(partition, end)
      }
    },
    records(partition, read) {
      const end = next.get(partition) ?? 0n
      for (const { offset, timestampMs, key, value, headers, undecodableBatch } of read) {
        // What came after the beginning of this reading is the next one's.
        if (offset >= end) continue
        const bytes = { key: key === null ? null : Buffer.from(key), value: value && Buffer.from(value) }
        records.push({
          position: { topic, partition, offset },
          timestampMs,
          ...bytes,
          headers: singleHeaders(headers),
          ...(undecodableBatch !== undefined && { undecodableBatch }),
        })
      }
    },
    position(partition, nextOffset) {
      if (nextOffset >= (behind.get(partition) ?? 0n)) behind.delete(partition)
      if (behind.size === 0) caughtUp.resolve()
    },
    troubled() {},
    reset() {},
  })
  await caughtUp.promise
  await reader.stop()
  return { records, next }
}

/** Those that stand once and have a value. */
function singleHeaders(headers: ReadRecord['headers']): Record<string, Buffer> {
  const single: Record<string, Buffer> = {}
  for (const [name, value] of Object.entries(headers)) if (Buffer.isBuffer(value)) single[name] = value
  return single
}
