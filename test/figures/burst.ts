// A burst of 100,000 events of one account, whose receiver is far too slow for it, among the calls of 50 others: how fast
// it is passed, and what the others notice while most of it is still undelivered.
import { setTimeout as delay } from 'node:timers/promises'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { delaysOf } from '../harness/field-load.ts'
import type { Expected } from '../harness/field-load.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import { sampleMetrics } from '../harness/sampled-metrics.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const burst = Number(process.env['BURST'] ?? 100_000)
const others = 50
const othersPerSecond = 100
const seconds = Number(process.env['SECONDS_EACH'] ?? 30)

await onLocalStack(async () => {
  const well = await startReceivers({ destinations: others, answerAfterMs: 10 })
  // As many requests at once as it may ever get, each for 300 ms: some 200 a second.
  const slow = await startReceivers({ destinations: 1, answerAfterMs: 300 })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6' })
  const workers = []
  try {
    await Promise.all(
      Array.from({ length: others }, (_, index) =>
        rig.publisher.webhook(
          webhookRecord({
            webhook_id: `w${index}`,
            account_id: `a${index}`,
            host: addressOf(index),
            port: well.portOf(index),
          }),
        ),
      ),
    )
    await rig.publisher.webhook(
      webhookRecord({ webhook_id: 'burst', account_id: 'burst', port: slow.portOf(0) }),
    )
    for (const name of ['first', 'second']) {
      workers.push(await startWorkerProcess({ ...rig.environment, WORKER_ID: name, LOG_LEVEL: 'silent' }))
    }
    const expected = new Map<string, Expected>()
    let count = 0
    const over = new AbortController()
    const background = (async () => {
      const startedAtMs = performance.now()
      while (!over.signal.aborted) {
        const due = ((performance.now() - startedAtMs) / 1_000) * othersPerSecond
        const written: Promise<void>[] = []
        for (; count < due; count += 1) {
          const which = count % others
          const publishedAtMs = performance.timeOrigin + performance.now()
          const { end } = simulateCall(count, `a${which}`, Math.floor(publishedAtMs))
          expected.set(deliveryIdOf(end.event_id, `w${which}`), { destination: which, publishedAtMs })
          written.push(rig.publisher.callEvent(end))
        }
        await Promise.all(written)
        await delay(20)
      }
    })()
    const now = (): number => performance.timeOrigin + performance.now()
    await delay(8_000)
    const baselineFromMs = now()
    await delay(seconds * 1_000)
    const burstFromMs = now()
    const metrics = sampleMetrics(workers)
    for (let published = 0; published < burst; published += 1_000) {
      await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          rig.publisher.callEvent(simulateCall(published + index, 'burst', Date.now()).end),
        ),
      )
    }
    const publishedMs = now() - burstFromMs
    const client = createKafkaClient(readKafkaAccess(rig.settings)).admin()
    await client.connect()
    const topic = rig.settings.topics.events.name
    const unread = async (): Promise<number> => {
      const ends = await client.fetchTopicOffsets(topic)
      const [committed] = await client.fetchOffsets({ groupId: rig.settings.group.id, topics: [topic] })
      return ends.reduce((sum, { partition, high }) => {
        const offset = committed?.partitions.find((each) => each.partition === partition)?.offset ?? '0'
        return sum + Number(high) - Number(offset)
      }, 0)
    }
    while ((await unread()) > 2 * othersPerSecond) await delay(100)
    const passedMs = now() - burstFromMs
    await client.disconnect()
    const passedAtMs = now()
    const undeliveredThen = burst - (await slow.collect()).length
    await delay(seconds * 1_000)
    const toMs = now()
    over.abort()
    await background
    await delay(1_000)
    metrics.stop()
    const arrivals = await well.collect()
    const isMeant = (): boolean => true
    const figures = {
      figure: 'a burst of one account among 50 others',
      burst,
      publishedSeconds: Number((publishedMs / 1_000).toFixed(1)),
      passedPerSecond: Math.round(burst / (passedMs / 1_000)),
      undeliveredWhenPassed: undeliveredThen,
      undeliveredAtTheEnd: undeliveredThen - (await slow.collect()).length,
      baseline: delaysOf(expected, arrivals, { fromMs: baselineFromMs, toMs: burstFromMs, isMeant }),
      whileItIsRead: delaysOf(expected, arrivals, { fromMs: burstFromMs, toMs: passedAtMs, isMeant }),
      afterItWasRead: delaysOf(expected, arrivals, { fromMs: passedAtMs, toMs, isMeant }),
      mostInFlight: metrics.most('in_flight_deliveries'),
    }
    console.log(JSON.stringify(figures))
    if (figures.passedPerSecond < 5_000 || figures.afterItWasRead.p99Ms > 2 * figures.baseline.p99Ms)
      process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await rig.stop()
    await well.stop()
    await slow.stop()
  }
})
