// A client that knows several brokers, one of which is gone: the client's own classes, with what they talk to replaced.
import { createRequire } from 'node:module'
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { patchSeveralBrokers } from '../../../src/kafka/patches/several-brokers.ts'

const require = createRequire(import.meta.url)
const BrokerPool = require('kafkajs/src/cluster/brokerPool')
const ConsumerGroup = require('kafkajs/src/consumer/consumerGroup')
const { KafkaJSConnectionClosedError, KafkaJSConnectionError } = require('kafkajs/src/errors')

const refused = (): Error => new KafkaJSConnectionError('Connection error: connect ECONNREFUSED')
const brokenOff = (): Error => new KafkaJSConnectionClosedError('Closed connection')

/** Of a heartbeat and of a recovery, in the plain client. */
let plainAnswer: () => Promise<void> = () => Promise.resolve()

beforeAll(() => {
  ConsumerGroup.prototype.heartbeat = () => plainAnswer()
  ConsumerGroup.prototype.recoverFromFetch = (fault: Error) => Promise.reject(fault)
  patchSeveralBrokers()
})

describe('a question to any broker', () => {
  const poolOf = (reachable: Readonly<Record<string, boolean>>) =>
    Object.assign(Object.create(BrokerPool.prototype), {
      brokers: Object.fromEntries(Object.keys(reachable).map((id) => [id, { isConnected: () => false }])),
      findBroker: async ({ nodeId }: { nodeId: string }) => {
        if (reachable[nodeId] !== true) throw refused()
        return {}
      },
    })
  const asked = ({ nodeId }: { nodeId: string }): Promise<string> => Promise.resolve(nodeId)

  it('is put to another where one cannot be reached', async () => {
    const pool = poolOf({ 1: false, 2: true, 3: false })
    for (let times = 0; times < 20; times += 1) expect(await pool.withBroker(asked)).toBe('2')
  })

  it('is put first to those that are connected', async () => {
    const pool = poolOf({ 1: true, 2: true, 3: true })
    pool.brokers[3].isConnected = () => true
    for (let times = 0; times < 20; times += 1) expect(await pool.withBroker(asked)).toBe('3')
  })

  it('fails with the reason where none can be reached', async () => {
    await expect(poolOf({ 1: false, 2: false }).withBroker(asked)).rejects.toThrow('ECONNREFUSED')
    await expect(poolOf({}).withBroker(asked)).rejects.toThrow('No brokers')
  })

  it('has no answer where all that can be reached refuse it', async () => {
    const refusal = (): Promise<never> => Promise.reject(new Error('not here'))
    expect(await poolOf({ 1: true, 2: false }).withBroker(refusal)).toBeNull()
  })
})

describe('a member of a group', () => {
  let isConnected = true
  let found: object | Error = {}
  beforeEach(() => {
    isConnected = true
  })
  const member = () =>
    Object.assign(Object.create(ConsumerGroup.prototype), {
      groupId: 'workers',
      generationId: 3,
      coordinator: 'the one that is gone',
      offsetManager: { coordinator: 'the one that is gone' },
      cluster: {
        isConnected: () => isConnected,
        findGroupCoordinator: async () => {
          if (found instanceof Error) throw found
          return found
        },
      },
    })
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }

  it('goes on reading where one of the brokers cannot be reached, and breaks where none can', async () => {
    await member().recoverFromFetch(refused())
    isConnected = false
    await expect(member().recoverFromFetch(refused())).rejects.toThrow('ECONNREFUSED')
  })

  it('leaves every other trouble to the client', async () => {
    await expect(member().recoverFromFetch(new Error('another'))).rejects.toThrow('another')
    await expect(member().recoverFromFetch(brokenOff())).rejects.toThrow('Closed')
    plainAnswer = () => Promise.reject(new Error('another'))
    await expect(member().heartbeat({ interval: 1 })).rejects.toThrow('another')
  })

  it.each([refused(), brokenOff()])('finds its coordinator on another broker: %s', async (fault) => {
    const group = member()
    plainAnswer = () => Promise.reject(fault)
    found = { at: 'another broker' }
    await group.heartbeat({ interval: 1 })
    await turns()
    expect(group.coordinator).toBe(found)
    expect(group.offsetManager.coordinator).toBe(found)
  })

  it('that joined anew meanwhile keeps the coordinator that it joined at', async () => {
    const group = member()
    plainAnswer = () => Promise.reject(refused())
    await group.heartbeat({ interval: 1 })
    group.generationId = 4
    group.coordinator = 'the new one'
    await turns()
    expect(group.coordinator).toBe('the new one')
  })

  it('breaks when its coordinator is gone and no broker can be reached', async () => {
    isConnected = false
    plainAnswer = () => Promise.reject(refused())
    await expect(member().heartbeat({ interval: 1 })).rejects.toThrow('ECONNREFUSED')
  })
})
