// The client's own producer over a cluster of two brokers that exists in memory: what a send says was written, and what
// was. A leader moves while a send is under way, and a partition is gone that the writer still knows.
import { createRequire } from 'node:module'
import { afterEach, describe, expect, it } from '@jest/globals'
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
    if (partitions.some(({ partition }) => this.leaders.get(partition) !== nodeId)) {
      throw createErrorFromCode(notLeader)
    }
    for (const { partition, messages } of partitions) {
      for (const { key } of messages) this.stored.push(`${partition}/${key.toString()}`)
    }
    const answers = partitions.map(({ partition }) => ({ partition, errorCode: 0, baseOffset: '0' }))
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
  const write = (partition: number): Promise<void> =>
    started.write({ key: Buffer.from('k'), value: Buffer.from('v'), partition })
  return { write, observer }
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
