// The events topic and its consumer group, in memory, with one member: the handler under test. The test plays
// the coordinator and the other members. As with the real client, a pause outlives a rejoin until it is lifted,
// a rejoin reads every partition anew from the group's committed offset, and a commit counts only for the epoch
// in which it was made.
import type {
  Clock,
  CommitResult,
  CommittedProgress,
  EventSource,
  EventSourceHandler,
  OffsetCommit,
  SourceRecord,
} from '../../src/ports.ts'

export interface FakeEventSourceOptions {
  readonly clock: Clock
  readonly partitions: number
  /** Records handed over at once. Default 100. */
  readonly batchSize?: number
}

/** `member`: beats and commits. `expelled`: the group dealt its partitions out, and it does not know yet. */
type Membership = 'none' | 'member' | 'expelled'

export class FakeEventSource implements EventSource {
  readonly topic = 'call-events'
  /** Every commit that the group took. */
  readonly commits: { readonly epoch: number; readonly offsets: readonly OffsetCommit[] }[] = []
  readonly #clock: Clock
  readonly #batchSize: number
  readonly #logs: SourceRecord[][]
  readonly #committed = new Map<number, CommittedProgress>()
  readonly #positions = new Map<number, bigint>()
  readonly #paused = new Set<number>()
  #handler: EventSourceHandler | null = null
  #assigned: readonly number[] = []
  #epoch = 0
  #membership: Membership = 'none'
  #beatenAtMs: number | null = null
  #beating = true
  #commitsHeldUntil: Promise<void> = Promise.resolve()

  constructor({ clock, partitions, batchSize = 100 }: FakeEventSourceOptions) {
    this.#clock = clock
    this.#batchSize = batchSize
    this.#logs = Array.from({ length: partitions }, () => [])
  }

  async start(handler: EventSourceHandler): Promise<void> {
    await Promise.resolve()
    this.#handler = handler
    this.#join([...this.#logs.keys()])
  }

  pause(partition: number): void {
    this.#paused.add(partition)
  }

  resume(partition: number): void {
    this.#paused.delete(partition)
    queueMicrotask(() => this.#handOver(partition))
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    await this.#commitsHeldUntil
    if (this.#membership !== 'member' || epoch !== this.#epoch)
      return { kind: 'refused', error: 'the membership has passed on' }
    for (const { partition, ...progress } of offsets) this.#committed.set(partition, progress)
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

  /** Publishes one record per text and hands them over, unless something holds them back. */
  append(partition: number, ...texts: readonly string[]): void {
    const log = this.#logs[partition] ?? []
    for (const text of texts) {
      log.push({
        position: { topic: this.topic, partition, offset: BigInt(log.length) },
        timestampMs: this.#clock.nowMs(),
        key: Buffer.from(text),
        value: Buffer.from(text),
        headers: {},
      })
    }
    this.#handOver(partition)
  }

  /** Null: the group never committed there. */
  committed(partition: number): bigint | null {
    return this.#committed.get(partition)?.offset ?? null
  }

  isPaused(partition: number): boolean {
    return this.#paused.has(partition)
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
    this.lastHeartbeatMs()
    this.#membership = 'none'
  }

  joinAfterCrash(partitions: readonly number[]): void {
    this.#join(partitions)
  }

  /** Another member finished everything below `offset`. */
  commitByAnother(partition: number, offset: bigint): void {
    this.#committed.set(partition, { offset, metadata: '' })
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

  #join(partitions: readonly number[]): void {
    this.#epoch += 1
    this.#membership = 'member'
    this.#assigned = partitions
    for (const partition of partitions)
      this.#positions.set(partition, this.#committed.get(partition)?.offset ?? 0n)
    const committed = new Map(this.#committed)
    this.#handler?.assigned({ epoch: this.#epoch, partitions, committed })
    for (const partition of partitions) queueMicrotask(() => this.#handOver(partition))
  }

  /** Goes on while the client that does not know of its expulsion would: its fetches are still answered. */
  #handOver(partition: number): void {
    const log = this.#logs[partition] ?? []
    while (this.#handler !== null && this.#membership !== 'none' && this.#assigned.includes(partition)) {
      const position = this.#positions.get(partition) ?? 0n
      const batch = log.slice(Number(position), Number(position) + this.#batchSize)
      const last = batch.at(-1)
      if (last === undefined || this.#paused.has(partition)) return
      try {
        this.#handler.records(partition, batch, BigInt(log.length))
      } catch {
        // A position moves only over records that the handler was given; they come again.
        setImmediate(() => this.#handOver(partition))
        return
      }
      this.#positions.set(partition, last.position.offset + 1n)
    }
  }
}
