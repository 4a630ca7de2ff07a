// Values in topics that a worker writes: what a test does not want to wait for until it comes about.
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createValueEncoder } from '../../src/kafka/value-encoder.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { Settings } from '../../src/settings/schema.ts'

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
