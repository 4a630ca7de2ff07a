/**
 * A compacted topic of four partitions whose ends are what readers stumble over: 0 is empty, 1 begins with a
 * batch that compaction emptied, 2 ends in the marker of a committed transaction, 3 in an aborted transaction.
 */
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import type { KafkaConfig, Message, Producer } from 'kafkajs'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { ReadRecord, TopicReaderSink } from '../../src/kafka/topic-reader.ts'
import { madeTopics } from '../harness/made-topics.ts'
import { until } from '../harness/until.ts'

export const clientOptions = (): KafkaConfig => ({
  clientId: 'reader-test',
  brokers: (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','),
  logLevel: logLevel.NOTHING,
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
})
export const now = (): number => performance.now()

export const withProducer = async (
  use: (producer: Producer) => Promise<unknown>,
  more = {},
): Promise<void> => {
  const producer = new Kafka(clientOptions()).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    ...more,
  })
  await producer.connect()
  try {
    await use(producer)
  } finally {
    await producer.disconnect()
  }
}

export const produce = (topic: string, partition: number, messages: Message[]): Promise<void> =>
  withProducer((producer) =>
    producer.send({ topic, messages: messages.map((message) => ({ ...message, partition })) }),
  )

const transaction = (topic: string, partition: number, end: 'commit' | 'abort'): Promise<void> =>
  withProducer(
    async (producer) => {
      const open = await producer.transaction()
      await open.send({ topic, messages: [{ key: 'in-transaction', value: end, partition }] })
      await (end === 'commit' ? open.commit() : open.abort())
    },
    { transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 },
  )

export const createTopic = async (name: string, numPartitions: number, config: Record<string, string>) => {
  const topic = `${name}-${randomUUID()}`
  const admin = new Kafka(clientOptions()).admin()
  await admin.connect()
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  try {
    await madeTopics(admin, [{ topic, numPartitions, configEntries }])
  } finally {
    await admin.disconnect()
  }
  return topic
}

/** What a reader was told, and a way to wait for it. */
export class Seen implements TopicReaderSink {
  ends: ReadonlyMap<number, bigint> = new Map()
  readonly read: (Omit<ReadRecord, 'key' | 'value'> & {
    partition: number
    key: string
    value: string | null
  })[] = []
  readonly positions = new Map<number, { next: bigint; end: bigint; askedAtMs: number }>()
  readonly troubles: Error[] = []
  readonly resets: string[] = []
  answers = 0
  private waiting: { isTrue(): boolean; resolve(): void }[] = []

  started(ends: ReadonlyMap<number, bigint>): void {
    this.ends = ends
    this.check()
  }
  records(partition: number, records: readonly ReadRecord[]): void {
    for (const { key, value, ...rest } of records) {
      this.read.push({
        ...rest,
        partition,
        key: String(key),
        value: value === null ? null : value.toString(),
      })
    }
    this.check()
  }
  position(partition: number, next: bigint, end: bigint, askedAtMs: number): void {
    this.answers += 1
    this.positions.set(partition, { next, end, askedAtMs })
    this.check()
  }
  troubled(error: Error): void {
    this.troubles.push(error)
    this.check()
  }
  reset(partition: number, reason: string): void {
    this.resets.push(`${partition}: ${reason}`)
    this.check()
  }
  until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push({ isTrue, resolve }))
  }
  untilCaughtUp(): Promise<void> {
    return this.until(() =>
      Array.from(this.ends).every(([partition, end]) => (this.positions.get(partition)?.next ?? -1n) >= end),
    )
  }
  private check(): void {
    const over = this.waiting.filter(({ isTrue }) => isTrue())
    this.waiting = this.waiting.filter((waiter) => !over.includes(waiter))
    for (const waiter of over) waiter.resolve()
  }
}

const readAll = async (topic: string): Promise<Seen> => {
  const seen = new Seen()
  const reader = createTopicReader({ client: clientOptions(), topic, now })
  await reader.start(seen)
  await seen.untilCaughtUp()
  await reader.stop()
  return seen
}

/** Timestamps decide when the broker rolls a segment, so the records are dated instead of waited for. */
const tenKeys = (value: string, timestampMs: number): Message[] =>
  Array.from({ length: 10 }, (_, index) => ({ key: `k${index}`, value, timestamp: String(timestampMs) }))

export const createCompactedTopic = async (): Promise<string> => {
  const topic = await createTopic('compacted', 4, {
    'cleanup.policy': 'compact',
    'segment.ms': '50',
    'min.cleanable.dirty.ratio': '0.01',
    'delete.retention.ms': '0',
  })
  const nowMs = Date.now()
  // The cleaner keeps the emptied batch because it holds the idempotent producer's last sequence number.
  await withProducer(
    (producer) =>
      producer.send({
        topic,
        messages: tenKeys('old', nowMs - 2_000).map((message) => ({ ...message, partition: 1 })),
      }),
    { idempotent: true, maxInFlightRequests: 1 },
  )
  await transaction(topic, 2, 'commit')
  await transaction(topic, 3, 'abort')
  await produce(topic, 1, tenKeys('new', nowMs - 1_000))
  await produce(topic, 1, [{ key: 'last', value: 'new', timestamp: String(nowMs) }])
  const isCompacted = async (): Promise<boolean> =>
    (await readAll(topic)).read.every(({ value }) => value !== 'old')
  await until(isCompacted, 'the cleaner to have emptied the first batch', 30_000)
  return topic
}
