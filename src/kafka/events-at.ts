// The call events at given places of their topic, however far apart: what lies between is not fetched.
import type { KafkaConfig } from 'kafkajs'
import type { EventFound } from '../domain/event-found.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import { traceContextIn } from '../domain/trace-context.ts'
import { withSchemas } from './asked-schemas.ts'
import { createEventDecoder } from './codec.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { readTopicRange } from './topic-range.ts'

type Place = Pick<RecordPosition, 'partition' | 'offset'>

/** By `placeName`; one for each place that was asked for. */
export async function eventsAt(
  topic: { readonly client: KafkaConfig; readonly registry: RegistryAccess; readonly topic: string },
  places: readonly Place[],
): Promise<ReadonlyMap<string, EventFound>> {
  const found = new Map<string, EventFound>(places.map((place) => [placeName(place), { kind: 'expired' }]))
  const wanted = new Map(
    Array.from(
      Map.groupBy(places, ({ partition }) => partition),
      ([partition, each]) => [partition, sortedOffsets(each)] as const,
    ),
  )
  await withSchemas(topic.registry, async (schemas, signal) => {
    const decoder = createEventDecoder(readSchema('call-event'), schemas)
    await readTopicRange({
      client: topic.client,
      topic: topic.topic,
      rangesOf(held) {
        const ranges = [...wanted].flatMap(([partition, offsets]) => {
          const range = held.get(partition)
          const within = offsets.filter((each) => range && each >= range.from && each < range.to)
          const [first] = within
          const last = within.at(-1)
          if (first === undefined || last === undefined) return []
          return [[partition, { from: first, to: last + 1n }] as const]
        })
        return new Map(ranges)
      },
      // Past the last one there is nothing to go on to: the range ends there.
      skipTo: (partition, nextOffset) =>
        wanted.get(partition)?.find((offset) => offset >= nextOffset) ?? nextOffset,
      async onRecords(partition, records) {
        for (const { offset, key, value, timestampMs, headers } of records) {
          const name = placeName({ partition, offset })
          if (!found.has(name)) continue
          const position = { topic: topic.topic, partition, offset }
          const eventBytes = value === null ? null : Buffer.from(value)
          const record = { position, timestampMs, key, value: eventBytes, headers: {} }
          const decoded = await decoder.decode(record, signal)
          found.set(
            name,
            decoded.kind === 'event' && eventBytes !== null
              ? {
                  kind: 'event',
                  event: decoded.event,
                  eventBytes,
                  timestampMs,
                  trace: traceContextIn(headers),
                }
              : { kind: 'unreadable' },
          )
        }
      },
    })
  })
  return found
}

export function placeName({ partition, offset }: Place): string {
  return `${partition}/${offset}`
}

function sortedOffsets(places: readonly Place[]): readonly bigint[] {
  return places.map(({ offset }) => offset).sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
}
