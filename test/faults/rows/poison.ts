// One record in a hundred is no call event, in many ways: each is kept as a dead letter, and nothing else suffers.
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { registeredIdOf } from '../../../src/kafka/registered-schema.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { poisonKinds } from '../../harness/poison.ts'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'
import type { Member, Scene } from '../scene.ts'

const { Kafka, logLevel, Partitioners } = kafkajs

export const poison: readonly Row[] = [
  {
    name: 'poison',
    what: 'one record in a hundred is no call event, in 29 ways',
    goal: 'dead letters as many as injected; event loop held up for 250 ms at most; nothing healthy lost',
    ground: 'shared',
    recoveryWithinMs: 5_000,
    async happen(scene, { poisonMs }) {
      const { topics, registry, kafka } = scene.rig.settings
      const ids = {
        event: await registeredIdOf(registry, topics.events.name, readSchema('call-event')),
        webhook: await registeredIdOf(registry, topics.webhooks.name, readSchema('webhook-config')),
      }
      const client = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING })
      const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
      await producer.connect()
      const kinds = poisonKinds(ids, 1)
      const fromMs = epochMs()
      await scene.load.deleteWebhook()
      // From here on: at their start workers have much to compile.
      await Promise.all(scene.members.map(eventLoopDelayMs))
      let injected = 0
      while (epochMs() - fromMs < poisonMs) {
        const { kind, value } = kinds[injected % kinds.length] ?? { kind: 'none', value: null }
        await producer.send({ topic: topics.events.name, messages: [{ key: `${kind} ${injected}`, value }] })
        injected += 1
        await delay(450)
      }
      await producer.disconnect()
      const endedAtMs = epochMs()
      const delaysMs = await Promise.all(scene.members.map(eventLoopDelayMs))
      return {
        endedAtMs,
        measure: async () => [
          { name: 'deadLetters', value: await deadLetters(scene), atLeast: injected, atMost: injected },
          { name: 'shareMeanwhile', value: Number(scene.arrivals.share(fromMs, endedAtMs).toFixed(3)) },
          { name: 'eventLoopDelayMs', value: Math.round(Math.max(...delaysMs)), atMost: 250 },
        ],
      }
    },
  },
]

async function deadLetters({ rig }: Scene): Promise<number> {
  const { topics, kafka } = rig.settings
  const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topics.deadLetters.name)
  await admin.disconnect()
  return offsets.reduce((sum, { high }) => sum + Number(high), 0)
}

/** The longest delay of the worker's event loop since it was last asked, as it tells itself. */
async function eventLoopDelayMs({ process }: Member): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${process.opsPort}/metrics`)).text()
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]) * 1_000
}
