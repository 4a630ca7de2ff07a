// The topic of events, the retry topics and their consumer group, in memory, with one member: the handler under test. The
// test plays the coordinator and the other members. As with the real client, a pause outlives a rejoin until it is
// lifted, a rejoin reads every partition anew from the group's committed offset, and a commit counts only for the epoch
// in which it was made.
import { retryTopicOf } from '../../src/domain/retry-topic.ts'
import type {
  Clock,
  CommitResult,
  CommittedProgress,
  EventSource,
  EventSourceHandler,
  OffsetCommit,
  OwnedPartition,
  PartitionRef,
  SourceRecord,
} from '../../src/ports.ts'

export interface FakeEventSourceOptions {
  readonly clock: Clock
  readonly partitions: number
  /** Records handed over at once. Default 100. */
  readonly batchSize?: number
  /** Of the retry topics, in milliseconds. Default: none. */
  readonly delaysMs?: readonly number[]
}

/** `member`: beats and commits. `expelled`: the group dealt its partitions out, and it does not know yet. */
type Membership = 'none' | 'member' | 'expelled'

interface Log extends PartitionRef {
  readonly delayMs: number | null
  readonly records: SourceRecord[]
  position: bigint
  isPaused: boolean
}

const eventTopic = 'call-events'
const prefix = 'webhook-retries'

export class FakeEventSource implements EventSource {
  readonly topic = eventTopic
  /** Every commit that the group took. */
  readonly commits: { readonly epoch: number; readonly offsets: readonly OffsetCommit[] }[] = []
  readonly #clock: Clock
  readonly #batchSize: number
  readonly #partitions: number
  readonly #logs = new Map<string, Log>()
  readonly #committed = new Map<string, CommittedProgress>()
  #handler: EventSourceHandler | null = null
  #assigned: readonly number[] = []
  #epoch = 0
  #membership: Membership = 'none'
  #beatenAtMs: number | null = null
  #beating = true
  #commitsHeldUntil: Promise<void> = Promise.resolve()

