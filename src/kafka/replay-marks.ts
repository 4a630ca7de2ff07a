// What was asked for again, as the retry topic that does not wait tells: the marks of its records, none of them decoded.
import type { KafkaConfig } from 'kafkajs'
import { readReplayMark } from '../domain/replay-mark.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import { readTopicRange } from './topic-range.ts'

export interface MarkedTopic {
  readonly client: KafkaConfig
  readonly topic: string
}

/** Where a reading begins: at a moment (epoch milliseconds), or at an offset of each partition. */
export type MarksFrom =
  | { readonly kind: 'moment'; readonly sinceMs: number }
  | { readonly kind: 'offsets'; readonly offsets: ReadonlyMap<number, bigint> }

/** @returns where the next reading begins, as of when this one did. */
export async function readReplayMarks(
  { client, topic }: MarkedTopic,
  from: MarksFrom,
  onMark: (mark: ReplayMark) => void,
): Promise<ReadonlyMap<number, bigint>> {
  const ends = new Map<number, bigint>()
  await readTopicRange({
    client,
    topic,
    ...(from.kind === 'moment' && { sinceMs: from.sinceMs }),
    rangesOf(held) {
      return new Map(
        Array.from(held, ([partition, range]) => {
          ends.set(partition, range.to)
          const asked = from.kind === 'offsets' ? from.offsets.get(partition) : undefined
          return [partition, asked !== undefined && asked > range.from ? { ...range, from: asked } : range]
        }),
      )
    },
    onRecords(_, records) {
      for (const { headers } of records) {
        const mark = readReplayMark(headers)
        if (mark !== null) onMark(mark)
      }
    },
  })
  return ends
}
