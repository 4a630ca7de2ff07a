// Webhooks that lead where nothing may be sent, through a worker on the real stack.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startSentinels } from '../harness/sentinels.ts'
import type { Sentinels } from '../harness/sentinels.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

let rig: WorkerRig
let receiver: Receiver
let sentinels: Sentinels

beforeAll(async () => {
  receiver = await startReceiver()
  sentinels = await startSentinels(['127.0.0.1', '::1'])
  rig = await startWorkerRig({ HTTP_ALLOWED_ADDRESSES: '127.0.0.0/8' })
})

afterAll(async () => {
  await rig.stop()
  await receiver.stop()
  await sentinels.stop()
})

it('ends as rejected, blocked, without an attempt, also at the worker’s own ports within an allowed range', async () => {
  const worker = await rig.startWorker()
  const { kafka, registry } = rig.settings
  const brokerPort = Number(kafka.brokers[0]?.split(':')[1])
  const denied = {
    broker: ['127.0.0.1', brokerPort],
    'broker, by another address': ['127.0.0.2', brokerPort],
    registry: ['127.0.0.1', Number(new URL(registry.url).port)],
    metrics: ['127.0.0.1', worker.opsPort],
    'not allowed': ['::1', sentinels.port],
    'a name with one address that is not allowed': ['localhost', sentinels.port],
    'an IPv4 address within an IPv6 one': ['::ffff:127.0.0.1', sentinels.port],
  } as const
  for (const [webhook_id, [host, port]] of Object.entries(denied)) {
    await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', host, port }))
  }
  await rig.publisher.webhook(
    webhookRecord({ webhook_id: 'allowed', account_id: 'acme', port: receiver.port }),
  )
  const { end } = simulateCall(0, 'acme', Date.now())
  await rig.publisher.callEvent(end)
  await rig.untilFinals(Object.keys(denied).length + 1)
  const finals = [...rig.finals().values()]
  const told = finals.map(({ webhook_id, result, reason, fault_owner, attempt }) => [
    webhook_id,
    `${result}: ${reason}, ${fault_owner}, after ${attempt}`,
  ])
  expect(Object.fromEntries(told)).toEqual({
    ...Object.fromEntries(
      Object.keys(denied).map((id) => [id, 'rejected: address_denied, blocked, after 0']),
    ),
    allowed: 'delivered: ok, null, after 1',
  })
  expect(sentinels.visits()).toBe(0)
  expect(rig.outcomes).toHaveLength(finals.length)
})
