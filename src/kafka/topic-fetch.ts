/**
 * Fetches a topic's partitions from their leaders, one loop per leader, and hands over what they answer.
 * Invariant: a position moves only after its records were handed over, never backwards, and at each answer
 * that held bytes; what ends one loop ends them all, as an error.
 */
import { askAgain } from './ask-again.ts'
import { READ_COMMITTED } from './topic-cluster.ts'
import type { ClusterInternals, FetchedRecord, FetchPartition } from './patches/kafkajs-internals.ts'

export interface ReadRecord {
  readonly offset: bigint
  readonly timestampMs: number
  readonly key: Buffer | null
  /** Null is a tombstone. */
  readonly value: Buffer | null
  readonly headers: NonNullable<FetchedRecord['headers']>
  /** Set where a whole batch stands in for its records, as the value and without a key: why it cannot be decoded. */
  readonly undecodableBatch?: string
}

export interface FetchPlan {
  readonly cluster: ClusterInternals
  readonly topic: string
  /** Next offset per partition; moved on by the loops. */
  readonly positions: Map<number, bigint>
  readonly sink: {
    records(partition: number, records: readonly ReadRecord[]): void | Promise<void>
    position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void
  }
  now(): number
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
  readonly metadataMaxAgeMs: number
  readonly signal: AbortSignal
}

/** Not a failure: partitions or leaders changed, so the loops have to be laid out anew. */
export class LayoutChanged extends Error {
  readonly code = 'LAYOUT_CHANGED'
}

/** An answer held bytes, yet nothing at or beyond the position: to ask again would go on for ever. */
class NoProgressError extends Error {
  readonly code = 'NO_PROGRESS'
}

export type ReadFault =
  | { readonly kind: 'out_of_range'; readonly partition: number }
  | { readonly kind: 'topic_missing' }
  | { readonly kind: 'other' }

/** Sorts the client's errors by what they mean for the positions. */
export const faultOf = (error: Error): ReadFault => {
  const { name, partition, type } = error as Error & { partition?: unknown; type?: unknown }
  if (name === 'KafkaJSOffsetOutOfRange' && typeof partition === 'number') {
    return { kind: 'out_of_range', partition }
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return { kind: 'topic_missing' }
  return error.cause instanceof Error ? faultOf(error.cause) : { kind: 'other' }
}

export const partitionsOf = (cluster: ClusterInternals, topic: string): number[] =>
  cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)

/**
 * `latest` is the last stable offset, as the fetches see it: an open transaction must not hold readiness. `sinceMs`, epoch
 * milliseconds: of the first record that is not older; -1 where there is none.
 */
export const readOffsets = async (
  cluster: ClusterInternals,
  topic: string,
  partitions: readonly number[],
  which: 'earliest' | 'latest' | { readonly sinceMs: number },
): Promise<Map<number, bigint>> => {
  const asked = { topic, partitions: partitions.map((partition) => ({ partition })) }
  const answers = await askAgain(async () => {
    try {
      const moment =
        typeof which === 'object' ? { fromTimestamp: which.sinceMs } : { fromBeginning: which === 'earliest' }
      return await cluster.fetchTopicsOffset([{ ...asked, ...moment }])
    } catch (error) {
      // A topic made a moment ago: who leads its partitions is only being decided.
      await cluster.refreshMetadata()
      throw error
    }
  })
  const offsets = new Map<number, bigint>()
  for (const answer of answers) {
    for (const { partition, offset } of answer.partitions) offsets.set(partition, BigInt(offset))
  }
  return offsets
}

/** Runs until something fails or the layout changes, and throws that. */
export const runFetchLoops = async (plan: FetchPlan): Promise<never> => {
  const { cluster, topic, metadataMaxAgeMs, now, signal } = plan
  const layout = layoutOf(cluster, topic)
  const leaders = Map.groupBy(cluster.findTopicPartitionMetadata(topic), ({ leader }) => String(leader))
  let lookedUpAtMs = now()
  let over = false

  const loop = async (nodeId: string, partitions: readonly number[]): Promise<never> => {
    for (;;) {
      signal.throwIfAborted()
      if (over) throw new LayoutChanged('another loop ended')
      if (now() - lookedUpAtMs > metadataMaxAgeMs) {
        lookedUpAtMs = now()
        await cluster.refreshMetadata()
        if (layoutOf(cluster, topic) !== layout) throw new LayoutChanged('partitions or leaders changed')
      }
      await fetchOnce(plan, nodeId, partitions, () => over || signal.aborted)
    }
  }

  const loops = Array.from(leaders, ([nodeId, partitions]) =>
    loop(
      nodeId,
      partitions.map(({ partitionId }) => partitionId),
    ),
  )
  if (loops.length === 0) throw new Error(`the brokers name no partition of ${topic}`)
  try {
    return await Promise.race(loops)
  } finally {
    over = true
    for (const running of loops) running.catch(() => undefined)
  }
}

const layoutOf = (cluster: ClusterInternals, topic: string): string =>
  cluster
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId, leader }) => `${partitionId}@${leader}`)
    .sort()
    .join()

const fetchOnce = async (
  plan: FetchPlan,
  nodeId: string,
  partitions: readonly number[],
  isOver: () => boolean,
): Promise<void> => {
  const { topic, positions, sink } = plan
  const broker = await plan.cluster.findBroker({ nodeId })
  const asked = new Map(partitions.map((partition) => [partition, positions.get(partition) ?? 0n]))
  const askedAtMs = plan.now()
  const { responses } = await broker.fetch({
    maxWaitTime: plan.maxWaitMs,
    minBytes: 1,
    maxBytes: plan.maxBytes,
    isolationLevel: READ_COMMITTED,
    topics: [
      {
        topic,
        partitions: Array.from(asked, ([partition, offset]) => ({
          partition,
          fetchOffset: offset.toString(),
          maxBytes: plan.maxBytesPerPartition,
        })),
      },
    ],
  })
  for (const answer of responses.flatMap((response) => response.partitions)) {
    const from = asked.get(answer.partition)
    if (from === undefined) continue
    if (isOver()) return
    const { records, next } = readAnswer(answer, from)
    if (records.length > 0) await sink.records(answer.partition, records)
    if (isOver()) return
    positions.set(answer.partition, next)
    sink.position(answer.partition, next, BigInt(answer.lastStableOffset), askedAtMs)
  }
}

const readAnswer = (answer: FetchPartition, from: bigint): { records: ReadRecord[]; next: bigint } => {
  const records: ReadRecord[] = []
  let next = from
  for (const record of answer.messages) {
    const offset = BigInt(record.offset)
    // A fetch answers with whole batches, so the first may begin before the offset that was asked for.
    if (offset < next) continue
    next = offset + 1n
    if (record.isControlRecord === true) continue
    const { key, value, headers = {}, undecodableBatch } = record
    const read = { offset, timestampMs: Number(record.timestamp), key, value, headers }
    records.push(undecodableBatch === undefined ? read : { ...read, undecodableBatch })
  }
  if (next === from && answer.messages.length > 0) {
    throw new NoProgressError(
      `partition ${answer.partition} answers offset ${from} with earlier records only`,
    )
  }
  return { records, next }
}
