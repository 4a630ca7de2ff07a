// A broker that goes away and comes back: the worker lives on, takes up again soon after, and accounts for every delivery
// without repeating a request. A link that is half open, a broker that is killed or stands still, and a
// registry that is away are rows of `test/faults`.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { startFaultyBroker } from '../harness/faulty-broker.ts'
import type { FaultyBroker } from '../harness/faulty-broker.ts'
import { connections, startOutageLoad } from '../harness/outage-load.ts'
import { until } from '../harness/until.ts'
import type { OutageLoad } from '../harness/outage-load.ts'

const backWithinMs = 15_000
const faultMs = Number(process.env['TEST_FAULT_MS'] ?? 8_000)

describe('a broker that goes away and comes back', () => {
  let broker: FaultyBroker
  let load: OutageLoad

  beforeAll(async () => {
    broker = await startFaultyBroker()
    load = await startOutageLoad({
      rig: { KAFKA_BROKERS: broker.direct, REGISTRY_URL: broker.registryUrl },
      worker: { KAFKA_BROKERS: broker.proxied },
    })
    await load.publish(20, 0)
    await load.untilAllDelivered(15_000)
  })

  afterAll(async () => {
    await load.stop()
    await broker.stop()
  })

  /** A load that is under way when the fault begins, and goes on during it. */
  const through = async (fault: () => Promise<void>) => {
    const duplicates = load.receiver.duplicates()
    const { requests } = load.receiver
    await load.publish(200, 0)
    await load.untilNextRequest(5_000)
    const meanwhile = load.publish(100, faultMs)
    await fault()
    const back = performance.now()
    const settledBefore = requests.length
    await Promise.all([meanwhile, load.publish(20, 0)])
    await load.untilAllDelivered(30_000)
    // Those that were on their way at that moment do not tell that anything was taken up again.
    const takenUp = requests[settledBefore + connections]
    expect((takenUp?.atMs ?? Infinity) - back).toBeLessThan(backWithinMs)
    expect(load.undelivered()).toBe(0)
    expect(load.receiver.duplicates()).toBe(duplicates)
    expect(await load.readyz()).toBe(200)
  }

  it('connections that are cut', () => through(async () => broker.proxy.cut()))

  it('connections that are refused', () =>
    through(async () => {
      broker.proxy.become('refuse')
      broker.proxy.cut()
      await delay(faultMs)
      broker.proxy.become('pass')
    }))

  it('an interrupt while the broker is away ends the worker', async () => {
    broker.proxy.become('refuse')
    broker.proxy.cut()
    await until(
      () => /ECONNRESET|Closed connection/.test(load.worker.output().slice(-2_000)),
      'the loss to be seen',
    )
    const startedAtMs = performance.now()
    expect(await load.worker.end('SIGTERM')).toBe(0)
    const tookMs = Math.round(performance.now() - startedAtMs)
    expect(tookMs).toBeLessThan(15_000)
  })
})
