// A consumer whose partitions are all paused, and a fetch wait long enough to tell a wake-up from its end.
import { expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic, produce } from './compacted-topic.ts'

const fetchWaitMs = 4_000

it('fetches a resumed partition at once, though the client was asleep with everything paused', async () => {
  const topic = await createTopic('resume', 1, {})
  const consumer = createKafkaClient(clientOptions()).consumer({
    groupId: randomUUID(),
    maxWaitTimeInMs: fetchWaitMs,
  })
  const read: string[] = []
  let fetches = 0
  consumer.on(consumer.events.FETCH_START, () => {
    fetches += 1
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) })
  try {
    await produce(topic, 0, [{ value: 'first' }])
    await until(() => read.length === 1, 'the first record')
    consumer.pause([{ topic }])
    const before = fetches
    // Ends the long poll that was sent before the pause; the next fetch finds everything paused.
    await produce(topic, 0, [{ value: 'second' }])
    await until(() => fetches > before, 'a fetch with everything paused')
    const resumedAtMs = performance.now()
    consumer.resume([{ topic }])
    await until(() => read.length === 2, 'the second record', fetchWaitMs)
    expect(performance.now() - resumedAtMs).toBeLessThan(fetchWaitMs / 4)
  } finally {
    await consumer.disconnect()
  }
})
