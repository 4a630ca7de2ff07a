// Publishes call events and webhooks as a platform and a config service would: framed Avro, keys as the topics
// ask for, acknowledged by all in-sync replicas. The demo and the tests speak to the worker through it.
import type avro from 'avsc'
import type { Kafka } from 'kafkajs'
import type { CallEventRecord, WebhookConfigRecord, WebhookStateRecord } from '../domain/records.ts'
import type { Observer } from '../ports.ts'
import { RecordWriter } from './record-writer.ts'
import { registeredIdOf } from './registered-schema.ts'
import { readSchema } from './schema-files.ts'
import { createValueEncoder } from './value-encoder.ts'
import type { RegistryAccess } from './writer-schemas.ts'

export interface PublisherOptions {
  readonly kafka: Kafka
  readonly registry: RegistryAccess
  readonly topics: { readonly events: string; readonly webhooks: string }
  readonly observer: Observer
}

/** Each method resolves when the record is acknowledged. */
export interface Publisher {
  callEvent(event: CallEventRecord, headers?: Readonly<Record<string, string>>): Promise<void>
  webhook(webhook: WebhookConfigRecord): Promise<void>
  deleteWebhook(webhookId: string): Promise<void>
  stop(): Promise<void>
}

/** The half of a publisher that a config service needs. */
export type WebhookPublisher = Omit<Publisher, 'callEvent'>

/** @throws when a schema is not registered, a topic is missing, or no broker answers. */
export async function startPublisher(options: PublisherOptions): Promise<Publisher> {
  const { topics, registry } = options
  const events = await framedWriter(options, topics.events, readSchema('call-event'), registry)
  const webhooks = await startWebhookPublisher({ ...options, topic: topics.webhooks })
  return {
    ...webhooks,
    callEvent: (event, headers) => events.write(event.call_id, event, headers),
    async stop() {
      await Promise.all([events.stop(), webhooks.stop()])
    },
  }
}

/** @throws as `startPublisher`. */
export async function startWebhookPublisher(
  options: Omit<PublisherOptions, 'topics'> & { readonly topic: string },
): Promise<WebhookPublisher> {
  const { topic, registry } = options
  const webhooks = await framedWriter(options, topic, readSchema('webhook-config'), registry)
  return {
    webhook: (webhook) => webhooks.write(webhook.webhook_id, webhook),
    deleteWebhook: (webhookId) => webhooks.write(webhookId, null),
    stop: () => webhooks.stop(),
  }
}

export interface StatePublisher {
  pause(key: string, state: WebhookStateRecord): Promise<void>
  lift(key: string): Promise<void>
  stop(): Promise<void>
}

/** A pause is lifted without the registry. @throws as `startPublisher`, for the schema when something is paused. */
export async function startStatePublisher({
  topic,
  registry,
  kafka,
  observer,
}: Omit<PublisherOptions, 'topics'> & { readonly topic: string }): Promise<StatePublisher> {
  const writer = new RecordWriter({ kafka, observer, topic, lingerMs: 0, maxBatch: 1 })
  await writer.start()
  const schema = readSchema('webhook-state')
  return {
    async pause(key, state) {
      const encode = createValueEncoder(schema, await registeredIdOf(registry, topic, schema))
      await writer.write({ key: Buffer.from(key), value: encode(state) })
    },
    lift: (key) => writer.write({ key: Buffer.from(key), value: null }),
    stop: () => writer.stop(),
  }
}

async function framedWriter(
  options: Pick<PublisherOptions, 'kafka' | 'observer'>,
  topic: string,
  schema: avro.Schema,
  registry: RegistryAccess,
) {
  const encode = createValueEncoder(schema, await registeredIdOf(registry, topic, schema))
  const { kafka, observer } = options
  const writer = new RecordWriter({ kafka, observer, topic, lingerMs: 2, maxBatch: 500 })
  await writer.start()
  return {
    /** A null value is a tombstone. */
    write(key: string, value: object | null, headers: Readonly<Record<string, string>> = {}): Promise<void> {
      return writer.write({
        key: Buffer.from(key),
        value: value === null ? null : encode(value),
        headers,
      })
    },
    stop: () => writer.stop(),
  }
}
