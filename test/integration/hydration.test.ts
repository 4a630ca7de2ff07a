// What the worker believes of webhooks: from its first look at a log full of holes, while they change, and after
// it stood still.
import { afterEach, describe, expect, it } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { createCompactedTopic } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function begin(
  overrides: Readonly<Record<string, string>> = {},
): Promise<{ rig: WorkerRig; receiver: Receiver }> {
  const receiver = await startReceiver()
  closing.push(() => receiver.stop())
  const rig = await startWorkerRig(overrides)
  closing.push(() => rig.stop())
  return { rig, receiver }
}

const pathsOf = (receiver: Receiver, eventId: string, webhookIds: readonly string[]): string[] => {
  const ids = new Set<string>(webhookIds.map((id) => deliveryIdOf(eventId, id)))
  return receiver.requests.filter(({ deliveryId }) => ids.has(deliveryId)).map(({ target }) => target)
}

describe('the table of webhooks', () => {
  it('is ready on a log with an empty partition, an emptied batch, and transaction markers at its ends', async () => {
    const topic = await createCompactedTopic()
    const { rig } = await begin({ TOPICS_WEBHOOKS_NAME: topic })
    await rig.startWorker()
    expect(rig.observations).toContainEqual(expect.objectContaining({ kind: 'table_ready' }))
  })

  it('lets an edit, a deletion and a new webhook take effect within a second', async () => {
    const topic = await createCompactedTopic()
    const { rig, receiver } = await begin({ TOPICS_WEBHOOKS_NAME: topic })
    const { port } = receiver
    const webhook = (webhook_id: string, path: string) =>
      rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', port, path }))
    await webhook('edited', '/before')
    await webhook('deleted', '/deleted')
    await rig.startWorker()
    const events = streamOfEvents(rig)
    await until(() => receiver.requests.length > 4, 'the first deliveries')
    await webhook('edited', '/after')
    await webhook('added', '/added')
    await rig.publisher.deleteWebhook('deleted')
    const publishedAtMs = performance.now()
    await until(() => performance.now() - publishedAtMs > 2_000, 'two seconds of deliveries')
    await events.stop()

    const late = receiver.requests.filter(({ atMs }) => atMs - publishedAtMs > 1_000)
    expect(new Set(late.map(({ target }) => target))).toEqual(new Set(['/after', '/added']))
  })

  it('never serves a webhook that was deleted while the worker stood still for 20 seconds', async () => {
    const { rig, receiver } = await begin()
    const { port } = receiver
    for (const webhook_id of ['gone', 'stays']) {
      const path = `/${webhook_id}`
      await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', port, path }))
    }
    const worker = await startWorkerProcess(rig.environment)
    closing.push(() => worker.end('SIGKILL'))
    const before = simulateCall(0, 'acme', Date.now()).end
    await rig.publisher.callEvent(before)
    await rig.untilFinals(2)

    await worker.freeze()
    // In the broker before the deletion, perhaps even in the frozen process's socket.
    const early = simulateCall(1, 'acme', Date.now()).end
    await rig.publisher.callEvent(early)
    await rig.publisher.deleteWebhook('gone')
    await delay(20_000)
    const late = simulateCall(2, 'acme', Date.now()).end
    await rig.publisher.callEvent(late)
    worker.thaw()
    const after = simulateCall(3, 'acme', Date.now()).end
    await rig.publisher.callEvent(after)
    await until(
      () => [early, late, after].every(({ event_id }) => pathsOf(receiver, event_id, ['stays']).length > 0),
      'the deliveries to the webhook that stayed',
      30_000,
      worker.output,
    )
    expect(await worker.end('SIGTERM')).toBe(0)

    expect(pathsOf(receiver, before.event_id, ['gone', 'stays']).sort()).toEqual(['/gone', '/stays'])
    for (const { event_id } of [early, late, after]) {
      expect(pathsOf(receiver, event_id, ['gone', 'stays'])).toEqual(['/stays'])
    }
  })
})

/** A call's end every 50 ms until stopped. */
function streamOfEvents(rig: WorkerRig): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    for (let index = 0; !stopping.signal.aborted; index += 1) {
      await rig.publisher.callEvent(simulateCall(index, 'acme', Date.now()).end)
      await delay(50, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
