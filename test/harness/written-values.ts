// Values in topics that a worker writes: what a test does not want to wait for until it comes about.
import type { WebhookOutcomeRecord, WebhookSuspensionRecord } from '../../src/domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createValueEncoder } from '../../src/kafka/value-encoder.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { Settings } from '../../src/settings/schema.ts'

/** What is known against a webhook's receiver, as the worker that judges writes it: since yesterday. */
export async function writeSuspension(
  settings: Settings,
  suspension: Partial<WebhookSuspensionRecord> &
    Pick<WebhookSuspensionRecord, 'webhook_id' | 'account_id' | 'config_offset'>,
): Promise<void> {
  const value = { ...sinceYesterday(Date.now()), ...suspension }
  await writeValues(settings, settings.topics.suspensions.name, 'webhook-suspension', [value])
}

export function writeOutcomes(settings: Settings, outcomes: readonly WebhookOutcomeRecord[]): Promise<void> {
  return writeValues(settings, settings.topics.outcomes.name, 'webhook-outcome', outcomes)
}

/** Resolves when all are acknowledged. */
async function writeValues(
  settings: Settings,
  topic: string,
  name: Parameters<typeof readSchema>[0],
  values: readonly { readonly webhook_id: string | null }[],
): Promise<void> {
  const schema = readSchema(name)
  const kafka = createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {}))
  const encode = createValueEncoder(schema, await registeredIdOf(settings.registry, topic, schema))
  const records = values.map((value) => ({ key: Buffer.from(value.webhook_id ?? ''), value: encode(value) }))
  const writer = new RecordWriter({
    kafka,
    observer: { observe: () => {} },
    topic,
    lingerMs: 5,
    maxBatch: 500,
  })
  await writer.start()
  try {
    await Promise.all(records.map((record) => writer.write(record)))
  } finally {
    await writer.stop()
  }
}

function sinceYesterday(nowMs: number) {
  return {
    state: 'suspended',
    config_partition: 0,
    watch_offset: null,
    watched_since: nowMs - 90_000_000,
    suspended_since: nowMs - 3_600_000,
    cause: 'only_failures',
    attempts: 28,
    last_reason: 'http_status',
    last_status: 500,
    first_failed_at: nowMs - 90_000_000,
    last_failed_at: nowMs - 3_600_000,
  } satisfies Partial<WebhookSuspensionRecord>
}
