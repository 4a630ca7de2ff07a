// The call events of this member of the group. Batches are handed over at once and never processed in the
// client's callback, so heartbeats, other partitions and rejoins do not wait for receivers.
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
} from '../ports.ts'
import type { GroupInternals, MembershipHooks, OffsetManagerInternals } from './patches/group-membership.ts'
import { sourceRecordOf } from './source-record.ts'
import { stickyAssigner } from './sticky-assigner.ts'
import type { Holding } from './sticky-assigner.ts'
import { Supervisor } from './supervisor.ts'

export interface EventSourceOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topic: string
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
  /** What this process had when it last joined: claimed again at the next join, also by a rebuilt consumer. */
  #holding: Holding = { generation: -1, partitions: [] }
  #lastHeartbeatMs: number | null = null

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
  }

  pause(partition: number): void {
    this.#consumer?.pause([{ topic: this.#options.topic, partitions: [partition] }])
  }

  resume(partition: number): void {
    this.#consumer?.resume([{ topic: this.#options.topic, partitions: [partition] }])
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    const manager = this.#offsets
    if (manager === null || epoch !== this.#epoch) {
      return { kind: 'refused', error: 'the membership has passed on' }
    }
    const partitions = offsets.map(({ partition, offset, metadata }) => ({
      partition,
      offset: String(offset),
      metadata,
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
    this.#supervisor.stop()
    this.#offsets = null
    await this.#consumer?.disconnect()
  }

  async #build(): Promise<void> {
    const options = this.#options
    const hooks: MembershipHooks = {
      beforeRejoin: async () => {
        if (this.#consumer === consumer) await this.#leaving()
      },
      joined: async (group) => {
        const committed = await this.#committedOf(group)
        if (this.#consumer === consumer) this.#joined(group, committed)
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
      this.#supervisor.crashed(payload.error)
    })
    await consumer.connect()
    // Out of range means earliest: the client's default would jump to the end and lose what lies between.
    await consumer.subscribe({ topic: options.topic, fromBeginning: true })
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
    this.#lastHeartbeatMs = this.#options.monotonicMs()
    this.#supervisor.progressed()
  }

  async #leaving(): Promise<void> {
    // The handler takes nothing more from here on; commits go on until it has settled.
    await this.#handler?.revoking()
    this.#offsets = null
  }

  /** The client reads committed offsets itself, but keeps their metadata from us. */
  async #committedOf(group: GroupInternals): Promise<Assignment['committed']> {
    const { groupId, topic, observer } = this.#options
    const topics = [{ topic, partitions: this.#partitionsOf(group).map((partition) => ({ partition })) }]
    try {
      const { responses } = await group.coordinator.offsetFetch({ groupId, topics })
      return new Map(
        responses
          .flatMap(({ partitions }) => partitions)
          .filter(({ offset }) => BigInt(offset) >= 0n)
          .map(({ partition, offset, metadata }) => [
            partition,
            { offset: BigInt(offset), metadata: metadata ?? '' },
          ]),
      )
    } catch (error) {
      // Without it, what others finished behind the committed offsets is done once more.
      observer.observe({ kind: 'trouble', where: 'event-source', error: textOf(error) })
      return new Map()
    }
  }

  #partitionsOf(group: GroupInternals): readonly number[] {
    const own = group.assigned().find(({ topic }) => topic === this.#options.topic)
    return [...(own?.partitions ?? [])].map(Number)
  }

  #joined(group: GroupInternals, committed: Assignment['committed']): void {
    this.#epoch += 1
    this.#offsets = group.offsetManager
    this.#lastHeartbeatMs = this.#options.monotonicMs()
    this.#supervisor.progressed()
    const partitions = this.#partitionsOf(group)
    this.#holding = { generation: group.generationId ?? -1, partitions }
    this.#handler?.assigned({ epoch: this.#epoch, partitions, committed })
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
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
