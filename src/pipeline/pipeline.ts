// The orchestration of all partitions of this process: assignment, commit cadence, drain.
// Invariants: an offset is committed only under the assignment in which its partition is owned, and never one
// below where the group stands: a member that was away without knowing may come back behind others' commits.
import type { RecordPosition } from '../domain/record-position.ts'
import type { TroubledWay, WorkStanding } from '../domain/standing.ts'
import type {
  Assignment,
  EventSource,
  EventSourceHandler,
  OwnedPartition,
  PartitionRef,
  SourceRecord,
} from '../ports.ts'
import type { CommitHealth } from '../progress/commit-health.ts'
import { GroupStanding } from '../progress/group-standing.ts'
import { ParkedCopies } from '../progress/parked-copies.ts'
import { readEvent } from './event-life.ts'
import { heldStanding } from './held-standing.ts'
import { readParked } from './parked-life.ts'
import type { ParkedWorld } from './parked-life.ts'
import { PartitionPipeline } from './partition-pipeline.ts'
import type { PartitionWorld } from './partition-pipeline.ts'
import { settle } from './settling.ts'

export interface PipelineSettings {
  readonly commitIntervalMs: number
  /** Milliseconds that a rejoin waits for what is in flight before it is cut and parked; the group waits as long. */
  readonly revokeSettleMs: number
  /** Milliseconds after a cut for writing what became of it. */
  readonly writeMs: number
}

export interface PipelineWorld {
  readonly source: EventSource
  readonly partition: PartitionWorld
  readonly parked: ParkedWorld
  readonly commits: CommitHealth
  readonly settings: PipelineSettings
}

interface Owned extends PartitionRef {
  readonly pipeline: PartitionPipeline
  readonly standing: GroupStanding
}

/** Deliveries of one partition number whose copies are recognised: some 300 bytes each. */
const rememberedPerPartition = 20_000

export class Pipeline implements EventSourceHandler {
  readonly #world: PipelineWorld
  readonly #owned = new Map<string, Owned>()
  readonly #copies = new Map<number, ParkedCopies>()
  readonly #onFailure: (error: Error) => void
  #epoch = 0
  #rejoining = false
  #draining = false
  #committing: Promise<void> = Promise.resolve()
  #nextCommit: Promise<void> | null = null
  #cancelTick = (): void => {}

  /** `onFailure`: the source has given up; the process should end. */
  constructor(world: PipelineWorld, onFailure: (error: Error) => void) {
    this.#world = world
    this.#onFailure = onFailure
  }

  async start(): Promise<void> {
    this.#scheduleCommit()
    try {
      await this.#world.source.start(this)
    } catch (error) {
      this.#cancelTick()
      throw error
    }
  }

