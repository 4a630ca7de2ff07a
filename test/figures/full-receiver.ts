// 100,000 events to one receiver that serves 500 requests a second: how long until all are delivered, and how often each
// delivery was parked on the way. One JSON line; exit code 1 where the goals are missed.
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { serving } from '../harness/serving.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { countParked } from '../harness/parked-count.ts'
import { onLocalStack } from './on-local-stack.ts'

const calls = Number(process.env['CALLS'] ?? 50_000)

await onLocalStack(async () => {
  // Five at once, ten milliseconds each.
  const receiver = await startReceiver({ answer: serving({ atOnce: 5, forMs: 10 }) })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '12' })
  try {
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
    const expected = new Set<string>()
    const worker = await startWorkerProcess(rig.environment)
    const startedAtMs = performance.now()
    for (let published = 0; published < calls; published += 1_000) {
      const events = Array.from({ length: Math.min(1_000, calls - published) }, (_, index) => {
        const { start, end } = simulateCall((published + index) * 5, 'acme', Date.now())
        return start === null ? [end] : [start, end]
      }).flat()
      for (const { event_id } of events) expected.add(finalOutcomeId(deliveryIdOf(event_id, 'w'), 0))
      await Promise.all(events.map((event) => rig.publisher.callEvent(event)))
    }
    const publishedMs = performance.now() - startedAtMs
    await rig.untilFinals(expected.size, 400_000)
    const seconds = (performance.now() - startedAtMs) / 1_000
    const parked = await countParked(rig.settings)
    const finals = [...rig.finals().values()]
    const figures = {
      figure: '100,000 events to one receiver of 500/s',
      deliveries: expected.size,
      seconds: Number(seconds.toFixed(1)),
      publishedSeconds: Number((publishedMs / 1_000).toFixed(1)),
      missing: [...expected].filter((id) => !rig.finals().has(id)).length,
      expired: finals.filter(({ result }) => result !== 'delivered').length,
      duplicates: receiver.duplicates(),
      parked: parked.total,
      parkedPerDelivery: Number((parked.total / expected.size).toFixed(2)),
      byDelay: parked.byDelay,
    }
    console.log(JSON.stringify(figures))
    if (figures.missing + figures.expired > 0 || seconds > 300 || figures.parkedPerDelivery > 3)
      process.exitCode = 1
    await worker.end('SIGTERM')
  } finally {
    await rig.stop()
    await receiver.stop()
  }
})
