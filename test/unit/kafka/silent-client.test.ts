// A consumer that waits for brokers for ever: they are gone, and the login at where they were is never answered, for
// which the client knows no timeout. Only somebody who begins anew asks where the brokers are.
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { AssignerProtocol } from 'kafkajs'
import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs'
import { createEventSource } from '../../../src/kafka/event-source.ts'
import type { EventSourceHandler } from '../../../src/ports.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'

const require = createRequire(import.meta.url)
const Cluster = require('kafkajs/src/cluster')
const createConsumer = require('kafkajs/src/consumer')
const logger = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => logger }

const topic = 'events'
const minuteMs = 60_000
const never = new Promise<never>(() => {})

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** Brokers that answer at first. Each consumer looks for them anew, and then knows where they are. */
class Brokers {
  searches = 0
  fetches = 0
  areGone = false

  consumer(config: ConsumerConfig): Consumer {
    return createConsumer({ ...config, cluster: this.#cluster(), logger })
  }

  #cluster(): object {
    let isFound = false
    const answered = async <Answer>(answer: Answer): Promise<Answer> => (this.areGone ? never : answer)
    const assignment = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { [topic]: [0] },
      userData: Buffer.alloc(0),
    })
    const partitions = [{ partition: 0, offset: '0', metadata: null }]
    const coordinator = {
      isConnected: () => true,
      joinGroup: () => answered({ generationId: 1, leaderId: 'another', memberId: 'member', members: [] }),
      syncGroup: () => answered({ memberAssignment: assignment }),
      heartbeat: () => answered({}),
      leaveGroup: () => answered({}),
      offsetFetch: () => answered({ responses: [{ topic, partitions }] }),
    }
    const broker = {
      fetch: async () => {
        this.fetches += 1
        return new Promise((resolve) => {
          setTimeout(resolve, 100, { responses: [] })
        }).then(answered)
      },
    }
    return Object.assign(Object.create(Cluster.prototype), {
      connect: async () => {
        if (isFound) return
        isFound = true
        this.searches += 1
        this.areGone = false
      },
      disconnect: () => answered(undefined),
      addMultipleTargetTopics: async () => {},
      refreshMetadata: () => answered(undefined),
      refreshMetadataIfNecessary: () => answered(undefined),
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
      getNodeIds: () => ['1'],
      findGroupCoordinator: () => answered(coordinator),
      findBroker: () => answered(broker),
      committedOffsetsByGroup: new Map(),
    })
  }
}

/** Whether it fetched within the last ten seconds. */
const isAlive = async (brokers: Brokers): Promise<boolean> => {
  const before = brokers.fetches
  await jest.advanceTimersByTimeAsync(10_000)
  return brokers.fetches > before
}

const groupId = 'group'
const times = { sessionTimeout: 10_000, heartbeatInterval: 1_000, rebalanceTimeout: minuteMs }

describe('a client that waits for an answer that never comes', () => {
  it('waits for ever by itself, and tells nobody', async () => {
    const brokers = new Brokers()
    const consumer = brokers.consumer({ groupId, ...times, maxWaitTimeInMs: 100 })
    const told: string[] = []
    for (const event of [consumer.events.CRASH, consumer.events.STOP, consumer.events.DISCONNECT]) {
      consumer.on(event, () => void told.push(event))
    }
    await consumer.subscribe({ topic })
    await consumer.run({ eachMessage: async () => {} })
    expect(await isAlive(brokers)).toBe(true)
    brokers.areGone = true
    await jest.advanceTimersByTimeAsync(60 * minuteMs)
    expect(await isAlive(brokers)).toBe(false)
    expect([brokers.searches, told]).toEqual([1, []])
  })

  it('is replaced after a minute by one that looks for the brokers anew', async () => {
    const brokers = new Brokers()
    const observer = new RecordingObserver()
    const source = createEventSource({
      kafka: { consumer: (config: ConsumerConfig) => brokers.consumer(config) } as unknown as Kafka,
      groupId,
      topic,
      retryTopics: () => Promise.resolve(new Map()),
      sessionTimeoutMs: times.sessionTimeout,
      heartbeatIntervalMs: times.heartbeatInterval,
      rebalanceTimeoutMs: times.rebalanceTimeout,
      maxWaitMs: 100,
      maxBytesPerPartition: 1_000,
      maxBytes: 10_000,
      giveUpMs: 10 * minuteMs,
      observer,
      monotonicMs: () => Date.now(),
    })
    const handler: EventSourceHandler = {
      assigned() {},
      revoking: () => Promise.resolve(),
      records: (_from, records) => records.length,
      failed() {},
    }
    await source.start(handler)
    expect(await isAlive(brokers)).toBe(true)
    brokers.areGone = true
    // A minute of silence, the time for taking the old one down, and the wait before a new one is built.
    await jest.advanceTimersByTimeAsync(minuteMs + 10_000)
    expect(await isAlive(brokers)).toBe(true)
    expect(brokers.searches).toBe(2)
    expect(observer.of('trouble')[0]?.error).toMatch(/^no progress for 6\d s$/)
    void source.stop()
  })
})