  assigned({ epoch, owned, share }: Assignment): void {
    this.#epoch = epoch
    this.#rejoining = this.#draining
    this.#world.parked.event.delivering.delivery.isolation.setShare(share)
    const keys = new Set(owned.map(keyOf))
    for (const [key, { pipeline }] of this.#owned) {
      if (keys.has(key)) continue
      pipeline.abandon()
      this.#owned.delete(key)
    }
    const numbers = new Set(owned.map(({ partition }) => partition))
    for (const number of this.#copies.keys()) if (!numbers.has(number)) this.#copies.delete(number)
    for (const each of owned) {
      const { topic, partition, committed } = each
      const before = this.#owned.get(keyOf(each))
      // If another had it meanwhile, what is in flight here is that one's by now, done or to be done anew.
      const kept = before?.standing.isOurs(committed) === true ? before : null
      if (kept === null) before?.pipeline.abandon()
      else if (!this.#draining) kept.pipeline.goOn()
      const pipeline = kept?.pipeline ?? this.#open(each)
      const standing = kept?.standing.again(committed) ?? new GroupStanding(committed)
      this.#owned.set(keyOf(each), { topic, partition, pipeline, standing })
      this.#world.source.resume(each)
    }
    const events = owned.filter(({ delayMs }) => delayMs === null).map(({ partition }) => partition)
    this.#world.partition.observer.observe({ kind: 'assigned', partitions: events, epoch })
  }

  async revoking(): Promise<void> {
    this.#rejoining = true
    // In doubt, what has to be written waits for the group's answer, which is this rejoin: nothing would settle.
    const inDoubt = this.#world.partition.gate.membership() !== null
    const epoch = this.#epoch
    if (inDoubt) for (const { pipeline } of this.#owned.values()) pipeline.halt()
    else await this.#settle(this.#world.settings.revokeSettleMs, () => this.#epoch === epoch)
    await this.#commit()
  }

  records(from: PartitionRef, records: readonly SourceRecord[], endOffset: bigint): number {
    const owned = this.#owned.get(keyOf(from))
    if (owned === undefined) return records.length
    const first = records[0]?.position.offset
    if (first !== undefined) owned.standing.readFrom(first)
    return this.#rejoining ? records.length : owned.pipeline.records(records, endOffset)
  }

  /** This process parked a delivery there. */
  parked({ offset, ...at }: RecordPosition): void {
    this.#owned.get(keyOf(at))?.pipeline.backlog.grownTo(offset + 1n)
  }

  /** Looks at all that is in hand, and at every lane: not for the hot path. */
  standing(): WorkStanding {
    const { clock, gate } = this.#world.partition
    const { budget, inHand, delivery } = this.#world.parked.event.delivering
    const nowMs = clock.nowMs()
    return {
      held: gate.isForgotten ? null : heldStanding(this.#owned.values(), nowMs),
      oldestUndeliveredMs: inHand.oldestMs(nowMs),
      inFlight: budget.standing(),
      lanes: delivery.isolation.standing(),
    }
  }

  /** As LiveIsolation's. */
  troubled(most: number): readonly TroubledWay[] {
    return this.#world.parked.event.delivering.delivery.isolation.troubled(most)
  }

  failed(error: Error): void {
    this.#onFailure(error)
  }

  /** Takes nothing more, lets what is in flight end within `timeoutMs`, parks the rest, commits, leaves the group. */
  async drain(timeoutMs: number): Promise<{ readonly clean: boolean }> {
    this.#cancelTick()
    this.#draining = true
    this.#rejoining = true
    const clean = await this.#settle(timeoutMs - this.#world.settings.writeMs, () => true)
    for (const { pipeline } of this.#owned.values()) pipeline.abandon()
    await this.#commit()
    await this.#world.source.stop()
    // They are another's from here on, while this process may be asked how it stands for some time yet.
    this.#owned.clear()
    return { clean }
  }

  #open({ topic, partition, delayMs, committed }: OwnedPartition): PartitionPipeline {
    const { source, parked, partition: world } = this.#world
    const ref = { topic, partition }
    const tap = { pause: () => source.pause(ref), resume: () => source.resume(ref) }
    const copies = this.#copies.get(partition) ?? new ParkedCopies(rememberedPerPartition)
    this.#copies.set(partition, copies)
    const kind = {
      delayMs,
      read: (record: SourceRecord, signal: AbortSignal) =>
        delayMs === null
          ? readEvent(record, signal, parked.event, copies)
          : readParked(record, signal, parked, copies),
    }
    return new PartitionPipeline(world, kind, tap, committed)
  }

  #settle(timeoutMs: number, isWanted: () => boolean): Promise<boolean> {
    const { settings, partition } = this.#world
    const pipelines = [...this.#owned.values()].map(({ pipeline }) => pipeline)
    return settle(pipelines, { timeoutMs, writeMs: settings.writeMs }, partition.clock, isWanted)
  }

  #scheduleCommit(): void {
    this.#cancelTick = this.#world.partition.clock.after(this.#world.settings.commitIntervalMs, () => {
      void this.#commit()
      this.look()
      this.#scheduleCommit()
    })
  }

  /** What may have become possible by the mere passing of time, or by the end of a pause. */
  look(): void {
    const { clock } = this.#world.partition
    this.#world.parked.event.delivering.budget.look(clock.monotonicMs())
    for (const { pipeline } of this.#owned.values()) pipeline.look()
  }

  /**
   * One commit at a time: two in flight could arrive in the other order and set an offset back. Whoever asks while one is
   * under way shares the next.
   */
  #commit(): Promise<void> {
    this.#nextCommit ??= this.#committing.then(() => {
      this.#nextCommit = null
      return this.#commitNow()
    })
    this.#committing = this.#nextCommit
    return this.#nextCommit
  }

  async #commitNow(): Promise<void> {
    const due = [...this.#owned.values()].flatMap((owned) => {
      const progress = owned.pipeline.committable()
      return progress !== null && owned.standing.isDue(progress) ? [{ progress, owned }] : []
    })
    const { commits, source } = this.#world
    const { clock, gate, observer } = this.#world.partition
    if (due.length === 0) {
      commits.settled()
      return
    }
    // In doubt, the offsets may be somebody else's by now.
    if (gate.membership() !== null) return
    commits.due(clock.monotonicMs())
    const offsets = due.map(({ progress, owned: { topic, partition } }) => ({
      topic,
      partition,
      ...progress,
    }))
    for (const { progress, owned } of due) owned.standing.sent(progress)
    const result = await source.commit(this.#epoch, offsets)
    if (result.kind === 'refused') {
      observer.observe({ kind: 'commit_failed', error: result.error })
      return
    }
    commits.settled()
    for (const { progress, owned } of due) owned.standing.taken(progress)
    observer.observe({ kind: 'committed', partitions: due.length })
  }
}

function keyOf({ topic, partition }: PartitionRef): string {
  return `${topic}/${partition}`
}
