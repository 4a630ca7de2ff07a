// Faults in what workers read: schemas that nobody knows, records that nobody can read, webhooks that nobody can use, events
// that are gone.
import { createKafkaClient } from '../../../src/kafka/kafka-client.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'
import { quietClient } from '../../harness/quiet-client.ts'
import { until } from '../../harness/until.ts'
import { webhookRecord } from '../../harness/worker-rig.ts'
import type { WorkerRig } from '../../harness/worker-rig.ts'
import { produce } from '../../integration/compacted-topic.ts'
import { startForgetfulRegistry } from '../forgetful-registry.ts'
import type { Scene } from '../scene.ts'
import { accountOf, webhookEach } from './deliveries.ts'

async function publishEnds({ publisher }: WorkerRig, count: number, account: string): Promise<void> {
  const ends = Array.from({ length: count }, (_, call) => simulateCall(call, account, Date.now()).end)
  await Promise.all(ends.map((end) => publisher.callEvent(end)))
}

const schemasForgotten: Scene = {
  name: 'schemas-forgotten',
  fault: 'a worker starts while the registry does not know the schemas of events and of parked deliveries',
  alerts: ['WebhookNothingProcessed', 'WebhookParkedOverdue'],
  async play(stage, job) {
    const receivers = await stage.receivers(1)
    await receivers.behave(null, 'failing')
    const rig = await stage.rig()
    await webhookEach(rig, receivers, 1)
    const before = await stage.worker(job, rig)
    await publishEnds(rig, 20, accountOf(0))
    await until(() => rig.outcomes.length >= 20, 'parked deliveries')
    await stage.prometheus.forget(before.opsPort)
    await before.end('SIGTERM')
    await publishEnds(rig, 20, accountOf(0))
    const registry = await startForgetfulRegistry(rig.settings.registry.url, (schema) =>
      schema.includes('WebhookConfig'),
    )
    stage.later(() => registry.stop())
    await stage.worker(job, rig, { REGISTRY_URL: registry.url })
  },
}

const oddRecords: Scene = {
  name: 'odd-records',
  fault:
    'rubbish among the events; an event for more webhooks than the limit; eight webhooks without a parameter’s source',
  alerts: ['WebhookDeadLetters', 'WebhookFanoutLimit', 'WebhookConfigsInvalid'],
  async play(stage, job) {
    const receivers = await stage.receivers(10)
    const rig = await stage.rig({ FANOUT_LIMIT: '2' })
    await webhookEach(rig, receivers, 10)
    for (const index of Array.from({ length: 8 }).keys()) {
      const whose = { webhook_id: `broken-${index}`, account_id: 'broken', port: 80 }
      const parameters = [{ name: 'x', source: { parameter: 'no_such_parameter', literal: null } }]
      await rig.publisher.webhook(webhookRecord({ ...whose, parameters }))
    }
    for (const index of [0, 1, 2]) {
      const port = receivers.portOf(0)
      await rig.publisher.webhook(
        webhookRecord({ webhook_id: `many-${index}`, account_id: 'many', port, path: `/${index}` }),
      )
    }
    await stage.worker(job, rig)
    await publishEnds(rig, 3, 'broken')
    await publishEnds(rig, 1, 'many')
    await produce(rig.settings.topics.events.name, 0, [{ key: 'call', value: 'rubbish' }])
    // Something of everything that a dashboard shows.
    stage.load(rig, { eventsPerSecond: 4, account: (call) => accountOf(call % 12) })
  },
}

const eventsGone: Scene = {
  name: 'events-gone',
  fault: 'the topic’s retention removes events while no worker runs',
  alerts: ['WebhookEventsSkipped'],
  async play(stage, job) {
    const receivers = await stage.receivers(1)
    const rig = await stage.rig({ TOPICS_EVENTS_PARTITIONS: '1' })
    await webhookEach(rig, receivers, 1)
    const before = await stage.worker(job, rig)
    await publishEnds(rig, 5, accountOf(0))
    await rig.untilFinals(5)
    await stage.prometheus.forget(before.opsPort)
    await before.end('SIGTERM')
    await publishEnds(rig, 10, accountOf(0))
    const topic = rig.settings.topics.events.name
    const admin = createKafkaClient(quietClient(rig.settings)).admin()
    await admin.connect()
    try {
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '12' }] })
    } finally {
      await admin.disconnect()
    }
    await stage.worker(job, rig)
  },
}

export const recordScenes: readonly Scene[] = [schemasForgotten, oddRecords, eventsGone]
