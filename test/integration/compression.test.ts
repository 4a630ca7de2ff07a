// Compressed call events: every codec of Kafka's producers is read, and a batch that cannot be decoded ends on the
// dead-letter topic as a whole instead of holding its partition.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CompressionTypes, Kafka, Partitioners } from 'kafkajs'
import { applyClientPatches } from '../../src/kafka/client-patches.ts'
import { MAX_INFLATED_BYTES } from '../../src/kafka/patches/compression-codecs.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { ReadRecord, TopicReader } from '../../src/kafka/topic-reader.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { clientOptions, now } from './compacted-topic.ts'

describe('compressed call events', () => {
  let rig: WorkerRig
  let receiver: Receiver
  let events: TopicReader
  let letters: TopicReader
  /** The topic's own records, to be written again in other ways. */
  const plain: Buffer[] = []
  const dead: { readonly bytes: number; readonly headers: Record<string, string> }[] = []

  const readInto = async (topic: string, onRecord: (record: ReadRecord) => void): Promise<TopicReader> => {
    const reader = createTopicReader({ client: clientOptions(), topic, maxWaitMs: 100, now })
    await reader.start({
      started() {},
      records(_partition, records) {
        for (const one of records) onRecord(one)
      },
      position() {},
      troubled() {},
      reset() {},
    })
    return reader
  }

  beforeAll(async () => {
    applyClientPatches()
    receiver = await startReceiver()
    rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '1' })
    const { port } = receiver
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port }))
    events = await readInto(rig.settings.topics.events.name, ({ value }) => {
      if (value !== null && value.length < 100_000) plain.push(Buffer.from(value))
    })
    letters = await readInto(rig.settings.topics.deadLetters.name, ({ value, headers }) => {
      const texts = Object.entries(headers).map(([name, header]) => [name, String(header)])
      dead.push({ bytes: value?.length ?? 0, headers: Object.fromEntries(texts) })
    })
    await rig.startWorker()
  })

  afterAll(async () => {
    await rig.stop()
    await events.stop()
    await letters.stop()
    await receiver.stop()
  })

  const produce = async (
    compression: CompressionTypes,
    values: readonly Buffer[],
    topic = rig.settings.topics.events.name,
  ): Promise<void> => {
    const producer = new Kafka(clientOptions()).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    try {
      const messages = values.map((value) => ({ key: 'k', value }))
      await producer.send({ topic, compression, messages })
    } finally {
      await producer.disconnect()
    }
  }

  it('are delivered, with whichever codec they were packed', async () => {
    const codecs = ['GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const
    for (const [index, codec] of codecs.entries()) {
      const calls = [0, 1, 2].map((call) => simulateCall(10 * index + call, 'acme', Date.now()))
      const from = plain.length
      // Written once as they are, so that there are bytes of real events to pack.
      for (const { end } of calls) await rig.publisher.callEvent(end)
      await until(() => plain.length === from + 3, 'the events as they are')
      const before = rig.outcomes.length
      await produce(CompressionTypes[codec], plain.slice(from))
      await until(() => plain.length === from + 6, `the same from ${codec}`)
      expect(plain.slice(from + 3)).toEqual(plain.slice(from, from + 3))
      await until(() => rig.outcomes.length >= before + 3, `outcomes of events in ${codec}`)
    }
    // Each event came twice, plain and packed, and was delivered both times under one id.
    await until(() => rig.outcomes.length >= 24, 'all outcomes')
    expect(rig.outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 24 }, () => 'delivered'))
    expect(rig.finals().size).toBe(12)
  })

  it('that would inflate without end are kept as they came, and the event behind them is delivered', async () => {
    const finalsBefore = rig.finals().size
    const bomb = Buffer.alloc(MAX_INFLATED_BYTES)
    for (const codec of ['GZIP', 'ZSTD'] as const) await produce(CompressionTypes[codec], [bomb])
    await rig.publisher.callEvent(simulateCall(99, 'acme', Date.now()).end)
    await rig.untilFinals(finalsBefore + 1)
    await until(() => dead.length >= 2, 'two dead letters')
    for (const [index, codec] of ['gzip', 'zstd'].entries()) {
      const offset = String(24 + index)
      expect(dead[index]?.headers).toMatchObject({
        'dead-letter-reason': 'undecodable_batch',
        'dead-letter-offset': offset,
        'dead-letter-detail': `batch of offsets ${offset} to ${offset}: ${codec}: inflates to more than 67108864 bytes`,
      })
      // Of the 64 MiB that it stands for.
      expect(dead[index]?.bytes).toBeGreaterThan(1_000)
      expect(dead[index]?.bytes).toBeLessThan(100_000)
    }
    expect(dead).toHaveLength(2)
  })

  it('among the webhooks are told of, and the table goes on behind them', async () => {
    const topic = rig.settings.topics.webhooks.name
    await produce(CompressionTypes.GZIP, [Buffer.alloc(MAX_INFLATED_BYTES)], topic)
    const { port } = receiver
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'behind', account_id: 'other', port }))
    // A second worker, since one that reads it from the beginning must become ready, too.
    await rig.startWorker()
    // The worker that runs already may take an event before it has read the webhook, so one event is not enough.
    let call = 200
    const isDelivered = async (): Promise<boolean> => {
      await rig.publisher.callEvent(simulateCall((call += 1), 'other', Date.now()).end)
      return rig.outcomes.some(({ webhook_id, result }) => webhook_id === 'behind' && result === 'delivered')
    }
    await until(isDelivered, 'a delivery to the webhook behind the batch')
    const told = rig.observations.filter(({ kind }) => kind === 'trouble')
    expect(told).toContainEqual({
      kind: 'trouble',
      where: 'table-source',
      error: 'batch of offsets 1 to 1: gzip: inflates to more than 67108864 bytes',
    })
  })
})
