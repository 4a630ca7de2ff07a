// The call events of this member of the group, and what was parked of them in retry topics. Batches are handed over at
// once and never processed in the client's callback, so heartbeats, other partitions and rejoins do not wait for
// receivers.
// Invariants: a commit carries the generation in which it was made; a position moves only over records that the
// handler was given; a consumer that was replaced has no say any more.
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type {
  Assignment,
  CommitResult,
  EventSource,
  EventSourceHandler,
  Observer,
  OffsetCommit,
  OwnedPartition,
  PartitionRef,
} from '../ports.ts'
import { askAgain } from './ask-again.ts'
import { EndWatch } from './end-watch.ts'
import type { GroupInternals, MembershipHooks, OffsetManagerInternals } from './patches/group-membership.ts'
import { ownedPartitions } from './owned-partitions.ts'
import { sourceRecordOf } from './source-record.ts'
import { stickyAssigner } from './sticky-assigner.ts'
import type { Holding } from './sticky-assigner.ts'
import { Supervisor } from './supervisor.ts'

export interface EventSourceOptions {
  readonly kafka: Kafka
  readonly groupId: string
  /** Of call events. */
  readonly topic: string
  /**
   * The retry topics to read, by their delay in milliseconds; asked before each consumer is built, because there may be
   * more, or fewer, than there were.
   */
  retryTopics(): Promise<ReadonlyMap<string, number>>
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly rebalanceTimeoutMs: number
  /** How long a broker holds an idle fetch. */
  readonly maxWaitMs: number
  readonly maxBytesPerPartition: number
  readonly maxBytes: number
  /** Milliseconds without a heartbeat answered after which the source gives up. */
  readonly giveUpMs: number
  readonly observer: Observer
  monotonicMs(): number
}

/** Silence after which a consumer is replaced: it may be waiting for brokers whose addresses have changed. */
const silenceMs = 60_000

export function createEventSource(options: EventSourceOptions): EventSource {
  return new GroupedEventSource(options)
}

