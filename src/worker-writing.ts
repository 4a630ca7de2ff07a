// What a worker writes to: the outcomes, the dead letters and the retry topics, each with the schema under which its
// values are registered. Nothing is open before all ids are known, so that a registry that is away costs no connection.
import { createDeadLetterSink } from './kafka/dead-letter-sink.ts'
import type { createKafkaClient } from './kafka/kafka-client.ts'
import { createOutcomeSink } from './kafka/outcome-sink.ts'
import { startParking } from './kafka/parking.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { untilRegisteredId } from './kafka/registered-schema.ts'
import { retryTopicsFor } from './kafka/retry-topics.ts'
import { readSchema } from './kafka/schema-files.ts'
import type { DeadLetterSink, Observer, OutcomeSink, Parking } from './ports.ts'
import { unlessAborted } from './runtime/unless-aborted.ts'
import { topicDelaysOf } from './settings/delivery-settings.ts'
import type { Settings } from './settings/schema.ts'

export interface WritingOptions {
  readonly settings: Settings
  readonly kafka: ReturnType<typeof createKafkaClient>
  readonly observer: Observer
  /** Resolves when writing for partitions is certain again; null while it is. */
  doubt(): Promise<void> | null
  warn(text: string): void
  /** Aborted: the start is called off. */
  readonly signal: AbortSignal
  /** What has to be stopped, in the order in which it was started; filled also where the start fails half way. */
  readonly closing: (() => Promise<unknown> | void)[]
}

export interface Writing {
  readonly outcomes: OutcomeSink
  readonly parking: Parking
  readonly deadLetters: DeadLetterSink
}

/** @throws when the registry does not know a schema, a topic is missing, no broker answers, or `signal` aborts. */
export async function startWriting(options: WritingOptions): Promise<Writing> {
  const { settings, kafka, observer, doubt, warn, signal, closing } = options
  const { registry, topics, outcomes, worker } = settings
  const patience = {
    withinMs: registry.startWithinMs,
    signal,
    troubled: (error: Error) => warn(`start waits for the registry: ${error.message}`),
  }
  const outcomeSchema = readSchema('webhook-outcome')
  const schemaId = await untilRegisteredId(registry, topics.outcomes.name, outcomeSchema, patience)
  const parkedSchema = readSchema('parked-delivery')
  const retryTopics = retryTopicsFor(topics.retries.prefix, topicDelaysOf(settings))
  const schemaIds = new Map<string, number>()
  for (const topic of retryTopics.keys())
    schemaIds.set(topic, await untilRegisteredId(registry, topic, parkedSchema, patience))

  const writing = { kafka, observer, lingerMs: outcomes.lingerMs, maxBatch: outcomes.maxBatch }
  const outcomeWriter = new RecordWriter({ ...writing, topic: topics.outcomes.name, doubt })
  const deadLetterWriter = new RecordWriter({ ...writing, topic: topics.deadLetters.name })
  closing.push(
    () => outcomeWriter.stop(),
    () => deadLetterWriter.stop(),
  )
  await unlessAborted(signal, Promise.all([outcomeWriter.start(), deadLetterWriter.start()]))
  const parking = await unlessAborted(
    signal,
    startParking({ ...writing, topics: retryTopics, schema: parkedSchema, schemaIds, doubt }),
  )
  closing.push(() => parking.stop())
  return {
    outcomes: createOutcomeSink({
      writer: outcomeWriter,
      schema: outcomeSchema,
      schemaId,
      workerId: worker.id,
    }),
    parking,
    deadLetters: createDeadLetterSink(deadLetterWriter),
  }
}
