// Brokers that have moved: their name leads elsewhere, and what is open to the old place is not answered any more.
import { connect } from 'node:net'
import { afterEach, expect, it } from '@jest/globals'
import { Kafka, Partitioners } from 'kafkajs'
import type { KafkaConfig } from 'kafkajs'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import { clientOptions, createTopic } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const twoPlaces = async () => {
  const [broker = ''] = clientOptions().brokers as string[]
  const old = await startTcpProxy(broker)
  const next = await startTcpProxy(broker)
  closing.push(
    () => old.stop(),
    () => next.stop(),
  )
  let place = old
  const client: KafkaConfig = {
    ...clientOptions(),
    requestTimeout: 300,
    retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 1 },
    socketFactory: ({ onConnect }) => connect({ host: place.host, port: place.port }, onConnect),
  }
  const move = (): void => {
    old.become('swallow')
    place = next
  }
  return { client, move, next }
}

it('are not looked for by the plain client: each send fails like the one before', async () => {
  const topic = await createTopic('moved', 1, {})
  const { client, move, next } = await twoPlaces()
  const producer = new Kafka(client).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const send = () => producer.send({ topic, messages: [{ value: 'v' }] })
  closing.push(() => producer.disconnect())
  await producer.connect()
  await send()
  move()
  for (let time = 0; time < 2; time += 1) await expect(send()).rejects.toThrow(/timed out/)
  expect(next.accepted).toBe(0)
})

it('are found by the writer, which loses nothing', async () => {
  const topic = await createTopic('moved', 1, {})
  const { client, move, next } = await twoPlaces()
  const kafka = createKafkaClient(client)
  const writer = new RecordWriter({ kafka, topic, lingerMs: 0, maxBatch: 1, observer: { observe() {} } })
  const write = () => writer.write({ key: null, value: Buffer.from('v') })
  closing.push(() => writer.stop())
  await writer.start()
  await write()
  move()
  await write()
  expect(next.accepted).toBeGreaterThan(0)
})