class GroupedEventSource implements EventSource {
  readonly #options: EventSourceOptions
  readonly #supervisor: Supervisor
  #handler: EventSourceHandler | null = null
  #consumer: Consumer | null = null
  #epoch = 0
  /** Null while the membership is in doubt: nothing is handed over or committed then. */
  #offsets: OffsetManagerInternals | null = null
  #cluster: GroupInternals['cluster'] | null = null
  readonly #ends = new EndWatch({
    cluster: () => (this.#offsets === null ? null : this.#cluster),
    paused: () => this.#consumer?.paused() ?? [],
    tell: (at, endOffset) => void this.#handler?.records(at, [], endOffset),
  })
  /** What this process had when it last joined: claimed again at the next join, also by a rebuilt consumer. */
  #holding: Holding = { generation: -1, partitions: [] }
  #memberId: string | null = null
  #lastHeartbeatMs: number | null = null
  /** When the heartbeat that is answered next went out. */
  #beatBegunMs = Number.NEGATIVE_INFINITY

  constructor(options: EventSourceOptions) {
    this.#options = options
    this.#supervisor = new Supervisor({
      build: () => this.#build(),
      tearDown: async () => this.#consumer?.disconnect(),
      gaveUp: (error) => this.#handler?.failed(error),
      giveUpMs: options.giveUpMs,
      silenceMs,
      observer: options.observer,
      monotonicMs: options.monotonicMs,
    })
  }

  async start(handler: EventSourceHandler): Promise<void> {
    this.#handler = handler
    await this.#supervisor.start()
    this.#ends.start()
  }

  pause({ topic, partition }: PartitionRef): void {
    this.#consumer?.pause([{ topic, partitions: [partition] }])
  }

  resume({ topic, partition }: PartitionRef): void {
    this.#consumer?.resume([{ topic, partitions: [partition] }])
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    const manager = this.#offsets
    if (manager === null || epoch !== this.#epoch) {
      return { kind: 'refused', error: 'the membership has passed on' }
    }
    const topics = Array.from(
      Map.groupBy(offsets, ({ topic }) => topic),
      ([topic, each]) => ({
        topic,
        partitions: each.map(({ partition, offset, metadata }) => ({
          partition,
          offset: String(offset),
          metadata,
        })),
      }),
    )
    try {
      await manager.commitOffsets({ topics })
      return { kind: 'committed' }
    } catch (error) {
      return { kind: 'refused', error: textOf(error) }
    }
  }

  lastHeartbeatMs(): number | null {
    return this.#lastHeartbeatMs
  }

  async stop(): Promise<void> {
    this.#supervisor.stop()
    this.#ends.stop()
    this.#offsets = null
    await this.#consumer?.disconnect()
  }

  async #build(): Promise<void> {
    const options = this.#options
    const retryTopics = await options.retryTopics()
    const hooks: MembershipHooks = {
      beforeRejoin: async () => {
        if (this.#consumer === consumer) await this.#leaving(consumer)
      },
      joined: async (group) => {
        const owned = await ownedPartitions(group, options.groupId, retryTopics, options.observer)
        if (this.#consumer === consumer) this.#joined(group, owned)
      },
      formerMemberId: () => this.#memberId,
      outOfRange: (at) => options.observer.observe({ kind: 'out_of_range', ...at }),
      beatBegins: () => {
        if (this.#consumer === consumer) this.#beatBegunMs = this.#options.monotonicMs()
      },
    }
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
      partitionAssigners: [stickyAssigner(() => this.#holding, hooks)],
      // A restart armed by the client itself would bring the consumer back after a shutdown.
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => false },
    })
    this.#consumer = consumer
    this.#offsets = null
    consumer.on(consumer.events.HEARTBEAT, () => this.#beat(consumer))
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (this.#consumer !== consumer) return
      this.#offsets = null
      // The client has left the group as it broke: from here on the partitions may be another's.
      this.#lastHeartbeatMs = null
      this.#supervisor.crashed(payload.error)
    })
    await consumer.connect()
    // Out of range means earliest: the client's default would jump to the end and lose what lies between.
    // A broker may not have heard of a topic yet that another was told to make.
    const topics = [options.topic, ...retryTopics.keys()]
    await askAgain(() => consumer.subscribe({ topics, fromBeginning: true }))
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: async (payload) => {
        if (this.#consumer === consumer) this.#handOver(payload)
      },
    })
  }

  #beat(consumer: Consumer): void {
    if (this.#consumer !== consumer) return
    // From when it went out: the answer may have lain unread while the process stood still. Without a membership it is
    // the answer to an earlier one.
    if (this.#lastHeartbeatMs !== null)
      this.#lastHeartbeatMs = Math.max(this.#lastHeartbeatMs, this.#beatBegunMs)
    this.#supervisor.progressed()
  }

  async #leaving(consumer: Consumer): Promise<void> {
    // The handler takes nothing more from here on; commits go on until it has settled.
    await this.#handler?.revoking()
    // One that broke meanwhile may have a successor, whose membership this is not.
    if (this.#consumer !== consumer) return
    this.#offsets = null
    this.#lastHeartbeatMs = null
  }

  #joined(group: GroupInternals, owned: readonly OwnedPartition[]): void {
    this.#epoch += 1
    this.#offsets = group.offsetManager
    this.#cluster = group.cluster
    this.#memberId = group.memberId
    this.#lastHeartbeatMs = this.#options.monotonicMs()
    this.#supervisor.progressed()
    // A number stands for that partition of every topic: whoever had one keeps all of it.
    const numbers = [...new Set(owned.map(({ partition }) => partition))]
    this.#holding = { generation: group.generationId ?? -1, partitions: numbers }
    const { topic } = this.#options
    const events = owned.filter((each) => each.topic === topic).length
    const all = group.partitionsPerSubscribedTopic.get(topic)?.length ?? 0
    const assignment: Assignment = { epoch: this.#epoch, owned, share: all === 0 ? 0 : events / all }
    this.#handler?.assigned(assignment)
  }

  /** Nothing here may throw: a TypeError in this callback would end the consumer while the process lives on. */
  #handOver({ batch, resolveOffset }: EachBatchPayload): void {
    if (this.#offsets === null || batch.messages.length === 0) return
    try {
      const { topic, partition } = batch
      const records = batch.messages.map((message) => sourceRecordOf(topic, partition, message))
      const taken = this.#handler?.records({ topic, partition }, records, BigInt(batch.highWatermark)) ?? 0
      const last = batch.messages[taken - 1]
      if (last !== undefined) resolveOffset(last.offset)
    } catch (error) {
      this.#options.observer.observe({ kind: 'trouble', where: 'event-source', error: textOf(error) })
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
