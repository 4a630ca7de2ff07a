// Goes on reading outcomes from where a scan ended, and knows how old its knowledge is.
import type { KafkaConfig } from 'kafkajs'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { ValueDecoder } from './codec.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { createTopicReader } from './topic-reader.ts'
import { readTopicRange } from './topic-range.ts'
import { WriterSchemas } from './writer-schemas.ts'

export interface OutcomeFollowing {
  readonly client: KafkaConfig
  readonly registry: RegistryAccess
  readonly topic: string
  /** By partition the first offset; absent: its beginning. */
  readonly from: ReadonlyMap<number, bigint>
  /** In offset order per partition. */
  onOutcome(outcome: WebhookOutcomeRecord, place: OutcomePlace): void
  /** Reading failed, or a record is no outcome; it goes on by itself. */
  troubled(error: string): void
}

export interface OutcomePlace {
  readonly partition: number
  readonly offset: bigint
}

export interface OutcomeFollower {
  /** Resolves once all is handed over that the topic held `ageMs` ago. */
  knowsAsOf(ageMs: number): Promise<void>
  stop(): Promise<void>
}

/**
 * Where a reading begins that wants what was written from a moment on (epoch milliseconds), or, with null, only what will
 * be written.
 * @throws what says that Kafka cannot be reached
 */
export async function beginningAt(
  { client, topic }: Pick<OutcomeFollowing, 'client' | 'topic'>,
  sinceMs: number | null,
): Promise<ReadonlyMap<number, bigint>> {
  const places = new Map<number, bigint>()
  await readTopicRange({
    client,
    topic,
    ...(sinceMs !== null && { sinceMs }),
    rangesOf(held) {
      for (const [partition, { from, to }] of held) places.set(partition, sinceMs === null ? to : from)
      return new Map()
    },
    onRecords() {},
  })
  return places
}

const maxWaitMs = 200
/** What is held back while decoding: a reader that falls behind holds no more than this. */
const maxBytes = 2 * 1_048_576

/** @throws when the topic is missing or no broker answers. */
export async function followOutcomes(following: OutcomeFollowing): Promise<OutcomeFollower> {
  const { client, registry, topic, from, onOutcome, troubled } = following
  const now = (): number => performance.now()
  const stopping = new AbortController()
  const schemas = new WriterSchemas(registry, {
    observe(observation) {
      if (observation.kind === 'trouble') troubled(observation.error)
    },
  })
  const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), schemas)
  /** By partition: as of when all of it was handed over; monotonic. */
  const knownAsOfMs = new Map<number, number>()
  let waiting: { readonly sinceMs: number; resolve(): void }[] = []
  const wake = (): void => {
    const asOfMs = Math.min(...knownAsOfMs.values())
    for (const { sinceMs, resolve } of waiting) if (sinceMs <= asOfMs) resolve()
    waiting = waiting.filter(({ sinceMs }) => sinceMs > asOfMs)
  }
  const reader = createTopicReader({ client, topic, from, now, maxWaitMs, maxBytes })
  await reader.start({
    started(ends) {
      for (const partition of ends.keys()) knownAsOfMs.set(partition, Number.NEGATIVE_INFINITY)
    },
    async records(partition, records) {
      for (const { value, offset } of records) {
        if (value === null) continue
        const decoded = decoder.decode(value, stopping.signal)
        const read = decoded instanceof Promise ? await decoded : decoded
        if (stopping.signal.aborted) return
        if (read.kind === 'value') onOutcome(read.value, { partition, offset })
        else troubled(`${partition}/${offset}: ${read.detail}`)
      }
    },
    position(partition, nextOffset, endOffset, askedAtMs) {
      if (nextOffset < endOffset) return
      knownAsOfMs.set(partition, askedAtMs)
      wake()
    },
    troubled: (error) => troubled(error.message),
    reset: (partition, reason) => troubled(`partition ${partition}: ${reason}`),
  })
  return {
    knowsAsOf(ageMs) {
      return new Promise((resolve) => {
        waiting.push({ sinceMs: now() - ageMs, resolve })
        wake()
      })
    },
    async stop() {
      stopping.abort()
      await reader.stop()
      schemas.stop()
    },
  }
}
