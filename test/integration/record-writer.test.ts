// The writer against a real broker and a bad network: a promise is kept exactly when the broker has the record.
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { KafkaConfig } from 'kafkajs'
import type { Observation } from '../../src/domain/observation.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { RecordTooLarge, WriteGivenUp } from '../../src/kafka/write-faults.ts'
import type { OutgoingRecord, RecordWriterOptions } from '../../src/kafka/record-writer.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import type { TcpProxy } from '../harness/tcp-proxy.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic, now, Seen } from './compacted-topic.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const brokers = (): string[] => (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',')
/** Every connection goes through the proxy, whatever address the broker names. */
const through = ({ host, port }: TcpProxy, more: Partial<KafkaConfig> = {}): KafkaConfig => ({
  ...clientOptions(),
  retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 1 },
  ...more,
  socketFactory: ({ onConnect }) => connect({ host, port }, onConnect),
})

const startWriter = async (
  topic: string,
  more: Partial<RecordWriterOptions> & { client?: KafkaConfig } = {},
) => {
  const troubles: Observation[] = []
  const { client = clientOptions(), ...options } = more
  const writer = new RecordWriter({
    kafka: createKafkaClient(client),
    topic,
    lingerMs: 2,
    maxBatch: 500,
    observer: { observe: (observation) => void troubles.push(observation) },
    ...options,
  })
  await writer.start()
  closing.push(() => writer.stop())
  return { writer, troubles }
}

const record = (key: string, value: string | Buffer = 'v'): OutgoingRecord => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
})

/** All that the topic holds now, as `partition/key`. */
const contentOf = async (topic: string): Promise<string[]> => {
  const seen = new Seen()
  const reader = createTopicReader({ client: clientOptions(), topic, now })
  await reader.start(seen)
  await seen.untilCaughtUp()
  await reader.stop()
  return seen.read.map(({ partition, key }) => `${partition}/${key}`)
}

const keysOf = async (topic: string): Promise<Set<string>> =>
  new Set((await contentOf(topic)).map((text) => text.split('/')[1] ?? ''))

describe('a writer', () => {
  it('acknowledges what the broker has, in the order of the calls per key', async () => {
    const topic = await createTopic('writer', 3, {})
    const { writer } = await startWriter(topic, { maxBatch: 7 })
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => writer.write(record(`k${index % 10}`, `${index}`))),
    )
    expect(await contentOf(topic)).toHaveLength(100)
  })

  it('puts a key into the partition that a Java producer would', async () => {
    const topic = await createTopic('writer', 64, {})
    const { writer } = await startWriter(topic)
    // Kafka's own test vectors for its murmur2, made positive, modulo the partitions.
    const vectors: Record<string, number> = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    }
    await Promise.all(Object.keys(vectors).map((key) => writer.write(record(key))))
    const expected = Object.entries(vectors).map(([key, hash]) => `${(hash & 0x7fffffff) % 64}/${key}`)
    expect((await contentOf(topic)).sort()).toEqual(expected.sort())
  })

  it('rejects a record that is too large, alone among its batch', async () => {
    const topic = await createTopic('writer', 1, { 'max.message.bytes': '5000' })
    const { writer, troubles } = await startWriter(topic, { lingerMs: 20 })
    const large = new Set([3, 11, 12])
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        writer.write(record(`k${index}`, 'x'.repeat(large.has(index) ? 6_000 : 300))),
      ),
    )
    for (const [index, result] of results.entries()) {
      expect([index, result.status]).toEqual([index, large.has(index) ? 'rejected' : 'fulfilled'])
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RecordTooLarge)
    }
    expect((await keysOf(topic)).size).toBe(17)
    expect(troubles).toEqual([])
  })

  it('writes what goes together with one that is too large, once', async () => {
    const topic = await createTopic('writer', 8, { 'max.message.bytes': '5000' })
    const { writer } = await startWriter(topic, { lingerMs: 20 })
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, partition) =>
        writer.write({ ...record(`k${partition}`, 'x'.repeat(partition === 3 ? 6_000 : 300)), partition }),
      ),
    )
    expect(results.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
    expect((await contentOf(topic)).sort()).toEqual([0, 1, 2, 4, 5, 6, 7].map((at) => `${at}/k${at}`))
  })

  it('writes more than one send may hold without ever being refused', async () => {
    const topic = await createTopic('writer', 1, {})
    const { writer, troubles } = await startWriter(topic, { lingerMs: 20 })
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => writer.write(record(`k${index}`, 'x'.repeat(100_000)))),
    )
    expect((await keysOf(topic)).size).toBe(40)
    expect(troubles).toEqual([])
  })

  it('keeps headers, also one that stands twice, and a value of null', async () => {
    const topic = await createTopic('writer', 1, {})
    const { writer } = await startWriter(topic)
    await writer.write({ key: null, value: null, headers: { one: 'a', two: ['b', Buffer.from([0xff])] } })
    const seen = new Seen()
    const reader = createTopicReader({ client: clientOptions(), topic, now })
    await reader.start(seen)
    await seen.untilCaughtUp()
    await reader.stop()
    expect(seen.read).toMatchObject([
      { value: null, headers: { one: Buffer.from('a'), two: [Buffer.from('b'), Buffer.from([0xff])] } },
    ])
  })

  it('names the offset under which a record stands', async () => {
    const topic = await createTopic('writer', 1, {})
    const { writer } = await startWriter(topic, { lingerMs: 20 })
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
    const offsets = await Promise.all(keys.map((key) => writer.append(record(key), null)))
    const seen = new Seen()
    const reader = createTopicReader({ client: clientOptions(), topic, now })
    await reader.start(seen)
    await seen.untilCaughtUp()
    await reader.stop()
    expect(offsets.map((offset) => seen.read.find((one) => one.offset === offset)?.key)).toEqual(keys)
  })

  it('refuses to start on a topic that is missing', async () => {
    const kafka = createKafkaClient(clientOptions())
    const writer = new RecordWriter({
      kafka,
      topic: 'no-such-topic',
      lingerMs: 0,
      maxBatch: 1,
      observer: { observe() {} },
    })
    await expect(writer.start()).rejects.toThrow()
    await writer.stop()
  })
})

