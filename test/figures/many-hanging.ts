// 2,000 of 20,000 destinations hang at once: whether the others get what is theirs, and how much of the budget it took.
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { delaysOf } from '../harness/field-load.ts'
import type { Expected } from '../harness/field-load.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import { sampleMetrics } from '../harness/sampled-metrics.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const destinations = Number(process.env['DESTINATIONS'] ?? 20_000)
const hanging = destinations / 10
const eventsPerSecond = Number(process.env['EVENTS_PER_SECOND'] ?? 500)
const seconds = Number(process.env['SECONDS_EACH'] ?? 40)

await onLocalStack(async () => {
  const receivers = await startReceivers({ destinations, answerAfterMs: 10 })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6' })
  const workers = []
  try {
    for (let from = 0; from < destinations; from += 1_000) {
      const some = Array.from({ length: Math.min(1_000, destinations - from) }, (_, index) => from + index)
      await Promise.all(
        some.map((each) =>
          rig.publisher.webhook(
            webhookRecord({
              webhook_id: `w${each}`,
              account_id: `a${each}`,
              host: addressOf(each),
              port: receivers.portOf(each),
            }),
          ),
        ),
      )
    }
    workers.push(await startWorkerProcess({ ...rig.environment, LOG_LEVEL: 'silent' }))
    workers.push(await startWorkerProcess({ ...rig.environment, LOG_LEVEL: 'silent' }))
    const expected = new Map<string, Expected>()
    let count = 0
    const publish = async (): Promise<void> => {
      // In no order that hits neighbours one after the other.
      const destination = (count * 7_919) % destinations
      const publishedAtMs = performance.timeOrigin + performance.now()
      const { end } = simulateCall(count, `a${destination}`, Math.floor(publishedAtMs))
      count += 1
      expected.set(deliveryIdOf(end.event_id, `w${destination}`), { destination, publishedAtMs })
      await rig.publisher.callEvent(end)
    }
    const run = async (forSeconds: number): Promise<{ fromMs: number; toMs: number }> => {
      const fromMs = performance.timeOrigin + performance.now()
      const startedAtMs = performance.now()
      const written: Promise<void>[] = []
      for (let published = 0; published < eventsPerSecond * forSeconds;) {
        const due = Math.min(
          eventsPerSecond * forSeconds,
          ((performance.now() - startedAtMs) / 1_000) * eventsPerSecond,
        )
        for (; published < due; published += 1) written.push(publish())
        await delay(20)
      }
      await Promise.all(written)
      return { fromMs, toMs: performance.timeOrigin + performance.now() }
    }
    await run(8)
    const isMeant = (destination: number): boolean => destination >= hanging
    const before = await run(seconds / 2)
    const metrics = sampleMetrics(workers)
    await receivers.behave(
      Array.from({ length: hanging }, (_, destination) => destination),
      'silent',
    )
    const meanwhile = await run(seconds)
    await run(2)
    metrics.stop()
    const arrivals = await receivers.collect()
    const budget = rig.settings.inFlight.maxDeliveries * workers.length
    const figures = {
      figure: '2,000 of 20,000 destinations hang at once',
      destinations,
      hanging,
      eventsPerSecond,
      baseline: delaysOf(expected, arrivals, { ...before, isMeant }),
      others: delaysOf(expected, arrivals, { ...meanwhile, isMeant }),
      budget,
      mostInFlight: metrics.most('in_flight_deliveries'),
      mostWaitingForBudget: metrics.most('in_flight_waiting'),
      mostOldAttempts: metrics.most('old_attempts'),
    }
    console.log(JSON.stringify(figures))
    if (figures.others.share < 0.95 || figures.mostInFlight >= budget || figures.mostWaitingForBudget > 0)
      process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await rig.stop()
    await receivers.stop()
  }
})
