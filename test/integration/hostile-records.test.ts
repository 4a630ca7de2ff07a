// Records that are made to harm: each ends as it should, in bounded time, and what stands between them is delivered.
// One partition, so that a record that were never done with would hold up everything behind it.
import avro from 'avsc'
import { afterEach, expect, it } from '@jest/globals'
import { CompressionTypes } from 'kafkajs'
import type { Message } from 'kafkajs'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { maxWebhookBytes } from '../../src/kafka/codec.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { askRegistry } from '../../src/kafka/registry-api.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { groupLag } from '../harness/group-lag.ts'
import { framed, hostileRecords, multiplyingSchema } from '../harness/hostile-records.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { until } from '../harness/until.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { withProducer } from './compacted-topic.ts'

let rig: WorkerRig | null = null
let receiver: Receiver | null = null
afterEach(async () => {
  await rig?.stop()
  await receiver?.stop()
})

/** A batch of its own for each, packed. With its partition named: the client's own hash of a large key takes seconds. */
const packed = (topic: string, messages: readonly Message[]): Promise<void> =>
  withProducer(async (producer) => {
    for (const message of messages) {
      await producer.send({
        topic,
        compression: CompressionTypes.GZIP,
        messages: [{ ...message, partition: 0 }],
      })
    }
  })

it('become dead letters or outcomes with their reasons, and nothing else suffers', async () => {
  receiver = await startReceiver()
  const { port } = receiver
  rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '1' })
  const { settings, publisher, finals } = rig
  const { events, webhooks, deadLetters } = settings.topics
  const { registry } = settings
  await publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port }))
  await publisher.webhook(webhookRecord({ webhook_id: 'too large', account_id: 'acme', port }))

  const webhookId = await registeredIdOf(registry, webhooks.name, readSchema('webhook-config'))
  const webhookBytes = (fields: object): Buffer =>
    framed(
      webhookId,
      avro.Type.forSchema(readSchema('webhook-config')).toBuffer({
        ...webhookRecord({ webhook_id: 'w', account_id: 'acme', port }),
        ...fields,
      }),
    )
  // A key that an outcome could not name, and a version larger than any that is valid.
  await packed(webhooks.name, [
    { key: 'k'.repeat(600_000), value: webhookBytes({}) },
    { key: 'too large', value: webhookBytes({ path: 'p'.repeat(maxWebhookBytes) }) },
  ])

  const answer = await askRegistry(registry, 'POST', `/subjects/${events.name}.multiplying/versions`, {
    schema: JSON.stringify(multiplyingSchema()),
  })
  if (answer.kind !== 'accepted') throw new Error(`the registry answers ${JSON.stringify(answer)}`)
  const ids = {
    event: await registeredIdOf(registry, events.name, readSchema('call-event')),
    multiplying: Number(answer.body['id']),
  }
  const nowMs = Date.now()
  let calls = 0
  const healthy: string[] = []
  const eventType = avro.Type.forSchema(readSchema('call-event'))
  const healthyMessage = (headers = {}): Message => {
    const { end } = simulateCall((calls += 1), 'acme', nowMs)
    healthy.push(end.event_id)
    return { key: end.call_id, value: framed(ids.event, eventType.toBuffer(end)), headers }
  }
  const hostile = hostileRecords(ids, simulateCall(1_000, 'acme', nowMs).end)
  await packed(events.name, [
    healthyMessage(),
    ...hostile.flatMap(({ kind, key = kind, value, headers }) => [
      { key, value, headers: { ...headers, kind } },
      // Headers do no harm to what can be read.
      healthyMessage(headers),
    ]),
  ])

  await rig.startWorker()
  const outcomeOf = (eventId: string, id: string) =>
    finals().get(finalOutcomeId(deliveryIdOf(eventId, id), 0))?.result
  await until(
    () => healthy.every((id) => outcomeOf(id, 'w') === 'delivered'),
    'the healthy events',
    30_000,
    () => JSON.stringify(healthy.map((id) => outcomeOf(id, 'w'))),
  )
  await until(async () => (await groupLag(settings)) === 0, 'the commit of everything')

  const { records } = await readTopic(quietClient(settings), deadLetters.name)
  const told = records.map(({ headers }) => [
    // Of so many headers, the record's last one is not read.
    String(headers['kind'] ?? 'not read'),
    String(headers['dead-letter-reason']),
  ])
  expect(told).toEqual(
    hostile.map(({ kind, reason, headers = {} }) => [
      Object.keys(headers).length > 256 ? 'not read' : kind,
      reason,
    ]),
  )
  const reasons = new Map(
    [...finals().values()]
      .filter(({ event_id }) => event_id === healthy[0])
      .map(({ webhook_id, reason }) => [webhook_id?.replace(/sha256 [0-9a-f]{64}/, 'digest'), reason]),
  )
  expect(reasons).toEqual(
    new Map([
      ['w', 'ok'],
      ['too large', 'invalid_config'],
      [`${'k'.repeat(64)}… (600000 bytes, digest)`, 'invalid_config'],
    ]),
  )
  expect(receiver.requests).toHaveLength(healthy.length)
})
