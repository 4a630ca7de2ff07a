/**
 * Reads a whole topic, every partition, from its beginning (or from where its owner had come to) and then on and
 * on, without a consumer group: what each process holds in full has no work to share, and a group per process would
 * cost a join delay, leave its remains behind after a crash, and read again from the start after a rejoin.
 * Invariant: per partition, records arrive in offset order and once, except after `reset`; the next fetch from
 * a broker is sent only when the sink has returned.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaConfig } from 'kafkajs'
import { applyClientPatches } from './client-patches.ts'
import { openTopicCluster } from './topic-cluster.ts'
import type { TopicCluster } from './topic-cluster.ts'
import { faultOf, LayoutChanged, partitionsOf, readOffsets, runFetchLoops } from './topic-fetch.ts'
import type { ReadRecord } from './topic-fetch.ts'

export type { ReadRecord } from './topic-fetch.ts'

export interface TopicReaderOptions {
  /** As given to `new Kafka`. */
  readonly client: KafkaConfig
  readonly topic: string
  /** How long a broker holds an idle fetch. Default 500 ms. */
  readonly maxWaitMs?: number
  /** Default 1 MiB; a larger batch still arrives whole. */
  readonly maxBytesPerPartition?: number
  /** Per response. Default 4 MiB. */
  readonly maxBytes?: number
  /** How often leaders and new partitions are looked up. Default 60 s. */
  readonly metadataMaxAgeMs?: number
  /** Per partition the first offset to read. One outside of the log, or absent: the log's start. */
  readonly from?: ReadonlyMap<number, bigint>
  /** Monotonic milliseconds. */
  now(): number
}

export interface TopicReaderSink {
  /** Once, before any record: per partition the end offset that existed at start (0 or the log's start if empty). */
  started(ends: ReadonlyMap<number, bigint>): void
  /**
   * In offset order per partition; bytes are views into the response: copy what is kept. The position is told, and
   * the next fetch sent, only when a returned promise has resolved.
   */
  records(partition: number, records: readonly ReadRecord[]): void | Promise<void>
  /**
   * After every answered fetch, an empty one too: all below `nextOffset` was handed over, and `endOffset` was the
   * readable end (the last stable offset) at some moment after `askedAtMs`, when the fetch was sent.
   */
  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void
  /** Reading failed; the reader goes on by itself, with backoff. For log and metric. */
  troubled(error: Error): void
  /** Our position left the log (retention, topic recreated): what was read before may be outdated; reads again from the start. */
  reset(partition: number, reason: string): void
}

export interface TopicReader {
  /** Resolves after `started`; rejects when the topic is missing or no broker answers. Once per reader. */
  start(sink: TopicReaderSink): Promise<void>
  /** Resolves within a second, also during a long poll; nothing is handed over afterwards. */
  stop(): Promise<void>
}

/** A first retry that a leader election usually outlasts by little, and a last that does not hammer a broker. */
const FIRST_BACKOFF_MS = 250
const LAST_BACKOFF_MS = 5_000
/** Connections that lived this long were good: the next failure begins with the first backoff again. */
const GOOD_AFTER_MS = 10_000

/** Limit: a topic deleted, recreated and filled beyond our position while no broker was reachable goes unnoticed. */
export const createTopicReader = (options: TopicReaderOptions): TopicReader => {
  applyClientPatches()
  const { topic, client, now } = options
  const stopping = new AbortController()
  const positions = new Map<number, bigint>()
  const lost = new Map<number, string>()
  let current: TopicCluster | undefined
  let reading: Promise<void> | undefined

  const open = (): Promise<TopicCluster> => {
    stopping.signal.throwIfAborted()
    const opening = openTopicCluster(client, topic, (opened) => {
      current = opened
    })
    return unlessAborted(stopping.signal, opening)
  }

  const placeAtBeginning = async (opened: TopicCluster, sink: TopicReaderSink): Promise<void> => {
    const existing = partitionsOf(opened.cluster, topic)
    for (const partition of positions.keys()) {
      if (!existing.includes(partition)) positions.delete(partition)
    }
    const unplaced = existing.filter((partition) => !positions.has(partition) || lost.has(partition))
    if (unplaced.length === 0) return
    for (const [partition, offset] of await readOffsets(opened.cluster, topic, unplaced, 'earliest')) {
      const reason = lost.get(partition)
      lost.delete(partition)
      if (stopping.signal.aborted) return
      if (reason !== undefined && positions.has(partition)) sink.reset(partition, reason)
      positions.set(partition, offset)
    }
  }

  /** Ends with what ended the connection, by throwing it. */
  const readThrough = async (opened: TopicCluster, sink: TopicReaderSink): Promise<never> => {
    await placeAtBeginning(opened, sink)
    return runFetchLoops({
      cluster: opened.cluster,
      topic,
      positions,
      sink,
      now,
      maxWaitMs: options.maxWaitMs ?? 500,
      maxBytes: options.maxBytes ?? 4 * 1024 * 1024,
      maxBytesPerPartition: options.maxBytesPerPartition ?? 1024 * 1024,
      metadataMaxAgeMs: options.metadataMaxAgeMs ?? 60_000,
      signal: stopping.signal,
    })
  }

  const noteLostPositions = (error: Error): void => {
    const fault = faultOf(error)
    if (fault.kind === 'out_of_range') lost.set(fault.partition, 'the position left the log')
    if (fault.kind === 'topic_missing') {
      for (const partition of positions.keys()) lost.set(partition, 'the topic was missing for a while')
    }
  }

  const readForEver = async (first: TopicCluster, sink: TopicReaderSink): Promise<void> => {
    let ready: TopicCluster | undefined = first
    let backoffMs = FIRST_BACKOFF_MS
    while (!stopping.signal.aborted) {
      const openedAtMs = now()
      try {
        const opened: TopicCluster = ready ?? (await open())
        ready = undefined
        await unlessAborted(stopping.signal, readThrough(opened, sink))
      } catch (error) {
        await current?.close()
        ready = undefined
        if (stopping.signal.aborted) return
        if (error instanceof LayoutChanged) continue
        const failure = error instanceof Error ? error : new Error(String(error))
        noteLostPositions(failure)
        sink.troubled(failure)
        if (now() - openedAtMs > GOOD_AFTER_MS) backoffMs = FIRST_BACKOFF_MS
        await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => undefined)
        backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS)
      }
    }
  }

  const prepare = async (opened: TopicCluster): Promise<Map<number, bigint>> => {
    const partitions = partitionsOf(opened.cluster, topic)
    const ends = await readOffsets(opened.cluster, topic, partitions, 'latest')
    for (const [partition, earliest] of await readOffsets(opened.cluster, topic, partitions, 'earliest')) {
      const asked = options.from?.get(partition) ?? earliest
      const inLog = asked >= earliest && asked <= (ends.get(partition) ?? earliest)
      positions.set(partition, inLog ? asked : earliest)
    }
    return ends
  }

  const start = async (sink: TopicReaderSink): Promise<void> => {
    try {
      const opened = await open()
      const ends = await unlessAborted(stopping.signal, prepare(opened))
      sink.started(ends)
      reading = readForEver(opened, sink)
    } catch (error) {
      await current?.close()
      throw error
    }
  }

  const stop = async (): Promise<void> => {
    stopping.abort(new Error('the reader was stopped'))
    await current?.close()
    await reading
  }

  return { start, stop }
}

/** The client retries inside its promises; a stop does not wait for that. */
const unlessAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const abort = Promise.withResolvers<never>()
  const onAbort = (): void => abort.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, abort.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
