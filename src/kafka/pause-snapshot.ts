// What is paused, as the topic of states has it now: read once from its beginning to the ends seen at start.
import type { KafkaConfig } from 'kafkajs'
import type { WebhookStateRecord } from '../domain/records.ts'
import { withSchemas } from './asked-schemas.ts'
import { ValueDecoder } from './codec.ts'
import { RegistryRefused } from './registry-api.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { readTopicRange } from './topic-range.ts'

export interface PauseSnapshotOptions {
  readonly client: KafkaConfig
  readonly registry: RegistryAccess
  readonly topic: string
}

/**
 * By key, in the order in which they were paused; null where the value cannot be read, or the registry is away.
 * @throws what says that Kafka cannot be read
 */
export async function readPauses({
  client,
  registry,
  topic,
}: PauseSnapshotOptions): Promise<ReadonlyMap<string, WebhookStateRecord | null>> {
  const values = new Map<string, Uint8Array>()
  await readTopicRange({
    client,
    topic,
    rangesOf: (held) => held,
    onRecords(_partition, records) {
      for (const { key, value } of records) {
        if (key === null) continue
        values.delete(key.toString())
        if (value !== null) values.set(key.toString(), Buffer.from(value))
      }
    },
  })
  const unread = (): ReadonlyMap<string, null> => new Map(Array.from(values.keys(), (key) => [key, null]))
  return withSchemas(registry, async (schemas, signal) => {
    const decoder = new ValueDecoder<WebhookStateRecord>(readSchema('webhook-state'), schemas)
    const pauses = new Map<string, WebhookStateRecord | null>()
    for (const [key, value] of values) {
      const decoded = await decoder.decode(value, signal)
      pauses.set(key, decoded.kind === 'value' ? decoded.value : null)
    }
    return pauses
  }).catch((error: unknown) => {
    // What is paused is worth knowing without knowing by whom.
    if (error instanceof RegistryRefused) return unread()
    throw error
  })
}
