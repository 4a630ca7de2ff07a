// Reads a topic of one partition in a process of its own that can be frozen: as `plain`, a group of one by the plain
// client, or as `ours`, as the worker reads its table. Sends its parent each record and what happens to its membership.
import { Kafka } from 'kafkajs'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { clientOptions, now } from '../integration/compacted-topic.ts'

export interface ReaderLine {
  readonly kind: 'record' | 'joined' | 'rebalancing'
  readonly offset?: string
  /** Null: deleted. */
  readonly value?: string | null
}

const [reader = '', topic = '', groupId = ''] = process.argv.slice(2)
const tell = (line: ReaderLine): void => void process.send?.(line)

/** The shortest that brokers allow by default. */
const sessionTimeout = 6_000

async function readPlainly(): Promise<void> {
  const consumer = new Kafka(clientOptions()).consumer({ groupId, sessionTimeout, maxWaitTimeInMs: 100 })
  consumer.on(consumer.events.GROUP_JOIN, () => tell({ kind: 'joined' }))
  consumer.on(consumer.events.REBALANCING, () => tell({ kind: 'rebalancing' }))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    async eachMessage({ message: { offset, value } }) {
      tell({ kind: 'record', offset, value: value?.toString() ?? null })
      await Promise.resolve()
    },
  })
}

async function readAsTable(): Promise<void> {
  await createTopicReader({ client: clientOptions(), topic, maxWaitMs: 100, now }).start({
    started() {},
    records(_partition, records) {
      for (const { offset, value } of records) {
        tell({ kind: 'record', offset: String(offset), value: value?.toString() ?? null })
      }
    },
    position() {},
    troubled() {},
    reset() {},
  })
}

await (reader === 'plain' ? readPlainly() : readAsTable())
