// Records that cannot be read as events: they end on the dead-letter topic, whole, and hold nothing up.
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigResourceTypes, Kafka } from 'kafkajs'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { ReadRecord, TopicReader } from '../../src/kafka/topic-reader.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { clientOptions, now, withProducer } from './compacted-topic.ts'

describe('a record that is no event', () => {
  let rig: WorkerRig
  let receiver: Receiver
  let reader: TopicReader
  const letters: Pick<ReadRecord, 'key' | 'value' | 'headers'>[] = []
  const admin = new Kafka(clientOptions()).admin()

  beforeAll(async () => {
    await admin.connect()
    receiver = await startReceiver()
    rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '1' })
    const { port } = receiver
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port }))
    const topic = rig.settings.topics.deadLetters.name
    reader = createTopicReader({ client: clientOptions(), topic, maxWaitMs: 100, now })
    await reader.start({
      started() {},
      records(_partition, records) {
        for (const { key, value, headers } of records)
          if ('dead-letter-reason' in headers) letters.push(structuredClone({ key, value, headers }))
      },
      position() {},
      troubled() {},
      reset() {},
    })
    await rig.startWorker()
  })

  afterAll(async () => {
    await rig.stop()
    await reader.stop()
    await receiver.stop()
    await admin.disconnect()
  })

  const eventsTopic = (): string => rig.settings.topics.events.name
  const produceRaw = (
    value: Buffer | null,
    headers: Record<string, Buffer | string | (Buffer | string)[]> = {},
  ) =>
    withProducer((producer) =>
      producer.send({ topic: eventsTopic(), messages: [{ key: Buffer.from([0xff, 0x00]), value, headers }] }),
    )

  const bytesOf = (value: Uint8Array | null | undefined): Buffer | null => (value ? Buffer.from(value) : null)

  it('is kept byte for byte with its headers, and the event behind it is delivered', async () => {
    const value = Buffer.concat([Buffer.from([0x01]), randomBytes(500)])
    await produceRaw(value, { traceparent: '00-1', twice: ['a', Buffer.from([0xff, 0xfe])] })
    await produceRaw(null)
    await rig.publisher.callEvent(simulateCall(0, 'acme', Date.now()).end)
    await rig.untilFinals(1)
    await until(() => letters.length >= 2, 'two dead letters')
    const [first, second] = letters
    expect(bytesOf(first?.key)).toEqual(Buffer.from([0xff, 0x00]))
    expect(bytesOf(first?.value)).toEqual(value)
    const texts = Object.entries(first?.headers ?? {}).map(([name, header]) => [
      name,
      Array.isArray(header)
        ? header.map((one) => bytesOf(one)?.toString('latin1'))
        : bytesOf(header)?.toString(),
    ])
    expect(Object.fromEntries(texts)).toEqual({
      traceparent: '00-1',
      twice: ['a', '\u00FF\u00FE'],
      'dead-letter-reason': 'not_framed',
      'dead-letter-detail': expect.stringContaining('501 bytes'),
      'dead-letter-topic': eventsTopic(),
      'dead-letter-partition': '0',
      'dead-letter-offset': '0',
      'dead-letter-timestamp': expect.stringMatching(/^\d{13}$/),
    })
    expect(bytesOf(second?.value)).toBeNull()
    expect(bytesOf(second?.headers['dead-letter-reason'] as Uint8Array)?.toString()).toBe('empty_value')
  })

  /** The controller answers before the broker applies a limit: only a refused record proves that it is in force. */
  const refused = async (topic: string, value: Buffer): Promise<boolean> => {
    try {
      await withProducer((producer) => producer.send({ topic, messages: [{ value }] }))
      return false
    } catch (error) {
      expect(error).toMatchObject({ type: 'MESSAGE_TOO_LARGE' })
      return true
    }
  }

  it('and is too large for the dead-letter topic is cut instead of holding its partition', async () => {
    const before = letters.length
    const topic = rig.settings.topics.deadLetters.name
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: '20000' }],
        },
      ],
    })
    await until(() => refused(topic, randomBytes(30_000)), 'the new limit')
    const value = Buffer.concat([Buffer.from([0x02]), randomBytes(300_000)])
    await produceRaw(value)
    await rig.publisher.callEvent(simulateCall(1, 'acme', Date.now()).end)
    await rig.untilFinals(2)
    await until(() => letters.length > before, 'the dead letter')
    const letter = letters.at(-1)
    expect(bytesOf(letter?.value)).toEqual(value.subarray(0, 4_096))
    const header = (name: string) => bytesOf(letter?.headers[name] as Uint8Array)?.toString()
    expect(header('dead-letter-value-bytes')).toBe('300001')
    expect(header('dead-letter-value-sha256')).toBe(createHash('sha256').update(value).digest('hex'))
  })

  it('is behind the committed offset once it is written', async () => {
    const { end } = simulateCall(2, 'acme', Date.now())
    await rig.publisher.callEvent(end)
    await rig.untilFinals(3)
    const [ends] = await admin.fetchTopicOffsets(eventsTopic())
    await until(async () => {
      const [group] = await admin.fetchOffsets({ groupId: rig.settings.group.id, topics: [eventsTopic()] })
      return group?.partitions[0]?.offset === ends?.offset
    }, 'the commit of everything')
    expect(rig.observations.filter(({ kind }) => kind === 'dead_lettered')).toHaveLength(3)
  })
})
