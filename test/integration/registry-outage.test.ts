// A registry that is away: what is known goes on, what is not known waits, and nothing is given up for it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import type { CallEventRecord } from '../../src/domain/records.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import type { TcpProxy } from '../harness/tcp-proxy.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { produce } from './compacted-topic.ts'

const registryUrl = (): URL => new URL(process.env['TEST_REGISTRY_URL'] ?? '')

/** Registers a newer version of a topic's schema, past the proxy, and writes values by it. */
async function newerWriter(topic: string, name: 'call-event' | 'webhook-config', field: string) {
  const plain = readSchema(name) as { fields: object[] }
  const added = { name: field, type: ['null', 'string'], default: null }
  const schema = { ...plain, fields: [...plain.fields, added] } as avro.Schema
  const response = await fetch(`${registryUrl().href}/subjects/${topic}-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
  const { id } = (await response.json()) as { id: number }
  const framing = Buffer.alloc(5)
  framing.writeInt32BE(id, 1)
  const type = avro.Type.forSchema(schema)
  return (value: object): Buffer => Buffer.concat([framing, type.toBuffer({ ...value, [field]: 'new' })])
}

describe('a registry that is away', () => {
  let rig: WorkerRig
  let receiver: Receiver
  let proxy: TcpProxy

  beforeAll(async () => {
    receiver = await startReceiver()
    proxy = await startTcpProxy(registryUrl().host)
    rig = await startWorkerRig({
      REGISTRY_URL: `http://${proxy.host}:${proxy.port}${registryUrl().pathname}`,
      TOPICS_EVENTS_PARTITIONS: '2',
    })
    const { port } = receiver
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'first', account_id: 'acme', port }))
    await rig.startWorker()
    const known = await newerWriter(eventsTopic(), 'call-event', 'known_before')
    for (const partition of [0, 1]) await publish(partition, known(newEnd()))
    await rig.untilFinals(2)
  })

  afterAll(async () => {
    proxy.become('pass')
    await rig.stop()
    await receiver.stop()
    await proxy.stop()
  })

  const eventsTopic = (): string => rig.settings.topics.events.name
  const publish = (partition: number, value: Buffer): Promise<void> =>
    produce(eventsTopic(), partition, [{ value }])
  const newEnd = (): CallEventRecord => simulateCall(0, 'acme', Date.now()).end
  const isFinal = ({ event_id }: CallEventRecord): boolean =>
    [...rig.finals().values()].some((outcome) => outcome.event_id === event_id)
  const registryTroubles = (): number =>
    rig.observations.filter(
      ({ kind, ...rest }) => kind === 'trouble' && 'where' in rest && rest.where === 'registry',
    ).length

  it.each(['refuse', 'swallow'] as const)('holds only what needs it (%s)', async (mode) => {
    const known = await newerWriter(eventsTopic(), 'call-event', 'known_before')
    const unknown = await newerWriter(eventsTopic(), 'call-event', `not_met_${mode}`)
    proxy.become(mode)
    if (mode === 'refuse') proxy.cut()
    const troublesBefore = registryTroubles()
    const [before, waits, behind, elsewhere] = [newEnd(), newEnd(), newEnd(), newEnd()]
    await publish(0, known(before))
    await publish(0, unknown(waits))
    await publish(0, known(behind))
    await publish(1, known(elsewhere))
    await until(() => isFinal(before) && isFinal(elsewhere), 'what is known to be delivered')
    // A registry that takes the question and never answers is asked again after the deadline of the first one.
    await until(() => registryTroubles() >= troublesBefore + 2, 'two questions in vain', 25_000)
    expect([isFinal(waits), isFinal(behind)]).toEqual([false, false])
    proxy.become('pass')
    if (mode === 'swallow') proxy.cut()
    await until(() => isFinal(waits) && isFinal(behind), 'what waited to be delivered', 25_000)
    expect(rig.observations.filter(({ kind }) => kind === 'dead_lettered')).toEqual([])
  })

  it('holds the table where a webhook needs it, and applies it afterwards', async () => {
    const topic = rig.settings.topics.webhooks.name
    const known = await newerWriter(eventsTopic(), 'call-event', 'known_before')
    const newer = await newerWriter(topic, 'webhook-config', 'not_met_field')
    const { port } = receiver
    proxy.become('refuse')
    proxy.cut()
    const troublesBefore = registryTroubles()
    const second = webhookRecord({ webhook_id: 'second', account_id: 'acme', port })
    await produce(topic, 0, [{ key: 'second', value: newer(second) }])
    await until(() => registryTroubles() > troublesBefore, 'the first question in vain')
    const meanwhile = newEnd()
    await publish(0, known(meanwhile))
    await until(() => isFinal(meanwhile), 'the webhook that is known to be served meanwhile')
    proxy.become('pass')
    const served = (): Set<string | null> =>
      new Set([...rig.finals().values()].map(({ webhook_id }) => webhook_id))
    await until(
      async () => {
        const next = newEnd()
        await publish(0, known(next))
        await until(() => isFinal(next), 'an event after the outage')
        return served().has('second')
      },
      'the webhook that waited to be served',
      25_000,
    )
    expect(served()).toEqual(new Set(['first', 'second']))
  })
})
