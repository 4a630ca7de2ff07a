// Finds call events in their topic for whoever wants to look at one: by position, or the latest ones of an account.
// The topic has no index: the latest are sought backwards from the ends, within a bound that the answer names.
import type { KafkaConfig } from 'kafkajs'
import type { CallEvent, EventType } from '../domain/call-event.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { DecodedEvent } from '../domain/decoded.ts'
import type { EventDecoder } from '../ports.ts'
import { withSchemas } from './asked-schemas.ts'
import { createEventDecoder } from './codec.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import type { ReadRecord } from './topic-fetch.ts'
import { readTopicRange } from './topic-range.ts'

export interface EventTopic {
  readonly client: KafkaConfig
  readonly registry: RegistryAccess
  readonly topic: string
}

export type EventAt =
  | DecodedEvent
  | { readonly kind: 'no_partition'; readonly partitions: number }
  /** No record has this offset; the partition holds `from` ≤ offset < `to`. */
  | { readonly kind: 'no_record'; readonly from: bigint; readonly to: bigint }

/** The event that stands at exactly this position. */
export async function eventAt(
  { client, registry, topic }: EventTopic,
  { partition, offset }: Pick<RecordPosition, 'partition' | 'offset'>,
): Promise<EventAt> {
  return withSchemas(registry, async (schemas, signal) => {
    const decoder = createEventDecoder(readSchema('call-event'), schemas)
    let found: EventAt = { kind: 'no_partition', partitions: 0 }
    await readTopicRange({
      client,
      topic,
      rangesOf(held) {
        const range = held.get(partition)
        found =
          range === undefined
            ? { kind: 'no_partition', partitions: held.size }
            : { kind: 'no_record', ...range }
        if (range === undefined || offset < range.from || offset >= range.to) return new Map()
        return new Map([[partition, { from: offset, to: offset + 1n }]])
      },
      async onRecords(_, records) {
        const [record] = records
        if (record?.offset === offset) found = await decoded(decoder, topic, partition, record, signal)
      },
    })
    return found
  })
}

/** Records of each partition that are looked at, from its end backwards. */
export const latestEventsWithin = 2_000

/**
 * The latest event of an account for each type that it has one of, by the time of the record, among the last 2,000
 * records of each partition.
 */
export async function latestEvents(
  { client, registry, topic }: EventTopic,
  accountId: string,
): Promise<ReadonlyMap<EventType, CallEvent>> {
  return withSchemas(registry, async (schemas, signal) => {
    const decoder = createEventDecoder(readSchema('call-event'), schemas)
    const latest = new Map<EventType, { readonly event: CallEvent; readonly timestampMs: number }>()
    await readTopicRange({
      client,
      topic,
      rangesOf: (held) =>
        new Map(
          Array.from(held, ([partition, { from, to }]) => {
            const near = to - BigInt(latestEventsWithin)
            return [partition, { from: near > from ? near : from, to }]
          }),
        ),
      async onRecords(partition, records) {
        for (const record of records) {
          const { timestampMs } = record
          const read = await decoded(decoder, topic, partition, record, signal)
          if (read.kind !== 'event' || read.event.account_id !== accountId) continue
          const { event } = read
          const before = latest.get(event.event_type)?.timestampMs ?? Number.NEGATIVE_INFINITY
          if (timestampMs >= before) latest.set(event.event_type, { event, timestampMs })
        }
      },
    })
    return new Map(Array.from(latest, ([type, { event }]) => [type, event]))
  })
}

async function decoded(
  decoder: EventDecoder,
  topic: string,
  partition: number,
  { offset, timestampMs, key, value, undecodableBatch }: ReadRecord,
  signal: AbortSignal,
): Promise<DecodedEvent> {
  return decoder.decode(
    {
      position: { topic, partition, offset },
      timestampMs,
      key,
      value: value === null ? null : Buffer.from(value),
      headers: {},
      ...(undecodableBatch === undefined ? {} : { undecodableBatch }),
    },
    signal,
  )
}
