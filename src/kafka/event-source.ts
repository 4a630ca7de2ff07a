// The call events of this member of the group. Batches are handed over at once and never processed in the
// client's callback, so heartbeats, other partitions and rejoins do not wait for receivers.
// Invariants: a commit carries the generation in which it was made; a position moves only over records that the
// handler was given; a crashed consumer is rebuilt here and nowhere else.
import { PartitionAssigners } from 'kafkajs'
import type { Consumer, EachBatchPayload, Kafka, PartitionAssigner } from 'kafkajs'
import type { CommitResult, EventSource, EventSourceHandler, Observer, OffsetCommit } from '../ports.ts'
import type { GroupInternals, MembershipHooks, OffsetManagerInternals } from './patches/group-membership.ts'
import { sourceRecordOf } from './source-record.ts'

export interface EventSourceOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topic: string
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly rebalanceTimeoutMs: number
  /** How long a broker holds an idle fetch; also how late a resumed partition is noticed when all are paused. */
  readonly maxWaitMs: number
  readonly maxBytesPerPartition: number
  readonly maxBytes: number
  readonly observer: Observer
  monotonicMs(): number
}

/** More than this many crashes within the window, and another rebuild will not help either. */
const maxCrashes = 10
const crashWindowMs = 300_000
const firstRebuildMs = 500
const lastRebuildMs = 10_000

export function createEventSource(options: EventSourceOptions): EventSource {
  return new GroupedEventSource(options)
}

class GroupedEventSource implements EventSource, MembershipHooks {
  readonly #options: EventSourceOptions
  #handler: EventSourceHandler | null = null
  #consumer: Consumer | null = null
  #epoch = 0
  /** Null while the membership is in doubt: nothing is handed over or committed then. */
  #offsets: OffsetManagerInternals | null = null
  #lastHeartbeatMs: number | null = null
  #crashesAtMs: number[] = []
  #rebuild: NodeJS.Timeout | null = null
  #stopped = false

  constructor(options: EventSourceOptions) {
    this.#options = options
  }

  async start(handler: EventSourceHandler): Promise<void> {
    this.#handler = handler
    await this.#run()
  }

  pause(partition: number): void {
    this.#consumer?.pause([{ topic: this.#options.topic, partitions: [partition] }])
  }

  resume(partition: number): void {
    this.#consumer?.resume([{ topic: this.#options.topic, partitions: [partition] }])
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    const manager = this.#offsets
    if (manager === null || epoch !== this.#epoch)
      return { kind: 'refused', error: 'the membership has passed on' }
    const partitions = offsets.map(({ partition, offset }) => ({
      partition,
      offset: String(offset),
      metadata: null,
    }))
    try {
      await manager.commitOffsets({ topics: [{ topic: this.#options.topic, partitions }] })
      return { kind: 'committed' }
    } catch (error) {
      return { kind: 'refused', error: textOf(error) }
    }
  }

  lastHeartbeatMs(): number | null {
    return this.#lastHeartbeatMs
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#rebuild !== null) clearTimeout(this.#rebuild)
    this.#offsets = null
    await this.#consumer?.disconnect()
  }

  async beforeRejoin(): Promise<void> {
    // Handing over stops with the pipeline's halt; commits go on until the handler has settled.
    await this.#handler?.revoking()
    this.#offsets = null
  }

  joined(group: GroupInternals): void {
    this.#epoch += 1
    this.#offsets = group.offsetManager
    this.#lastHeartbeatMs = this.#options.monotonicMs()
    const own = group.assigned().find(({ topic }) => topic === this.#options.topic)
    this.#handler?.assigned({ epoch: this.#epoch, partitions: [...(own?.partitions ?? [])].map(Number) })
  }

  async #run(): Promise<void> {
    const options = this.#options
    const consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: options.heartbeatIntervalMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      maxWaitTimeInMs: options.maxWaitMs,
      maxBytesPerPartition: options.maxBytesPerPartition,
      maxBytes: options.maxBytes,
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      partitionAssigners: [this.#hookedAssigner()],
      // A restart armed by the client itself would bring the consumer back after a shutdown.
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => false },
    })
    this.#consumer = consumer
    consumer.on(consumer.events.HEARTBEAT, () => {
      this.#lastHeartbeatMs = options.monotonicMs()
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => this.#crashed(payload.error))
    await consumer.connect()
    // Out of range means earliest: the client's default would jump to the end and lose what lies between.
    await consumer.subscribe({ topic: options.topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: async (payload) => this.#handOver(payload),
    })
  }

  async #runAgain(): Promise<void> {
    try {
      await this.#run()
    } catch (error) {
      this.#crashed(error instanceof Error ? error : new Error(textOf(error)))
    }
  }

  #hookedAssigner(): PartitionAssigner {
    return (config) =>
      Object.assign(PartitionAssigners.roundRobin(config), {
        beforeRejoin: () => this.beforeRejoin(),
        joined: (group: GroupInternals) => this.joined(group),
      })
  }

  /** Nothing here may throw: a TypeError in this callback would end the consumer while the process lives on. */
  #handOver({ batch, resolveOffset }: EachBatchPayload): void {
    const last = batch.messages.at(-1)
    if (this.#offsets === null || last === undefined) return
    try {
      const { topic, partition } = batch
      const records = batch.messages.map((message) => sourceRecordOf(topic, partition, message))
      this.#handler?.records(partition, records, BigInt(batch.highWatermark))
      resolveOffset(last.offset)
    } catch (error) {
      this.#options.observer.observe({ kind: 'trouble', where: 'event-source', error: textOf(error) })
    }
  }

  #crashed(error: Error): void {
    this.#offsets = null
    if (this.#stopped) return
    const nowMs = this.#options.monotonicMs()
    this.#crashesAtMs = [...this.#crashesAtMs.filter((atMs) => nowMs - atMs < crashWindowMs), nowMs]
    this.#options.observer.observe({ kind: 'trouble', where: 'event-source', error: textOf(error) })
    if (this.#crashesAtMs.length > maxCrashes) {
      this.#handler?.failed(error)
      return
    }
    const waitMs = Math.min(firstRebuildMs * 2 ** (this.#crashesAtMs.length - 1), lastRebuildMs)
    this.#rebuild = setTimeout(() => void this.#runAgain(), waitMs)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