  constructor({ clock, partitions, batchSize = 100, delaysMs = [] }: FakeEventSourceOptions) {
    this.#clock = clock
    this.#batchSize = batchSize
    this.#partitions = partitions
    const topics: readonly (readonly [string, number | null])[] = [
      [eventTopic, null],
      ...delaysMs.map((delayMs) => [retryTopicOf(prefix, delayMs), delayMs] as const),
    ]
    for (const [topic, delayMs] of topics) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const log: Log = { topic, partition, delayMs, records: [], position: 0n, isPaused: false }
        this.#logs.set(keyOf(log), log)
      }
    }
  }

  async start(handler: EventSourceHandler): Promise<void> {
    await Promise.resolve()
    this.#handler = handler
    this.#join(Array.from({ length: this.#partitions }, (_, partition) => partition))
  }

  pause(partition: PartitionRef): void {
    this.#log(partition).isPaused = true
  }

  resume(partition: PartitionRef): void {
    const log = this.#log(partition)
    log.isPaused = false
    queueMicrotask(() => this.#handOver(log))
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    await this.#commitsHeldUntil
    if (this.#membership !== 'member' || epoch !== this.#epoch)
      return { kind: 'refused', error: 'the membership has passed on' }
    for (const { topic, partition, ...progress } of offsets) {
      this.#committed.set(keyOf({ topic, partition }), progress)
    }
    this.commits.push({ epoch, offsets })
    return { kind: 'committed' }
  }

  lastHeartbeatMs(): number | null {
    if (this.#membership === 'member' && this.#beating) this.#beatenAtMs = this.#clock.monotonicMs()
    return this.#beatenAtMs
  }

  async stop(): Promise<void> {
    await Promise.resolve()
    this.#membership = 'none'
    this.#handler = null
  }

  /** Publishes one event record per text and hands them over, unless something holds them back. */
  append(partition: number, ...texts: readonly string[]): void {
    for (const text of texts) {
      const bytes = Buffer.from(text)
      this.#append({ topic: eventTopic, partition }, { key: bytes, value: bytes, headers: {} })
    }
    this.#handOver(this.#log({ topic: eventTopic, partition }))
  }

  /** Writes a record to a retry topic, as a worker that parks does; answers where it stands. */
  park(
    delayMs: number,
    partition: number,
    { key, value, headers }: Pick<SourceRecord, 'key' | 'value' | 'headers'>,
  ): SourceRecord['position'] {
    const ref = { topic: retryTopicOf(prefix, delayMs), partition }
    const { position } = this.#append(ref, { key, value, headers })
    // As from the broker: not in the same breath as the write.
    queueMicrotask(() => this.#handOver(this.#log(ref)))
    return position
  }

  /** Null: the group never committed there. */
  committed(partition: number, topic = eventTopic): bigint | null {
    return this.#committed.get(keyOf({ topic, partition }))?.offset ?? null
  }

  /** What was committed, with its metadata, and how far the log goes: for a ledger of what is unfinished. */
  progressOf(): readonly (PartitionRef & { committed: CommittedProgress | null; end: bigint })[] {
    return [...this.#logs.values()].map(({ topic, partition, records }) => ({
      topic,
      partition,
      committed: this.#committed.get(keyOf({ topic, partition })) ?? null,
      end: BigInt(records.length),
    }))
  }

  isPaused(partition: number, topic = eventTopic): boolean {
    return this.#log({ topic, partition }).isPaused
  }

  get epoch(): number {
    return this.#epoch
  }

  /** The group deals anew: the member is asked to settle, and keeps or gets what is named. */
  async rejoin(partitions: readonly number[]): Promise<void> {
    await this.#handler?.revoking()
    this.#join(partitions)
  }

  /** The group has given up on this member, which does not know: nothing that it commits counts. */
  expel(): void {
    this.lastHeartbeatMs()
    this.#membership = 'expelled'
  }

  /** The connection to the group broke: nobody is asked to settle, and a new member is built. */
  crash(): void {
    this.#beatenAtMs = null
    this.#membership = 'none'
  }

  joinAfterCrash(partitions: readonly number[]): void {
    this.#join(partitions)
  }

  /** Another member finished everything below `offset`. */
  commitByAnother(partition: number, offset: bigint): void {
    this.#committed.set(keyOf({ topic: eventTopic, partition }), { offset, metadata: '' })
  }

  stopBeating(): void {
    this.lastHeartbeatMs()
    this.#beating = false
  }

  beatAgain(): void {
    this.#beating = true
  }

  /** Commits wait until the answer is called. */
  holdCommits(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#commitsHeldUntil = promise
    return resolve
  }

  #append(ref: PartitionRef, given: Pick<SourceRecord, 'key' | 'value' | 'headers'>): SourceRecord {
    const { topic, partition, records } = this.#log(ref)
    const record: SourceRecord = {
      position: { topic, partition, offset: BigInt(records.length) },
      timestampMs: this.#clock.nowMs(),
      ...given,
    }
    records.push(record)
    return record
  }

  #log(ref: PartitionRef): Log {
    const log = this.#logs.get(keyOf(ref))
    if (log === undefined) throw new Error(`there is no ${keyOf(ref)}`)
    return log
  }

  #join(partitions: readonly number[]): void {
    this.#epoch += 1
    this.#membership = 'member'
    this.#assigned = partitions
    const logs = [...this.#logs.values()].filter(({ partition }) => partitions.includes(partition))
    const owned: readonly OwnedPartition[] = logs.map((log) => {
      const { topic, partition, delayMs } = log
      const committed = this.#committed.get(keyOf(log)) ?? null
      log.position = committed?.offset ?? 0n
      return { topic, partition, delayMs, committed }
    })
    const share = partitions.length / this.#partitions
    this.#handler?.assigned({ epoch: this.#epoch, owned, share })
    for (const log of logs) queueMicrotask(() => this.#handOver(log))
  }

  /** Goes on while the client that does not know of its expulsion would: its fetches are still answered. */
  #handOver(log: Log): void {
    const { topic, partition, records } = log
    while (this.#handler !== null && this.#membership !== 'none' && this.#assigned.includes(partition)) {
      const batch = records.slice(Number(log.position), Number(log.position) + this.#batchSize)
      if (batch.length > 0 && log.isPaused)
        this.#handler.records({ topic, partition }, [], BigInt(records.length))
      if (batch.length === 0 || log.isPaused) return
      try {
        const taken = this.#handler.records({ topic, partition }, batch, BigInt(records.length))
        const last = batch[taken - 1]
        if (last !== undefined) log.position = last.position.offset + 1n
        else if (!log.isPaused) throw new Error(`${keyOf(log)} was left lying without being paused`)
      } catch {
        // A position moves only over records that the handler was given; they come again.
        setImmediate(() => this.#handOver(log))
        return
      }
    }
  }
}

function keyOf({ topic, partition }: PartitionRef): string {
  return `${topic}/${partition}`
}