describe('a writer whose broker goes away', () => {
  it.each(['cut', 'swallow'] as const)('writes everything once it is back (%s)', async (fault) => {
    const topic = await createTopic('writer', 2, {})
    const proxy = await startTcpProxy(brokers()[0] ?? '')
    closing.push(() => proxy.stop())
    const { writer, troubles } = await startWriter(topic, { client: through(proxy, { requestTimeout: 700 }) })
    await writer.write(record('before'))
    proxy.become(fault === 'cut' ? 'refuse' : 'swallow')
    if (fault === 'cut') proxy.cut()
    const acknowledged = new Set<string>()
    const writes = Array.from({ length: 50 }, (_, index) => `k${index}`).map(async (key) => {
      await writer.write(record(key))
      acknowledged.add(key)
    })
    await until(() => troubles.length > 0, 'the first trouble', 20_000)
    expect(acknowledged.size).toBe(0)
    proxy.become('pass')
    proxy.cut()
    await Promise.all(writes)
    const keys = await keysOf(topic)
    expect([...acknowledged].filter((key) => !keys.has(key))).toEqual([])
    expect(acknowledged.size).toBe(50)
  })

  it('sends no more what was given up, and says whether it may be there', async () => {
    const topic = await createTopic('writer', 1, {})
    const proxy = await startTcpProxy(brokers()[0] ?? '')
    closing.push(() => proxy.stop())
    const { writer, troubles } = await startWriter(topic, {
      client: through(proxy, { requestTimeout: 700 }),
      maxBatch: 1,
    })
    await writer.write(record('before'))
    proxy.become('refuse')
    proxy.cut()
    const giveUp = new AbortController()
    const given = ['tried', 'waiting'].map((key) => writer.append(record(key), giveUp.signal))
    const kept = writer.write(record('kept'))
    const ended = Promise.allSettled(given)
    await until(() => troubles.length > 0, 'the first trouble', 20_000)
    giveUp.abort()
    proxy.become('pass')
    const reasons = (await ended).map((result) =>
      result.status === 'rejected' ? (result.reason as unknown) : null,
    )
    expect(reasons).toEqual([expect.any(WriteGivenUp), expect.any(WriteGivenUp)])
    expect(reasons).toMatchObject([{ sent: 'perhaps' }, { sent: 'never' }])
    await kept
    expect(await keysOf(topic)).toEqual(new Set(['before', 'kept']))
  })

  it('repeats nothing while that may be somebody else’s to write', async () => {
    const topic = await createTopic('writer', 1, {})
    const proxy = await startTcpProxy(brokers()[0] ?? '')
    closing.push(() => proxy.stop())
    let doubted: PromiseWithResolvers<void> | null = null
    let asked = 0
    const doubt = (): Promise<void> | null => {
      asked += 1
      return doubted?.promise ?? null
    }
    const client = through(proxy, { requestTimeout: 700 })
    const { writer, troubles } = await startWriter(topic, { client, doubt })
    await writer.write(record('before'))
    proxy.become('refuse')
    proxy.cut()
    const lost = new AbortController()
    const stale = writer.append(record('stale'), lost.signal).catch((error: unknown) => error)
    const kept = writer.write(record('kept'))
    await until(() => troubles.length > 0, 'the first trouble', 20_000)
    doubted = Promise.withResolvers<void>()
    const askedBefore = asked
    proxy.become('pass')
    await until(() => asked > askedBefore, 'it to ask before it repeats')
    expect(await keysOf(topic)).toEqual(new Set(['before']))
    lost.abort()
    const { resolve } = doubted
    doubted = null
    resolve()
    await kept
    expect(await stale).toMatchObject({ code: 'WRITE_GIVEN_UP', sent: 'perhaps' })
    expect(await keysOf(topic)).toEqual(new Set(['before', 'kept']))
  })

  it.each(['refuse', 'swallow'] as const)(
    'rejects what waits when it is stopped, soon (%s)',
    async (mode) => {
      const topic = await createTopic('writer', 1, {})
      const proxy = await startTcpProxy(brokers()[0] ?? '')
      const { writer } = await startWriter(topic, { client: through(proxy, { requestTimeout: 1_000 }) })
      await writer.write(record('before'))
      proxy.become(mode)
      if (mode === 'refuse') proxy.cut()
      const settled = Promise.allSettled([1, 2, 3].map((index) => writer.write(record(`k${index}`))))
      const stoppedAtMs = performance.now()
      await new Promise((resolve) => setImmediate(resolve))
      await writer.stop()
      for (const result of await settled) expect(result.status).toBe('rejected')
      expect(performance.now() - stoppedAtMs).toBeLessThan(3_000)
      await expect(writer.write(record('after'))).rejects.toThrow()
      await proxy.stop()
    },
  )
})
