// Versions of webhooks that say the same as before in other bytes, written as the console writes: read back, so that an
// edit by somebody else in the meantime is noticed, stands, and is looked at again.
import { WebhookLog } from '../console/webhook-log.ts'
import type { StoredWebhook } from '../console/webhook-index.ts'
import { WebhookWrites } from '../console/webhook-writes.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'
import { createWebhookDecoder } from '../kafka/codec.ts'
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { RecordWriter } from '../kafka/record-writer.ts'
import { registeredIdOf } from '../kafka/registered-schema.ts'
import { readSchema } from '../kafka/schema-files.ts'
import { createTopicReader } from '../kafka/topic-reader.ts'
import { createValueEncoder } from '../kafka/value-encoder.ts'
import { WriterSchemas } from '../kafka/writer-schemas.ts'
import { systemClock } from '../runtime/clock.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'

/** What becomes of a webhook's record; the same object: nothing. */
type Rewrite = (record: WebhookConfigRecord) => WebhookConfigRecord

export interface WebhookRewriter {
  /** As they stood when it was opened, or later. Those that cannot be decoded at all are left out. */
  stored(): Iterable<StoredWebhook>
  /** `failed`: brokers do not take it, or somebody else writes it again and again. */
  rewrite(webhookId: string, change: Rewrite): Promise<'written' | 'unchanged' | 'failed'>
  close(): Promise<void>
}

const writeWithinMs = 30_000
const maxTries = 5
const silent = { observe() {} }

/** Resolves when the topic is read. @throws what says that Kafka or the registry cannot be reached */
export async function openRewriter(settings: Settings): Promise<WebhookRewriter> {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const topic = settings.topics.webhooks.name
  const schema = readSchema('webhook-config')
  const encode = createValueEncoder(schema, await registeredIdOf(settings.registry, topic, schema))
  const schemas = new WriterSchemas(settings.registry, silent)
  const now = (): number => systemClock.monotonicMs()
  const reader = createTopicReader({ client, topic, maxWaitMs: settings.kafka.maxWaitMs, now })
  const log = new WebhookLog({ reader, decoder: createWebhookDecoder(schema, schemas), observer: silent })
  const kafka = createKafkaClient(client)
  const writer = new RecordWriter({ kafka, observer: silent, topic, lingerMs: 2, maxBatch: 500 })
  const close = async (): Promise<void> => {
    schemas.stop()
    await writer.stop()
    await log.stop()
  }
  const writes = new WebhookWrites({ log, writer, clock: systemClock, observer: silent })
  try {
    await writer.start()
    await log.start()
    await log.untilCompleteAsOf(now())
  } catch (error) {
    await close()
    throw error
  }
  const tryOnce = async (
    webhookId: string,
    change: Rewrite,
  ): Promise<'written' | 'unchanged' | 'failed' | 'lost'> => {
    const stored = log.index.newest(webhookId)
    if (stored === null || stored.undecodable !== null) return 'unchanged'
    const { config, offset, version } = stored
    const record = change(config)
    if (record === config) return 'unchanged'
    const write = { webhookId, value: encode(record), base: offset, knownAs: version }
    const { kind } = await writes.write(write, AbortSignal.timeout(writeWithinMs))
    return kind === 'written' || kind === 'lost' ? kind : 'failed'
  }
  return {
    *stored() {
      for (const webhookId of log.index.ids()) {
        const stored = log.index.newest(webhookId)
        if (stored !== null) yield stored
      }
    },
    async rewrite(webhookId, change) {
      for (let tries = 0; tries < maxTries; tries += 1) {
        const end = await tryOnce(webhookId, change)
        if (end !== 'lost') return end
      }
      return 'failed'
    },
    close,
  }
}
