// The client's own producer over a cluster of two brokers that exists in memory: what a send says was written, and what
// was. A leader moves while a send is under way, and a partition is gone that the writer still knows.
import { createRequire } from 'node:module'
import { afterEach, describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import type { Kafka, Producer, ProducerConfig, RecordMetadata } from 'kafkajs'
import { RecordWriter } from '../../../src/kafka/record-writer.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { until } from '../../harness/until.ts'

const require = createRequire(import.meta.url)
const Cluster = require('kafkajs/src/cluster')
const createProducer = require('kafkajs/src/producer')
const { createErrorFromCode } = require('kafkajs/src/protocol/error')

const notLeader = 6
const tooLarge = 10
const tooFewReplicas = 19
const topic = 'outcomes'
const logger = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => logger }

interface Produced {
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly messages: readonly { readonly key: Buffer }[]
    }[]
  }[]
}

/** Partitions with their leaders, as they are and as the client last heard. */
class TwoBrokers {
  readonly leaders = new Map([
    [0, 1],
    [1, 2],
  ])
  /** As `partition/key`, in the order of arrival. */
  readonly stored: string[] = []
  /** Of each request, the broker and the partitions. */
  readonly requests: string[] = []
  /** The code with which a partition's records are refused; null: they are stored. */
  refuse: (partition: number, keys: readonly string[]) => number | null = () => null
  /** What the client knows; it asks anew when it is told that it is wrong. */
  #known = new Map(this.leaders)
  readonly #brokers = [1, 2].map((nodeId) => ({
    nodeId,
    produce: async ({ topicData }: Produced) => this.#produce(nodeId, topicData),
  }))

  kafka(): Kafka {
    const cluster = Object.assign(Object.create(Cluster.prototype), {
      async connect() {},
      async disconnect() {},
      isConnected: () => true,
      async addMultipleTargetTopics() {},
      async refreshMetadataIfNecessary() {},
      refreshMetadata: async () => this.tell(),
      findTopicPartitionMetadata: () => this.#partitions(),
      findBroker: async ({ nodeId }: { nodeId: string }) =>
        this.#brokers.find((broker) => broker.nodeId === Number(nodeId)),
    })
    const admin = {
      async connect() {},
      async disconnect() {},
      fetchTopicMetadata: async () => ({ topics: [{ name: topic, partitions: this.#partitions() }] }),
    }
    const producer = (config: ProducerConfig): Producer => createProducer({ ...config, cluster, logger })
    return { producer, admin: () => admin } as unknown as Kafka
  }

  /** The client hears who leads what. */
  tell(): void {
    this.#known = new Map(this.leaders)
  }

  #partitions() {
    return Array.from(this.#known, ([partitionId, leader]) => ({ partitionId, leader }))
  }

  async #produce(nodeId: number, topicData: Produced['topicData']) {
    const partitions = topicData.flatMap((each) => each.partitions)
    const named = partitions.map(({ partition }) => partition).toSorted((one, other) => one - other)
    this.requests.push(`${nodeId}: ${named.join(' ')}`)
    const answers = []
    for (const { partition, messages } of partitions) {
      const keys = messages.map(({ key }) => key.toString())
      const code = this.leaders.get(partition) === nodeId ? this.refuse(partition, keys) : notLeader
      const before = this.stored.filter((each) => each.startsWith(`${partition}/`)).length
      // As brokers do: what they can store they store, whatever becomes of the rest.
      if (code === null) this.stored.push(...keys.map((key) => `${partition}/${key}`))
      answers.push({ partition, errorCode: code ?? 0, baseOffset: String(before) })
    }
    const [first, second] = answers
    // As the client does, patched: an answer about several is read by whoever sent.
    if (second === undefined && first !== undefined && first.errorCode !== 0)
      throw createErrorFromCode(first.errorCode)
    return { topics: [{ topicName: topic, partitions: answers }] }
  }
}

const plainSend = async (brokers: TwoBrokers, partitions: readonly number[]): Promise<RecordMetadata[]> => {
  const producer = brokers.kafka().producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 1, retries: 2 },
  })
  await producer.connect()
  const messages = partitions.map((partition) => ({ key: Buffer.from('k'), value: 'v', partition }))
  return producer.send({ topic, acks: -1, messages })
}

let writer: RecordWriter | undefined
afterEach(() => writer?.stop())

const startWriter = async (brokers: TwoBrokers) => {
  const observer = new RecordingObserver()
  const started = new RecordWriter({ kafka: brokers.kafka(), topic, lingerMs: 2, maxBatch: 500, observer })
  writer = started
  await started.start()
  const append = (partition: number, key = 'k'): Promise<bigint> =>
    started.append({ key: Buffer.from(key), value: Buffer.from('v'), partition }, null)
  const write = async (partition: number, key = 'k'): Promise<void> => void (await append(partition, key))
  return { append, write, observer }
}

/** Six partitions, of which the first broker leads the even ones. */
const sixPartitions = (): TwoBrokers => {
  const brokers = new TwoBrokers()
  for (let partition = 0; partition < 6; partition += 1) brokers.leaders.set(partition, 1 + (partition % 2))
  brokers.tell()
  return brokers
}

