import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import type { KafkaConfig } from 'kafkajs'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { TopicReader, TopicReaderOptions } from '../../src/kafka/topic-reader.ts'
import {
  clientOptions,
  createCompactedTopic,
  createTopic,
  now,
  produce,
  Seen,
  withProducer,
} from './compacted-topic.ts'
import { madeTopics } from '../harness/made-topics.ts'

const running: TopicReader[] = []
const proxies: (() => void)[] = []
const begin = async (topic: string, more: Partial<TopicReaderOptions> = {}) => {
  const seen = new Seen()
  const reader = createTopicReader({ client: clientOptions(), topic, now, ...more })
  running.push(reader)
  await reader.start(seen)
  return { seen, reader }
}
afterEach(async () => {
  for (const reader of running.splice(0)) await reader.stop()
  for (const stop of proxies.splice(0)) stop()
})
const admin = async <T>(use: (client: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
  const client = new Kafka(clientOptions()).admin()
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.disconnect()
  }
}

/** Leads every connection over a proxy that can cut all of them, refuse new ones, or swallow what they send. */
const startProxy = async () => {
  const [brokerHost = '', brokerPort = ''] = (clientOptions().brokers as string[])[0]?.split(':') ?? []
  const open = new Set<Socket>()
  const state = { refuse: false, swallow: false, accepted: 0 }
  const server = createServer((near) => {
    if (state.refuse) return near.destroy()
    state.accepted += 1
    const far = connect(Number(brokerPort), brokerHost)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('data', (chunk) => state.swallow || to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
    return undefined
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()))
  const { port } = server.address() as AddressInfo
  const client: KafkaConfig = {
    ...clientOptions(),
    socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port }, onConnect),
  }
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  const stop = (): void => {
    cut()
    server.close()
  }
  proxies.push(stop)
  return { client, state, cut }
}

describe('reading a compacted topic', () => {
  let topic = ''
  beforeAll(async () => {
    topic = await createCompactedTopic()
  })

  it.each([1, 1024 * 1024])(
    'reaches the end of every partition, fetching %i bytes at a time',
    async (bytes) => {
      const { seen } = await begin(topic, { maxBytesPerPartition: bytes })
      expect(Object.fromEntries(seen.ends)).toEqual({ 0: 0n, 1: 21n, 2: 2n, 3: 2n })
      await seen.untilCaughtUp()
      const places = Array.from(seen.positions, ([partition, { next, end }]) => [partition, [next, end]])
      expect(Object.fromEntries(places)).toEqual({ 0: [0n, 0n], 1: [21n, 21n], 2: [2n, 2n], 3: [2n, 2n] })
      const offsets = seen.read.filter(({ partition }) => partition === 1).map(({ offset }) => offset)
      expect(offsets).toEqual(Array.from({ length: 11 }, (_, index) => BigInt(10 + index)))
      expect(seen.read.filter(({ partition }) => partition === 2).map(({ value }) => value)).toEqual([
        'commit',
      ])
      expect(seen.read.filter(({ partition }) => partition === 3)).toEqual([])
      expect(seen.troubles).toEqual([])
    },
  )

  it('asks about twice a second when nothing happens, and stops during the wait', async () => {
    const { seen, reader } = await begin(topic)
    await seen.untilCaughtUp()
    const [before, beganMs] = [seen.answers, now()]
    await seen.until(() => now() - beganMs > 3_000)
    // Four positions are reported per answered request.
    expect((seen.answers - before) / 4).toBeLessThanOrEqual(10)
    const stopMs = now()
    await reader.stop()
    expect(now() - stopMs).toBeLessThan(1_000)
  })
})

