// From a record in Kafka to the request at the receiver and the outcome that tells of it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

describe('a call event becomes the requests that its account asked for', () => {
  let rig: WorkerRig
  let receiver: Receiver

  beforeAll(async () => {
    receiver = await startReceiver()
    rig = await startWorkerRig()
  })

  afterAll(async () => {
    await rig.stop()
    await receiver.stop()
  })

  it('delivers a GET and a POST with their parameters and writes an outcome for each', async () => {
    const { port } = receiver
    await rig.publisher.webhook(
      webhookRecord({
        webhook_id: 'get',
        account_id: 'acme',
        port,
        path: 'crm/in.php',
        method: 'GET',
        content_type: null,
        event_types: ['call_start'],
        parameters: [
          { name: 'город', source: { parameter: 'city', literal: null } },
          { name: 'phone', source: { parameter: 'client_number', literal: null } },
          { name: 'sec', source: { parameter: 'duration', literal: null } },
          { name: 'key', source: { parameter: null, literal: 'a+b c' } },
        ],
      }),
    )
    await rig.publisher.webhook(
      webhookRecord({
        webhook_id: 'post',
        account_id: 'acme',
        port,
        parameters: [
          { name: 'sec', source: { parameter: 'duration', literal: null } },
          { name: 'manager', source: { parameter: 'manager_name', literal: null } },
          { name: 'tags', source: { parameter: 'tags', literal: null } },
        ],
      }),
    )
    await rig.startWorker()
    const call = simulateCall(0, 'acme', Date.now())
    if (call.start === null) throw new Error('the first simulated call is connected')
    await rig.publisher.callEvent(call.start)
    await rig.publisher.callEvent(call.end)
    await rig.untilFinals(3)

    const byId = new Map(receiver.requests.map((request) => [request.deliveryId, request]))
    const get = byId.get(deliveryIdOf(call.start.event_id, 'get'))
    expect(get?.method).toBe('GET')
    expect(get?.target).toBe(
      `/crm/in.php?${encodeURIComponent('город')}=${encodeURIComponent('Москва')}&phone=%2B79161000000&sec=&key=a%2Bb%20c`,
    )
    expect(get?.headers['content-type']).toBeUndefined()
    expect(get?.headers['user-agent']).toMatch(/^call-webhook-worker\//)
    const atStart = byId.get(deliveryIdOf(call.start.event_id, 'post'))
    expect(atStart?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(atStart?.body ?? '')).toEqual({
      sec: null,
      manager: 'Иванова Анна',
      tags: ['целевой', 'новый'],
    })
    const atEnd = byId.get(deliveryIdOf(call.end.event_id, 'post'))
    expect(JSON.parse(atEnd?.body ?? '')).toMatchObject({ sec: 20 })

    expect(
      [...rig.finals().values()].map(({ result, reason, attempt }) => [result, reason, attempt]),
    ).toEqual([
      ['delivered', 'ok', 1],
      ['delivered', 'ok', 1],
      ['delivered', 'ok', 1],
    ])
  })
})