describe('a leader that moves to the broker that has answered already', () => {
  it('costs the plain client its records, and the send succeeds', async () => {
    const brokers = new TwoBrokers()
    brokers.leaders.set(1, 1)
    const answer = await plainSend(brokers, [0, 1])
    expect(answer.map(({ partition }) => partition)).toEqual([0])
    expect(brokers.stored).toEqual(['0/k'])
  })

  it('costs the writer a repetition', async () => {
    const brokers = new TwoBrokers()
    const { write } = await startWriter(brokers)
    brokers.leaders.set(1, 1)
    await Promise.all([write(0), write(1)])
    expect(brokers.stored.sort()).toEqual(['0/k', '1/k'])
  })
})

describe('a partition that the brokers do not name', () => {
  it('is written to by the plain client, which sends nothing and succeeds', async () => {
    const brokers = new TwoBrokers()
    expect(await plainSend(brokers, [7])).toEqual([])
    expect(brokers.stored).toEqual([])
  })

  it('has nothing acknowledged by the writer until it is there', async () => {
    const brokers = new TwoBrokers()
    const { write, observer } = await startWriter(brokers)
    const written = write(7)
    await until(() => observer.of('trouble').length > 0, 'the refusal')
    expect(observer.of('trouble')[0]).toMatchObject({ error: `no acknowledgement for ${topic}/7` })
    brokers.leaders.set(7, 2)
    brokers.tell()
    await written
    expect(brokers.stored).toEqual(['7/k'])
  })
})

describe('records of several partitions', () => {
  it('go to each broker in one request, and each is told its own offset', async () => {
    const brokers = sixPartitions()
    const { append } = await startWriter(brokers)
    const first = await Promise.all([0, 1, 2, 3, 4, 5].map((partition) => append(partition)))
    expect(brokers.requests.sort()).toEqual(['1: 0 2 4', '2: 1 3 5'])
    expect(first).toEqual([0n, 0n, 0n, 0n, 0n, 0n])
    expect(await Promise.all([append(2, 'a'), append(2, 'b'), append(4)])).toEqual([1n, 2n, 1n])
  })

  it('that come while one request is under way go together in the next', async () => {
    const brokers = sixPartitions()
    const { append } = await startWriter(brokers)
    const first = append(0)
    await until(() => brokers.requests.length > 0, 'the first request')
    const more = [append(2), append(4), append(0, 'again')]
    await Promise.all([first, ...more])
    expect(brokers.requests).toEqual(['1: 0', '1: 0 2 4'])
  })

  it('are not held up by one that cannot be written to', async () => {
    const brokers = sixPartitions()
    let isWell = false
    brokers.refuse = (partition) => (partition === 2 && !isWell ? tooFewReplicas : null)
    const { append, observer } = await startWriter(brokers)
    let written = false
    const refused = append(2, 'held').then(() => (written = true))
    await Promise.all([append(0), append(4)])
    await until(() => observer.of('trouble').length >= 2, 'two refusals')
    await Promise.all([append(0, 'later'), append(4, 'later')])
    const behind = append(2, 'behind')
    expect(written).toBe(false)
    expect(brokers.stored.filter((each) => each.startsWith('2/'))).toEqual([])
    isWell = true
    await Promise.all([refused, behind])
    expect(brokers.stored.filter((each) => each.startsWith('2/'))).toEqual(['2/held', '2/behind'])
    await Promise.all([append(0, 'end'), append(2, 'end')])
    expect(brokers.requests.at(-1)).toBe('1: 0 2')
  })

  it('lose none to one that is too large, which alone is refused', async () => {
    const brokers = sixPartitions()
    brokers.refuse = (_, keys) => (keys.includes('large') ? tooLarge : null)
    const { append } = await startWriter(brokers)
    const results = await Promise.allSettled([
      append(0, 'a'),
      append(2, 'b'),
      append(2, 'large'),
      append(2, 'c'),
      append(4, 'd'),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(results[2]).toMatchObject({ reason: { code: 'RECORD_TOO_LARGE' } })
    expect(new Set(brokers.stored)).toEqual(new Set(['0/a', '2/b', '2/c', '4/d']))
  })

  it('are answered once each, in their order, and are where it says, whatever goes wrong in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(9)), async (luck) => {
        const brokers = sixPartitions()
        brokers.refuse = () => {
          const drawn = luck.next().value
          return drawn === 0 ? tooFewReplicas : drawn === 1 ? tooLarge : null
        }
        const { append } = await startWriter(brokers)
        const appended = Array.from({ length: 40 }, (_, index) => {
          const partition = (index * 5) % 6
          return append(partition, String(index)).then(
            (offset) => ({ partition, index, offset }),
            (error: unknown) => expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE' }),
          )
        })
        const answers = (await Promise.all(appended)).filter((each) => each !== undefined)
        const offsets = new Map<number, bigint>()
        for (const { partition, index, offset } of answers) {
          const there = brokers.stored.filter((each) => each.startsWith(`${partition}/`))
          expect(there[Number(offset)]).toBe(`${partition}/${index}`)
          expect(there.filter((each) => each === `${partition}/${index}`)).toHaveLength(1)
          expect(offset).toBeGreaterThan(offsets.get(partition) ?? -1n)
          offsets.set(partition, offset)
        }
        await writer?.stop()
      }),
      { numRuns: 15 },
    )
  })
})
