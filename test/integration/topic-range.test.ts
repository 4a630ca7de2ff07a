// A topic read once: what falls silent, is thrown or comes in several answers while it is read.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { ISocketFactory, KafkaConfig } from 'kafkajs'
import { expectedError } from '../../src/cli/expected-error.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { readTopicRange } from '../../src/kafka/topic-range.ts'

const topic = `range-${randomUUID().slice(0, 8)}`
/** More than one answer holds. */
const records = 5
const valueBytes = 900_000

const client: KafkaConfig = clientConfigOf(
  {
    brokers: [process.env['TEST_KAFKA_BROKERS'] ?? ''],
    clientId: 'topic-range',
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
  },
  () => () => {},
)

/** A client to which the brokers can fall silent: what it writes then goes nowhere. */
function silenceable() {
  const sockets: Socket[] = []
  let isSilent = false
  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect(port, host, onConnect)
    if (isSilent) mute(socket)
    sockets.push(socket)
    return socket
  }
  return {
    client: { ...client, socketFactory },
    fallSilent(): void {
      isSilent = true
      sockets.forEach(mute)
    },
  }
}

function mute(socket: Socket): void {
  socket.write = () => true
}

beforeAll(async () => {
  const kafka = createKafkaClient(client)
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  for (let sent = 0; sent < records; sent += 1) {
    await producer.send({ topic, messages: [{ key: String(sent), value: Buffer.alloc(valueBytes) }] })
  }
  await producer.disconnect()
})

const failureOf = async (
  options: Pick<Parameters<typeof readTopicRange>[0], 'client' | 'onRecords' | 'silentForMs'>,
) =>
  readTopicRange({ ...options, topic, rangesOf: (held) => held }).then(
    () => null,
    (error: unknown) => error,
  )

describe('a topic that is read once', () => {
  it('is read in several answers, each record once', async () => {
    const keys: string[] = []
    let answers = 0
    await readTopicRange({
      client,
      topic,
      rangesOf: (held) => held,
      onRecords(_, read) {
        answers += 1
        keys.push(...read.map(({ key }) => String(key)))
      },
    })
    expect(keys).toEqual(['0', '1', '2', '3', '4'])
    expect(answers).toBeGreaterThan(1)
  })

  it('is told to be out of reach where the brokers fall silent in the middle of it', async () => {
    const brokers = silenceable()
    const onRecords = (): void => brokers.fallSilent()
    const failure = await failureOf({ client: brokers.client, onRecords, silentForMs: 3_000 })
    expect(expectedError(failure)).toMatch(/^Kafka at .+; see kafka\.brokers \(KAFKA_BROKERS\)/)
  })

  it('ends with what the one who takes its records throws', async () => {
    const own = new Error('not mine')
    const onRecords = () => {
      throw own
    }
    expect(await failureOf({ client, onRecords })).toBe(own)
  })
})
