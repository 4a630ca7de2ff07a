// Faults on the way to clients: what is published late, receivers that fail, workers that are too slow.
import { addressOf } from '../../harness/receivers.ts'
import type { Receivers } from '../../harness/receivers.ts'
import { webhookRecord } from '../../harness/worker-rig.ts'
import type { WorkerRig } from '../../harness/worker-rig.ts'
import type { Scene } from '../scene.ts'

export const accountOf = (destination: number): string => `account-${destination}`

/** One for each destination, with an account of its own. */
export async function webhookEach(rig: WorkerRig, receivers: Receivers, destinations: number): Promise<void> {
  await Promise.all(
    Array.from({ length: destinations }, (_, destination) =>
      rig.publisher.webhook(
        webhookRecord({
          webhook_id: `webhook-${destination}`,
          account_id: accountOf(destination),
          host: addressOf(destination),
          port: receivers.portOf(destination),
        }),
      ),
    ),
  )
}

const publishedLate: Scene = {
  name: 'published-late',
  fault: 'the platform publishes events a minute after they happened',
  alerts: ['WebhookDeliveriesDelayed'],
  async play(stage, job) {
    const receivers = await stage.receivers(1)
    const rig = await stage.rig()
    await webhookEach(rig, receivers, 1)
    await stage.worker(job, rig)
    stage.load(rig, { eventsPerSecond: 5, account: () => accountOf(0), publishedAfterMs: 60_000 })
  },
}

const receiversFail: Scene = {
  name: 'receivers-fail',
  fault: 'all twenty receivers answer 503',
  alerts: ['WebhookDeliveriesFailing'],
  async play(stage, job) {
    const receivers = await stage.receivers(20)
    const rig = await stage.rig()
    await webhookEach(rig, receivers, 20)
    await stage.worker(job, rig)
    stage.load(rig, { eventsPerSecond: 20, account: (call) => accountOf(call % 20) })
    await receivers.behave(null, 'failing')
  },
}

const tooSlow: Scene = {
  name: 'too-slow',
  fault: 'one worker with room for four deliveries, and receivers that take nine seconds each',
  alerts: ['WebhookEventsLagGrowing'],
  async play(stage, job) {
    const receivers = await stage.receivers(200)
    const rig = await stage.rig({ IN_FLIGHT_MAX_DELIVERIES: '4' })
    await webhookEach(rig, receivers, 200)
    await receivers.behave(null, 'slow')
    await stage.worker(job, rig)
    stage.load(rig, { eventsPerSecond: 10, account: (call) => accountOf(call % 200) })
  },
}

export const deliveryScenes: readonly Scene[] = [publishedLate, receiversFail, tooSlow]
