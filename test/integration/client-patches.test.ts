import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import { applyClientPatches } from '../../src/kafka/client-patches.ts'
import { fetchDefinition } from '../../src/kafka/patches/kafkajs-internals.ts'
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

describe('a consumer of a topic with a batch that compaction emptied', () => {
  it('reads on behind it, where the plain client asks for the same batch for ever', async () => {
    const topic = await createCompactedTopic()
    applyClientPatches()
    const patched = fetchDefinition.protocol
    fetchDefinition.protocol = plain
    expect(await consume(topic, (fetches) => fetches >= 15)).toEqual([])
    fetchDefinition.protocol = patched
    const expected = Array.from({ length: 11 }, (_, index) => String(10 + index))
    // However many answers are about the other partitions.
    expect(await consume(topic, (_fetches, offsets) => offsets.includes('20'))).toEqual(expected)
  })
})
