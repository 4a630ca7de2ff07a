import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import { applyClientPatches } from '../../src/kafka/client-patches.ts'
import { fetchDefinition } from '../../src/kafka/patches/kafkajs-internals.ts'
import { openTopicCluster } from '../../src/kafka/topic-cluster.ts'
import { clientOptions, createCompactedTopic } from './compacted-topic.ts'

/** Taken before anything applies the patches. */
const plain = fetchDefinition.protocol

/** Consumes partition 1, one batch per fetch, until `isEnough` of the fetches answered and the offsets seen. */
const consume = async (
  topic: string,
  isEnough: (fetches: number, offsets: readonly string[]) => boolean,
): Promise<string[]> => {
  const consumer = new Kafka(clientOptions()).consumer({
    groupId: randomUUID(),
    maxBytesPerPartition: 1,
    maxWaitTimeInMs: 200,
  })
  const offsets: string[] = []
  let fetches = 0
  const over = new Promise<void>((resolve) => {
    consumer.on(consumer.events.FETCH, () => {
      fetches += 1
      if (isEnough(fetches, offsets)) resolve()
    })
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset }) => {
      if (batch.partition !== 1) return
      for (const { offset } of batch.messages) {
        offsets.push(offset)
        resolveOffset(offset)
      }
      await Promise.resolve()
    },
  })
  await over
  await consumer.disconnect()
  return offsets
}

/** The offsets of what one fetch of partition 1 answers from there on, as the client decodes it. */
const fetchedFrom = async (topic: string, offset: number): Promise<string[]> => {
  const { cluster, close } = await openTopicCluster(clientOptions(), topic, () => {})
  try {
    const leader = cluster
      .findTopicPartitionMetadata(topic)
      .find(({ partitionId }) => partitionId === 1)?.leader
    const broker = await cluster.findBroker({ nodeId: String(leader) })
    const partitions = [{ partition: 1, fetchOffset: String(offset), maxBytes: 1 }]
    const { responses } = await broker.fetch({
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: 1,
      isolationLevel: 1,
      topics: [{ topic, partitions }],
    })
    return responses.flatMap((each) =>
      each.partitions.flatMap(({ messages }) => messages.map((one) => one.offset)),
    )
  } finally {
    await close()
  }
}

describe('a topic with a batch that compaction emptied', () => {
  let topic = ''
  let patched = plain
  beforeAll(async () => {
    topic = await createCompactedTopic()
    applyClientPatches()
    patched = fetchDefinition.protocol
  })
  const asPlain = async <Answer>(use: () => Promise<Answer>): Promise<Answer> => {
    fetchDefinition.protocol = plain
    try {
      return await use()
    } finally {
      fetchDefinition.protocol = patched
    }
  }

  it('is read on behind it, where the plain client asks for the same batch for ever', async () => {
    expect(await asPlain(() => consume(topic, (fetches) => fetches >= 15))).toEqual([])
    const expected = Array.from({ length: 11 }, (_, index) => String(10 + index))
    // However many answers are about the other partitions.
    expect(await consume(topic, (_fetches, offsets) => offsets.includes('20'))).toEqual(expected)
  })

  it('is left behind in one fetch, where a plain client that is sent on by one offset fetches ten times', async () => {
    for (const offset of [0, 1, 5, 9]) {
      expect(await asPlain(() => fetchedFrom(topic, offset))).toEqual([])
      expect((await fetchedFrom(topic, offset)).at(-1)).toBe('9')
    }
    expect((await asPlain(() => fetchedFrom(topic, 10)))[0]).toBe('10')
  })
})