describe('following a topic', () => {
  it('hands over an update and a tombstone within a second', async () => {
    const topic = await createTopic('followed', 2, {})
    const { seen } = await begin(topic)
    await seen.untilCaughtUp()
    await produce(topic, 1, [{ key: 'a', value: 'one', headers: { h: 'x' } }])
    const producedMs = now()
    await seen.until(() => seen.read.length === 1)
    expect(now() - producedMs).toBeLessThan(1_000)
    await produce(topic, 1, [{ key: 'a', value: null }])
    await seen.until(() => seen.read.length === 2)
    expect(seen.read).toMatchObject([
      { partition: 1, offset: 0n, key: 'a', value: 'one', headers: { h: Buffer.from('x') } },
      { partition: 1, offset: 1n, key: 'a', value: null },
    ])
    expect(Math.abs((seen.read[0]?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('is caught up while a transaction is open, and hands over its records once it is committed', async () => {
    const topic = await createTopic('open', 1, {})
    await produce(topic, 0, [{ key: 'a', value: 'before' }])
    const transactional = { transactionalId: topic, idempotent: true, maxInFlightRequests: 1 }
    await withProducer(async (producer) => {
      const open = await producer.transaction()
      await open.send({ topic, messages: [{ key: 'a', value: 'inside', partition: 0 }] })
      const { seen } = await begin(topic)
      expect(Object.fromEntries(seen.ends)).toEqual({ 0: 1n })
      await seen.untilCaughtUp()
      expect(seen.positions.get(0)).toMatchObject({ next: 1n, end: 1n })
      await open.commit()
      await seen.until(() => seen.read.length === 2)
      expect(seen.read.map(({ value }) => value)).toEqual(['before', 'inside'])
    }, transactional)
  })

  it('survives cut, refused and half-open connections without losing or repeating a record', async () => {
    const topic = await createTopic('cut', 1, {})
    const proxy = await startProxy()
    const { seen } = await begin(topic, { client: { ...proxy.client, requestTimeout: 1_500 } })
    await seen.untilCaughtUp()
    proxy.state.refuse = true
    proxy.cut()
    await produce(topic, 0, [{ key: 'a', value: 'while away' }])
    await seen.until(() => seen.troubles.length >= 2)
    proxy.state.refuse = false
    await seen.until(() => seen.read.length === 1)
    const sofar = seen.troubles.length
    proxy.state.swallow = true
    await seen.until(() => seen.troubles.length > sofar)
    proxy.state.swallow = false
    await produce(topic, 0, [{ key: 'b', value: 'after silence' }])
    await seen.until(() => seen.read.length === 2)
    expect(seen.read.map(({ value }) => value)).toEqual(['while away', 'after silence'])
    expect(seen.resets).toEqual([])
  })

  it('stops promptly while no broker answers', async () => {
    const topic = await createTopic('unreachable', 1, {})
    const proxy = await startProxy()
    const { seen, reader } = await begin(topic, { client: proxy.client })
    await seen.untilCaughtUp()
    proxy.state.swallow = true
    const stopMs = now()
    await reader.stop()
    expect(now() - stopMs).toBeLessThan(1_000)
  })

  it('starts again when the log begins behind its position', async () => {
    const topic = await createTopic('truncated', 1, { 'cleanup.policy': 'delete' })
    await produce(topic, 0, [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ])
    const proxy = await startProxy()
    const { seen } = await begin(topic, { client: proxy.client })
    await seen.untilCaughtUp()
    proxy.state.refuse = true
    proxy.cut()
    await seen.until(() => seen.troubles.length > 0)
    await produce(topic, 0, [
      { key: 'c', value: '3' },
      { key: 'd', value: '4' },
    ])
    await admin(async (client) => {
      // Loads what the client needs to find the leader.
      await client.fetchTopicOffsets(topic)
      await client.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
    })
    proxy.state.refuse = false
    await seen.until(() => seen.read.length === 3)
    expect(seen.resets).toEqual(['0: the position left the log'])
    expect(seen.read.map(({ value }) => value)).toEqual(['1', '2', '4'])
  })

  it('starts again when the topic was deleted and made anew', async () => {
    const topic = await createTopic('renewed', 1, {})
    await produce(topic, 0, [{ key: 'a', value: 'old' }])
    const { seen } = await begin(topic)
    await seen.untilCaughtUp()
    await admin((client) => client.deleteTopics({ topics: [topic] }))
    await seen.until(() => seen.troubles.length > 0)
    await admin((client) => madeTopics(client, [{ topic, numPartitions: 1 }]))
    await produce(topic, 0, [{ key: 'a', value: 'new' }])
    await seen.until(() => seen.read.length === 2)
    expect(seen.resets).toHaveLength(1)
    expect(seen.read.map(({ value }) => value)).toEqual(['old', 'new'])
  })

  it('finds partitions that are added later', async () => {
    const topic = await createTopic('grown', 1, {})
    const { seen } = await begin(topic, { metadataMaxAgeMs: 300 })
    await admin((client) => client.createPartitions({ topicPartitions: [{ topic, count: 2 }] }))
    await seen.until(() => seen.positions.has(1))
    await produce(topic, 1, [{ key: 'a', value: 'in the new one' }])
    await seen.until(() => seen.read.length === 1)
    expect(seen.troubles).toEqual([])
  })
})

describe('starting', () => {
  it.each([
    ['in the middle', 3n, ['3', '4']],
    ['at the end', 5n, []],
    ['before what retention left', 1n, ['2', '3', '4']],
    ['beyond the end', 6n, ['2', '3', '4']],
  ])('begins where it is told to: %s', async (_, from, values) => {
    const topic = await createTopic('from', 1, { 'cleanup.policy': 'delete' })
    await produce(
      topic,
      0,
      ['0', '1', '2', '3', '4'].map((value) => ({ key: 'k', value })),
    )
    await admin(async (client) => {
      await client.fetchTopicOffsets(topic)
      await client.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    })
    const { seen } = await begin(topic, { from: new Map([[0, from]]) })
    await seen.untilCaughtUp()
    expect(seen.read.map(({ value }) => value)).toEqual(values)
    expect([...seen.resets, ...seen.troubles]).toEqual([])
  })

  it('rejects when the topic is missing', async () => {
    const reader = createTopicReader({ client: clientOptions(), topic: 'no-such-topic', now })
    await expect(reader.start(new Seen())).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })

  it('rejects when no broker answers', async () => {
    const client = {
      ...clientOptions(),
      brokers: ['127.0.0.1:1'],
      retry: { retries: 1, initialRetryTime: 10 },
    }
    const reader = createTopicReader({ client, topic: 'any', now })
    await expect(reader.start(new Seen())).rejects.toThrow(/connect|ECONNREFUSED/i)
  })
})
