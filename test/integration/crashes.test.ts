// An application that throws, and a consumer that breaks while it is being ended.
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Consumer, Kafka } from 'kafkajs'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordingHandler } from '../contract/event-group.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { eventMember, startPlainMember, untilEmpty } from '../harness/group-members.ts'
import type { Whereabouts } from '../harness/group-members.ts'
import { interceptNext, notLeader } from '../harness/intercepted.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic, produce } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A topic of one record. */
const somewhere = async (): Promise<Whereabouts> => {
  const topic = await createTopic('crashing', 1, {})
  await produce(topic, 0, [{ value: 'first' }])
  return { topic, groupId: randomUUID() }
}
/** So that a crash comes at once, and a restart soon after. */
const quickly = { retry: { retries: 0, initialRetryTime: 50 } }

describe('the plain client', () => {
  it('stops for good on a TypeError of the application, while the process lives on', async () => {
    const where = await somewhere()
    const { told, read, consumer } = await startPlainMember({
      ...where,
      take() {
        throw new TypeError('the application is broken')
      },
    })
    closing.push(() => consumer.disconnect())
    await until(() => told.length >= 2, 'the crash')
    await untilEmpty(where)
    expect(told).toEqual(['joined', 'crashed: stays away'])
    expect(read.map(({ text }) => text)).toEqual(['first'])
  })

  it('restarts again and again on any other error, and forgets on the way what was paused', async () => {
    const where = await somewhere()
    let isBroken = true
    const { told, read, consumer, untilJoined } = await startPlainMember({
      ...where,
      config: quickly,
      take(_record, own) {
        if (!isBroken) return
        own.pause([{ topic: where.topic }])
        throw new Error('the application is broken')
      },
    })
    closing.push(() => consumer.disconnect())
    await until(() => read.length >= 3, 'the third try')
    isBroken = false
    await untilJoined(4)
    expect(told.slice(0, 5)).toEqual(['joined', 'crashed: restarts', 'joined', 'crashed: restarts', 'joined'])
    expect(consumer.paused()).toEqual([])
  })

  it('comes back after it was ended, where it breaks at that moment', async () => {
    const where = await somewhere()
    let ended: Promise<void> | undefined
    const { told, consumer, untilJoined } = await startPlainMember({
      ...where,
      config: quickly,
      take(_record, own) {
        if (ended !== undefined) return
        ended = own.disconnect().then(() => void told.push('ended'))
        throw new Error('the application is broken')
      },
    })
    closing.push(() => consumer.disconnect())
    await untilJoined(2)
    expect(told.indexOf('ended')).toBeGreaterThan(0)
    expect(told.lastIndexOf('joined')).toBeGreaterThan(told.indexOf('ended'))
  })
})

describe('ours', () => {
  const begin = async (where: Whereabouts) => {
    const kafka = createKafkaClient(clientOptions())
    const crashes: { readonly restart: boolean }[] = []
    const consumer = (...config: Parameters<Kafka['consumer']>): Consumer => {
      const built = kafka.consumer(...config)
      built.on(built.events.CRASH, ({ payload }) => void crashes.push(payload))
      return built
    }
    const observer = new RecordingObserver()
    const source = eventMember({ consumer } as unknown as Kafka, where, observer)
    closing.push(() => source.stop())
    const handler = new RecordingHandler(source)
    return { source, handler, observer, crashes }
  }

  it('tells of a TypeError of the application and hands the record over again', async () => {
    const where = await somewhere()
    const { source, handler, observer, crashes } = await begin(where)
    handler.failTimes = 2
    await source.start(handler)
    await handler.untilSeen('first')
    await produce(where.topic, 0, [{ value: 'second' }])
    await handler.untilSeen('first', 'second')
    expect(observer.of('trouble').map(({ error }) => error)).toEqual(
      Array.from({ length: 2 }, () => 'the handler is broken'),
    )
    expect(crashes).toEqual([])
  })

  it('stays away once it was ended, where it breaks at that moment', async () => {
    const where = await somewhere()
    const { source, handler, crashes } = await begin(where)
    await source.start(handler)
    await handler.untilSeen('first')
    let ended: Promise<void> | undefined
    handler.revoking = () => {
      ended = source.stop()
      // Of a kind that the client gives up on at once and believes to be worth a restart.
      return Promise.reject(Object.assign(new TypeError('broken'), { retriable: true }))
    }
    interceptNext('fetch', () => Promise.reject(notLeader()))
    await until(() => crashes.length > 0, 'the crash')
    await ended
    expect(crashes).toMatchObject([{ restart: false }])
    await untilEmpty(where)
    expect(handler.assignments).toHaveLength(1)
  })
})
