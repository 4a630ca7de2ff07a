// An answer that is lost on its way back: the record is there, and its sender does not know.
import { afterEach, expect, it } from '@jest/globals'
import { Kafka, Partitioners } from 'kafkajs'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { connectionLost, interceptNext } from '../harness/intercepted.ts'
import { clientOptions, createTopic, now, Seen } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const loseNextAnswer = (): void =>
  interceptNext('produce', async (send) => {
    await send()
    throw connectionLost()
  })

const keysOf = async (topic: string): Promise<string[]> => {
  const seen = new Seen()
  const reader = createTopicReader({ client: clientOptions(), topic, now })
  await reader.start(seen)
  await seen.untilCaughtUp()
  await reader.stop()
  return seen.read.map(({ key }) => key)
}

it('costs the plain idempotent producer the record that is sent beside, and both sends succeed', async () => {
  const topic = await createTopic('lost', 1, {})
  const producer = new Kafka(clientOptions()).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
  })
  closing.push(() => producer.disconnect())
  await producer.connect()
  const send = (key: string) => producer.send({ topic, messages: [{ key, value: 'v' }] })
  // Once the topic is known, the one waits behind the other before that is answered.
  await send('before')
  loseNextAnswer()
  const answers = await Promise.all([send('one'), send('two')])
  expect(answers.flat().map(({ errorCode }) => errorCode)).toEqual([0, 0])
  // Whichever came second went under the number of the first, and the broker took it for a repetition.
  const [, ...kept] = await keysOf(topic)
  expect(kept).toHaveLength(2)
  expect(new Set(kept).size).toBe(1)
})

it('costs the writer a repetition and no record', async () => {
  const topic = await createTopic('lost', 1, {})
  const kafka = createKafkaClient(clientOptions())
  const writer = new RecordWriter({ kafka, topic, lingerMs: 0, maxBatch: 1, observer: { observe() {} } })
  closing.push(() => writer.stop())
  await writer.start()
  loseNextAnswer()
  const write = (key: string) => writer.write({ key: Buffer.from(key), value: Buffer.from('v') })
  await Promise.all([write('one'), write('two')])
  expect(await keysOf(topic)).toEqual(['one', 'one', 'two'])
})
