// What a worker knows of pauses: the topic of states, read and followed.
import type { clientConfigOf } from './kafka/kafka-client.ts'
import { createPauseSource } from './kafka/pause-source.ts'
import { readSchema } from './kafka/schema-files.ts'
import { createTopicReader } from './kafka/topic-reader.ts'
import type { WriterSchemas } from './kafka/writer-schemas.ts'
import { LivePauses } from './pipeline/live-pauses.ts'
import type { Clock, Observer, PauseSource } from './ports.ts'
import type { Settings } from './settings/schema.ts'

export interface PausesOptions {
  readonly settings: Settings
  /** As given to `new Kafka`. */
  readonly client: ReturnType<typeof clientConfigOf>
  readonly clock: Clock
  readonly observer: Observer
  readonly schemas: WriterSchemas
}

/** Nothing is read before the one is hydrated from the other. */
export function createPauses({ settings, client, clock, observer, schemas }: PausesOptions): {
  readonly pauses: LivePauses
  readonly source: PauseSource
} {
  const reader = createTopicReader({
    client,
    topic: settings.topics.states.name,
    maxWaitMs: settings.kafka.maxWaitMs,
    now: () => clock.monotonicMs(),
  })
  const schema = readSchema('webhook-state')
  return {
    pauses: new LivePauses(clock, observer),
    source: createPauseSource({ reader, schema, schemas, observer }),
  }
}
