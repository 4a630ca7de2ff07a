// Deliveries that failed for good, on the real stack: what there is to replay. Their receiver accepts from then on.
import { simulateCall } from '../../src/local/simulated-call.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startRefusingReceiver } from './refusing-receiver.ts'
import type { RefusingReceiver } from './refusing-receiver.ts'
import { startWorkerRig, webhookRecord } from './worker-rig.ts'
import type { WorkerRig } from './worker-rig.ts'

export interface FailedDeliveries {
  readonly rig: WorkerRig
  readonly receiver: RefusingReceiver
  /** All that failed. */
  readonly ids: ReadonlySet<string>
  readonly accountId: string
  stop(): Promise<void>
}

/** `start`: how the workers are started, when the webhooks are there. */
export async function failedDeliveries(
  events: number,
  webhooks: readonly string[],
  overrides: Readonly<Record<string, string>> = {},
  start: (rig: WorkerRig) => Promise<unknown> = (rig) => rig.startWorker(),
): Promise<FailedDeliveries> {
  const accountId = 'replayed'
  const receiver = await startRefusingReceiver()
  // The ends of calls do not expire while a busy machine is slow.
  const rig = await startWorkerRig({ LANES_CONCURRENCY: '50', ...overrides })
  const { port } = receiver
  for (const webhook_id of webhooks)
    await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: accountId, host: '127.0.0.1', port }))
  await start(rig)
  const ids = new Set<string>()
  for (let from = 0; from < events; from += 500) {
    const count = Math.min(500, events - from)
    const ends = Array.from(
      { length: count },
      (_, index) => simulateCall(from + index, accountId, Date.now()).end,
    )
    await Promise.all(ends.map((end) => rig.publisher.callEvent(end)))
    for (const { event_id } of ends) for (const id of webhooks) ids.add(deliveryIdOf(event_id, id))
    await rig.untilFinals((from + count) * webhooks.length, 120_000)
  }
  receiver.answer(200)
  return {
    rig,
    receiver,
    ids,
    accountId,
    async stop() {
      await rig.stop()
      receiver.stop()
    },
  }
}

/** How often each was sent again: all of it once, or what is not. */
export function notOnce(ids: ReadonlySet<string>, requests: ReadonlyMap<string, number>) {
  const missing = [...ids].filter((id) => !requests.has(id)).length
  const twice = [...requests.values()].filter((count) => count > 1).length
  const strange = [...requests.keys()].filter((id) => !ids.has(id)).length
  return { missing, twice, strange }
}
