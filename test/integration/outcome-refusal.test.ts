// A results topic, or a dead-letter topic, that takes nothing for a while: what cannot be accounted for is not begun,
// memory stays flat, and afterwards everything is there.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka, Partitioners } from 'kafkajs'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { startFaultyBroker } from '../harness/faulty-broker.ts'
import type { FaultyBroker } from '../harness/faulty-broker.ts'
import { startOutageLoad } from '../harness/outage-load.ts'
import type { OutageLoad } from '../harness/outage-load.ts'
import { acceptWrites, guardedBroker } from '../harness/topic-access.ts'
import { until } from '../harness/until.ts'
import { clientOptions, now, Seen } from './compacted-topic.ts'

const refusedMs = Number(process.env['TEST_FAULT_MS'] ?? 8_000)
const drainedWithinMs = 30_000
const budget = 50

/** Waits out the refusal, and answers by how much memory grew in its second half, in MiB. */
async function growthWhileRefused(load: OutageLoad): Promise<number> {
  await delay(refusedMs / 2)
  const halfWayMb = await load.rssMb()
  await delay(refusedMs / 2)
  return (await load.rssMb()) - halfWayMb
}

describe('a topic that refuses writes', () => {
  let broker: FaultyBroker
  let load: OutageLoad | undefined

  beforeAll(async () => {
    broker = await startFaultyBroker(guardedBroker)
  })

  afterEach(async () => {
    const exitCode = await load?.stop()
    load = undefined
    expect(exitCode).toBe(0)
  })

  afterAll(() => broker.stop())

  const start = async (environment: Record<string, string> = {}): Promise<OutageLoad> => {
    const addresses = { KAFKA_BROKERS: broker.direct, REGISTRY_URL: broker.registryUrl }
    load = await startOutageLoad({ rig: { ...addresses, ...environment } })
    return load
  }

  it('for outcomes: no more is begun than the budget holds, and nothing is lost', async () => {
    const load = await start({ IN_FLIGHT_MAX_DELIVERIES: String(budget) })
    const { outcomes } = load.rig.settings.topics
    await load.publish(20, 0)
    await load.untilAllDelivered(15_000)
    await acceptWrites(broker.direct, outcomes.name, 'no')
    const received = load.receiver.requests.length
    await load.publish(600, 1_000)
    const inFlight = (): Promise<number> => load.metric('webhook_worker_in_flight_deliveries')
    await until(async () => (await inFlight()) === budget, 'the budget to be used up')
    const growthMb = await growthWhileRefused(load)
    expect(await inFlight()).toBe(budget)
    // Some of the budget is held by those that their receiver had no room for: parked, and not yet accounted for.
    expect(load.receiver.requests.length).toBeGreaterThan(received)
    expect(load.receiver.requests.length).toBeLessThanOrEqual(received + budget)
    expect(growthMb).toBeLessThan(10)
    expect(await load.readyz()).toBe(200)
    await acceptWrites(broker.direct, outcomes.name, 'yes')
    await load.untilAllDelivered(drainedWithinMs)
    expect(load.undelivered()).toBe(0)
    expect(load.receiver.duplicates()).toBe(0)
  })

  it('for dead letters: their partition waits, others go on, and every letter is there afterwards', async () => {
    const load = await start()
    const { events, deadLetters } = load.rig.settings.topics
    await acceptWrites(broker.direct, deadLetters.name, 'no')
    const letters = 200
    const client = { ...clientOptions(), brokers: [broker.direct] }
    const producer = new Kafka(client).producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    const rubbish = Array.from({ length: letters }, (_, index) => ({
      value: `rubbish ${index}`,
      partition: 0,
    }))
    await producer.send({ topic: events.name, messages: rubbish })
    await producer.disconnect()
    await load.publish(20, 0)
    await until(() => load.receiver.requests.length > 0, 'the other partitions to be served')
    const growthMb = await growthWhileRefused(load)
    expect(growthMb).toBeLessThan(10)
    const seen = new Seen()
    const reader = createTopicReader({ client, topic: deadLetters.name, now })
    await reader.start(seen)
    expect(await load.readyz()).toBe(200)
    expect(seen.read).toEqual([])
    await acceptWrites(broker.direct, deadLetters.name, 'yes')
    await until(
      () => seen.read.length >= letters,
      'every dead letter',
      drainedWithinMs,
      () => `${seen.read.length}`,
    )
    expect(new Set(seen.read.map(({ value }) => value)).size).toBe(letters)
    await load.untilAllDelivered(15_000)
    await reader.stop()
  })
})
