// The topic of webhooks as it stands: read once from its beginning to the ends seen at start.
// Invariant: changes of a partition are handed over in offset order, as a worker's table gets them.
import type { KafkaConfig } from 'kafkajs'
import type { RecordPosition } from '../domain/record-position.ts'
import type { WebhookChange } from '../domain/webhook-change.ts'
import { withSchemas } from './asked-schemas.ts'
import { createWebhookDecoder } from './codec.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { readTopicRange } from './topic-range.ts'

export interface WebhookSnapshotOptions {
  readonly client: KafkaConfig
  readonly registry: RegistryAccess
  readonly topic: string
  onChange(position: RecordPosition, change: WebhookChange): void
}

/**
 * Records without a key name no webhook, and are passed over.
 * @throws what says that Kafka or the registry cannot be read
 */
export async function readWebhooks({
  client,
  registry,
  topic,
  onChange,
}: WebhookSnapshotOptions): Promise<void> {
  await withSchemas(registry, async (schemas, signal) => {
    const decoder = createWebhookDecoder(readSchema('webhook-config'), schemas)
    await readTopicRange({
      client,
      topic,
      rangesOf: (held) => held,
      async onRecords(partition, records) {
        for (const { key, value, offset } of records) {
          if (key === null) continue
          const decoded = decoder.decode(key, value, signal)
          onChange({ topic, partition, offset }, decoded instanceof Promise ? await decoded : decoded)
        }
      },
    })
  })
}
