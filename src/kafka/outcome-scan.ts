// Reads the outcomes of a stretch of time, once, to the ends seen at start, for commands. What surely holds none of those
// asked for is not decoded: a text that a record names stands in its bytes as it is.
import type { KafkaConfig } from 'kafkajs'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { withSchemas } from './asked-schemas.ts'
import { ValueDecoder } from './codec.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { readTopicRange } from './topic-range.ts'

export interface OutcomeScan {
  readonly client: KafkaConfig
  readonly registry: RegistryAccess
  readonly topic: string
  /** Epoch milliseconds of the oldest record. */
  readonly sinceMs: number
  /** Only outcomes that hold this text, in whatever field. Absent: all. */
  readonly holding?: string
  /** In offset order per partition. */
  onOutcome(outcome: WebhookOutcomeRecord): void
  /** After each answer: records that were read so far, of all that there are to read. */
  onProgress(read: number, all: number): void
  /** Ends it, with the signal's reason, at the next answer. */
  readonly calledOff?: AbortSignal
}

export interface Scanned {
  /** By partition, the offset behind the last record. */
  readonly ends: ReadonlyMap<number, bigint>
  /** Records that are no outcomes, or none of a version that can be read. */
  readonly undecodable: number
}

/** @throws what says that Kafka or the registry cannot be reached */
export async function scanOutcomes(scan: OutcomeScan): Promise<Scanned> {
  const { client, registry, topic, sinceMs, holding, onOutcome, onProgress, calledOff } = scan
  const text = holding === undefined ? null : Buffer.from(holding)
  const ends = new Map<number, bigint>()
  const begins = new Map<number, bigint>()
  const at = new Map<number, bigint>()
  let undecodable = 0
  let all = 0
  await withSchemas(registry, async (schemas, signal) => {
    const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), schemas)
    await readTopicRange({
      client,
      topic,
      sinceMs,
      rangesOf(held) {
        for (const [partition, { from, to }] of held) {
          begins.set(partition, from)
          ends.set(partition, to)
          all += Number(to - from)
        }
        return held
      },
      async onRecords(partition, records) {
        calledOff?.throwIfAborted()
        for (const { value } of records) {
          if (value === null || (text !== null && !value.includes(text))) continue
          const decoded = decoder.decode(value, signal)
          const read = decoded instanceof Promise ? await decoded : decoded
          if (read.kind === 'value') onOutcome(read.value)
          else undecodable += 1
        }
        const last = records.at(-1)
        if (last !== undefined) at.set(partition, last.offset + 1n)
        let done = 0
        for (const [each, offset] of at) done += Number(offset - (begins.get(each) ?? 0n))
        onProgress(done, all)
      },
    })
  })
  return { ends, undecodable }
}
