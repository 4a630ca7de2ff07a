// Publishes simulated calls, lets a worker deliver them, and compares ids: what was expected, what the outcomes
// say, and what the receiver saw.
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'

export interface DeliveredFigures {
  readonly events: number
  readonly expected: number
  /** Expected deliveries without a final outcome. */
  readonly missing: number
  /** Final outcomes that nobody expected. */
  readonly extra: number
  /** Requests of one (delivery, attempt) beyond the first. */
  readonly duplicates: number
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  readonly rssMb: number
}

/** `calls`: each has a start and an end. `webhooks`: of the one account, each for both. */
export async function deliverEvents(load: { calls: number; webhooks: number }): Promise<DeliveredFigures> {
  const receiver = await startReceiver()
  const rig = await startWorkerRig()
  try {
    const ids = Array.from({ length: load.webhooks }, (_, index) => `webhook-${index}`)
    for (const webhook_id of ids) {
      await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', port: receiver.port }))
    }
    const nowMs = Date.now()
    const events = Array.from({ length: load.calls }, (_, index) => {
      // Never missed: each call has both ends.
      const { start, end } = simulateCall(index * 5, 'acme', nowMs)
      return start === null ? [end] : [start, end]
    }).flat()
    await Promise.all(events.map((event) => rig.publisher.callEvent(event)))
    const expected = new Set(
      events.flatMap(({ event_id }) => ids.map((id) => finalOutcomeId(deliveryIdOf(event_id, id), 0))),
    )
    const startedAtMs = performance.now()
    await rig.startWorker()
    await rig.untilFinals(expected.size, 120_000)
    const seconds = (performance.now() - startedAtMs) / 1_000
    const finals = rig.finals()
    return {
      events: events.length,
      expected: expected.size,
      missing: [...expected].filter((id) => !finals.has(id)).length,
      extra: [...finals.keys()].filter((id) => !expected.has(id)).length,
      duplicates: receiver.duplicates(),
      requests: receiver.requests.length,
      seconds: Number(seconds.toFixed(2)),
      perSecond: Math.round(expected.size / seconds),
      rssMb: Math.round(process.memoryUsage().rss / 1_048_576),
    }
  } finally {
    await rig.stop()
    await receiver.stop()
  }
}
