// Faults of workers and of the broker: killed processes, a coordinator that cannot write, a broker that is cut off.
import kafkajs from 'kafkajs'
import { createKafkaClient } from '../../../src/kafka/kafka-client.ts'
import { startFaultyBroker } from '../../harness/faulty-broker.ts'
import { quietClient } from '../../harness/quiet-client.ts'
import type { Scene } from '../scene.ts'
import { accountOf, webhookEach } from './deliveries.ts'

const killed: Scene = {
  name: 'killed',
  fault: 'one of two workers is killed, and stays away',
  alerts: ['WebhookWorkerDown'],
  async play(stage, job) {
    const rig = await stage.rig()
    await stage.worker(job, rig)
    const second = await stage.worker(job, rig)
    await second.end('SIGKILL')
  },
}

const allKilled: Scene = {
  name: 'all-killed',
  fault: 'the only worker is killed',
  alerts: ['WebhookNoWorkerUp'],
  async play(stage, job) {
    const worker = await stage.worker(job, await stage.rig())
    await worker.end('SIGKILL')
  },
}

const noCommits: Scene = {
  name: 'no-commits',
  fault: 'the topic in which the group’s coordinator keeps offsets takes no record any more',
  alerts: ['WebhookCommitsFailing'],
  async play(stage, job) {
    const broker = await startFaultyBroker()
    stage.later(() => broker.stop())
    const receivers = await stage.receivers(1)
    const rig = await stage.rig({ KAFKA_BROKERS: broker.direct, REGISTRY_URL: broker.registryUrl })
    await webhookEach(rig, receivers, 1)
    await stage.worker(job, rig, { KAFKA_BROKERS: broker.proxied })
    stage.load(rig, { eventsPerSecond: 5, account: () => accountOf(0) })
    await rig.untilFinals(10)
    const admin = createKafkaClient(quietClient(rig.settings)).admin()
    await admin.connect()
    try {
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: '__consumer_offsets',
            configEntries: [{ name: 'max.message.bytes', value: '64' }],
          },
        ],
      })
    } finally {
      await admin.disconnect()
    }
  },
}

const brokerCutOff: Scene = {
  name: 'broker-cut-off',
  fault: 'the network between a worker and the broker swallows everything',
  alerts: ['WebhookTableStale', 'WebhookNothingProcessed'],
  async play(stage, job) {
    const broker = await startFaultyBroker()
    stage.later(() => broker.stop())
    const receivers = await stage.receivers(1)
    const rig = await stage.rig({ KAFKA_BROKERS: broker.direct, REGISTRY_URL: broker.registryUrl })
    await webhookEach(rig, receivers, 1)
    await stage.worker(job, rig, { KAFKA_BROKERS: broker.proxied })
    stage.load(rig, { eventsPerSecond: 5, account: () => accountOf(0) })
    await rig.untilFinals(10)
    broker.proxy.become('swallow')
  },
}

export const workerScenes: readonly Scene[] = [killed, allKilled, noCommits, brokerCutOff]
