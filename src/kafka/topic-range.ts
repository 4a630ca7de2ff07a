// Reads a topic once, from chosen offsets to the ends seen at start, and is done: for commands, which want an answer
// and not a life. Invariants: no consumer group; per partition, records arrive in offset order and once, and the next
// fetch waits for them to be taken; it ends, with an error if need be, when nothing is answered for too long.
import type { KafkaConfig } from 'kafkajs'
import { applyClientPatches } from './client-patches.ts'
import { openTopicCluster } from './topic-cluster.ts'
import type { TopicCluster } from './topic-cluster.ts'
import { LayoutChanged, partitionsOf, readOffsets, runFetchLoops } from './topic-fetch.ts'
import type { ReadRecord } from './topic-fetch.ts'

/** Offsets `from` ≤ offset < `to`. */
export interface OffsetRange {
  readonly from: bigint
  readonly to: bigint
}

export interface TopicRangeOptions {
  /** As given to `new Kafka`. */
  readonly client: KafkaConfig
  readonly topic: string
  /** What to read of each partition, of what it holds. A partition that is left out is not read. */
  rangesOf(held: ReadonlyMap<number, OffsetRange>): ReadonlyMap<number, OffsetRange>
  /** Bytes are views into the response: copy what is kept. */
  onRecords(partition: number, records: readonly ReadRecord[]): void | Promise<void>
  /** Epoch milliseconds: of each partition only what was written from then on counts as held. Absent: all. */
  readonly sinceMs?: number
  /** Where a partition goes on that has come to `nextOffset`: there or later; what lies between is not fetched. */
  skipTo?(partition: number, nextOffset: bigint): bigint
  /** Milliseconds without an answer after which it is given up; default half a minute, for which a person waits. */
  readonly silentForMs?: number
}

/** The topic cannot be read: no broker answers, or none that has it. */
class TopicUnreadable extends Error {
  readonly code: 'KAFKA_UNREACHABLE' | 'KAFKA_REFUSED'

  constructor(code: TopicUnreadable['code'], text: string, options?: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}

const halfAMinute = 30_000
const maxWaitMs = 100
const maxBytes = 8 * 1_048_576
const maxBytesPerPartition = 2 * 1_048_576
/** How often a read that failed goes on from where it was: a leader's move costs one. */
const maxTries = 4

/** @throws TopicUnreadable; what `onRecords` throws */
export async function readTopicRange(options: TopicRangeOptions): Promise<void> {
  applyClientPatches()
  const silence = watchSilence(options)
  const progress: Progress = { positions: new Map(), left: null, notTaken: null, silence }
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await readOn(options, progress)
        return
      } catch (error) {
        if (progress.notTaken !== null) throw progress.notTaken.error
        const again = error instanceof LayoutChanged || progress.left !== null
        if (!again || error instanceof TopicUnreadable || tries === maxTries) throw unreadable(error, options)
      }
    }
  } finally {
    silence.end()
  }
}

interface Silence {
  /** Rejects with TopicUnreadable when nothing was answered for so long, however often it was asked. */
  readonly tooLong: Promise<never>
  answered(): void
  end(): void
}

function watchSilence({ client, topic, silentForMs = halfAMinute }: TopicRangeOptions): Silence {
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  // Between two tries nobody listens.
  tooLong.catch(() => {})
  const text = `${brokersOf(client)}: no answer about ${topic} for ${silentForMs / 1_000} s`
  const timer = setTimeout(() => reject(new TopicUnreadable('KAFKA_UNREACHABLE', text)), silentForMs)
  return { tooLong, answered: () => void timer.refresh(), end: () => clearTimeout(timer) }
}

function unreadable(error: unknown, { client, topic }: TopicRangeOptions): Error {
  if (error instanceof TopicUnreadable) return error
  const { type, message } = Object(error) as { readonly type?: unknown; readonly message?: unknown }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    const text = `${topic}: no such topic; see "topics check" and "topics create"`
    return new TopicUnreadable('KAFKA_REFUSED', text, { cause: error })
  }
  const code = type === undefined ? 'KAFKA_UNREACHABLE' : 'KAFKA_REFUSED'
  return new TopicUnreadable(code, `${brokersOf(client)}: ${String(message)}`, { cause: error })
}

function brokersOf({ brokers }: KafkaConfig): string {
  return `Kafka at ${typeof brokers === 'function' ? 'the brokers' : brokers.join(', ')}`
}

interface Progress {
  readonly positions: Map<number, bigint>
  /** What is still to be read; null before the offsets are known. */
  left: Map<number, OffsetRange> | null
  /** What `onRecords` threw: the caller's own, and no fault of the brokers. */
  notTaken: { readonly error: unknown } | null
  readonly silence: Silence
}

async function readOn(options: TopicRangeOptions, progress: Progress): Promise<void> {
  const { topic } = options
  const { silence } = progress
  let opened: TopicCluster | undefined
  const over = new AbortController()
  const ended = Promise.withResolvers<void>()
  const read = async (): Promise<void> => {
    const { cluster } = await openTopicCluster(options.client, topic, (cluster) => {
      opened = cluster
    })
    silence.answered()
    const left = (progress.left ??= await planOf(cluster, options, progress.positions))
    if (left.size === 0) return
    const loops = runFetchLoops({
      cluster,
      topic,
      positions: progress.positions,
      sink: {
        async records(partition, records) {
          const to = left.get(partition)?.to ?? 0n
          const wanted = records.filter(({ offset }) => offset < to)
          if (wanted.length === 0) return
          try {
            await options.onRecords(partition, wanted)
          } catch (error) {
            progress.notTaken = { error }
            throw error
          }
        },
        position(partition, nextOffset) {
          silence.answered()
          const range = left.get(partition)
          const goesOn = options.skipTo?.(partition, nextOffset) ?? nextOffset
          if (goesOn > nextOffset) progress.positions.set(partition, goesOn)
          if (range !== undefined && goesOn >= range.to) left.delete(partition)
          if (left.size === 0) ended.resolve()
        },
      },
      now: () => performance.now(),
      maxWaitMs,
      maxBytes,
      maxBytesPerPartition,
      metadataMaxAgeMs: Number.POSITIVE_INFINITY,
      signal: over.signal,
    })
    await Promise.race([loops, ended.promise])
  }
  try {
    await Promise.race([read(), silence.tooLong])
  } finally {
    over.abort(new Error('all is read'))
    await opened?.close()
  }
}

/** Places every partition, the ones that are not read at their ends: a fetch asks for all that a broker leads. */
async function planOf(
  cluster: TopicCluster['cluster'],
  { topic, rangesOf, sinceMs }: TopicRangeOptions,
  positions: Map<number, bigint>,
): Promise<Map<number, OffsetRange>> {
  const partitions = partitionsOf(cluster, topic)
  const ends = await readOffsets(cluster, topic, partitions, 'latest')
  const beginnings = await readOffsets(
    cluster,
    topic,
    partitions,
    sinceMs === undefined ? 'earliest' : { sinceMs },
  )
  const held = new Map<number, OffsetRange>()
  for (const [partition, to] of ends) {
    const from = beginnings.get(partition) ?? 0n
    // The answer where nothing is that young.
    held.set(partition, { from: from < 0n ? to : from, to })
  }
  const ranges = rangesOf(held)
  for (const [partition, { to }] of held) positions.set(partition, ranges.get(partition)?.from ?? to)
  return new Map([...ranges].filter(([, { from, to }]) => from < to))
}
