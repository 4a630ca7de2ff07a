// A console whose brokers go away: every write is answered in time, and what is answered is true once they are back.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { WebhookLog } from '../../src/console/webhook-log.ts'
import { WebhookStore } from '../../src/console/webhook-store.ts'
import type { WebhookDraft } from '../../src/console/webhook-store.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { plainWebhook } from '../../src/local/plain-webhook.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { encodeJson, jsonDecoder } from '../fakes/fake-webhook-topic.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const observer = { observe: () => {} }
const draft = (path: string): WebhookDraft => ({ ...plainWebhook, path })

/** On the real broker; every connection leads through the proxy. Values are JSON, which is nothing to Kafka. */
async function startStore(topic: string) {
  const proxy = await startTcpProxy((process.env['TEST_KAFKA_BROKERS'] ?? '').split(',')[0] ?? '')
  closing.push(() => proxy.stop())
  const client = {
    ...clientOptions(),
    requestTimeout: 700,
    retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 1 },
    socketFactory: ({ onConnect }: { onConnect: () => void }) =>
      connect({ host: proxy.host, port: proxy.port }, onConnect),
  }
  const now = () => systemClock.monotonicMs()
  const reader = createTopicReader({ client, topic, maxWaitMs: 100, now })
  const log = new WebhookLog({ reader, decoder: jsonDecoder, observer })
  const kafka = createKafkaClient(client)
  const writer = new RecordWriter({ kafka, topic, observer, lingerMs: 0, maxBatch: 10 })
  await writer.start()
  closing.push(() => writer.stop())
  await log.start()
  closing.push(() => log.stop())
  await log.untilCompleteAsOf(Number.NEGATIVE_INFINITY)
  const options = { log, writer, encode: encodeJson, clock: systemClock, observer, writeWithinMs: 1_500 }
  return { store: new WebhookStore(options), proxy }
}

describe('brokers that go away', () => {
  it.each(['refuse', 'swallow'] as const)(
    'while a change is written: it is answered in time, and true once they are back (%s)',
    async (mode) => {
      const topic = await createTopic(`console-${randomUUID().slice(0, 4)}`, 1, {
        'cleanup.policy': 'compact',
      })
      const { store, proxy } = await startStore(topic)
      const made = await store.create('a', draft('/first'))
      if (made.kind !== 'written') throw new Error(made.kind)
      const { stored } = made
      proxy.become(mode)
      if (mode === 'refuse') proxy.cut()
      const begunAtMs = performance.now()
      const answers = await Promise.all([
        store.replace('a', stored, draft('/second')),
        store.replace('a', stored, draft('/third')),
      ])
      expect(performance.now() - begunAtMs).toBeLessThan(4_000)
      expect(answers.map(({ kind }) => kind)).toEqual(['unknown_result', 'unavailable'])
      // Shown as it is known.
      expect(store.get('a', stored.webhookId)?.config.path).toBe('/first')
      proxy.become('pass')
      proxy.cut()
      const isBack = async (): Promise<boolean> => {
        const known = store.get('a', stored.webhookId) ?? stored
        return (await store.replace('a', known, draft('/after'))).kind === 'written'
      }
      await until(isBack, 'a change to be written again', 20_000)
      expect(store.get('a', stored.webhookId)?.config.path).toBe('/after')
    },
  )
})
