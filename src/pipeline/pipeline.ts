// The orchestration of all partitions of this process: assignment, commit cadence, drain.
// Invariants: an offset is committed only under the assignment in which its partition is owned, and never one
// below where the group stands: a member that was away without knowing may come back behind others' commits.
import type {
  Assignment,
  Clock,
  CommittedProgress,
  EventSource,
  EventSourceHandler,
  Observer,
  SourceRecord,
} from '../ports.ts'
import { decodeMetadata } from '../progress/commit-metadata.ts'
import type { CommitHealth } from '../progress/commit-health.ts'
import { PartitionPipeline } from './partition-pipeline.ts'
import type { PartitionWorld } from './partition-pipeline.ts'

export interface PipelineSettings {
  readonly commitIntervalMs: number
  /** Milliseconds that a rejoin waits for what is in flight; the group waits as long. */
  readonly revokeSettleMs: number
}

export interface PipelineWorld {
  readonly source: EventSource
  readonly clock: Clock
  readonly observer: Observer
  readonly partition: PartitionWorld
  readonly commits: CommitHealth
  readonly settings: PipelineSettings
}

interface Owned {
  readonly pipeline: PartitionPipeline
  /**
   * Where the group stands: the first offset that was read under this assignment, then what was committed. Null
   * until something was read, and nothing is committed meanwhile: if there is nothing to read, it stands at the end.
   */
  committed: CommittedProgress | null
}

export class Pipeline implements EventSourceHandler {
  readonly #world: PipelineWorld
  readonly #owned = new Map<number, Owned>()
  readonly #onFailure: (error: Error) => void
  #epoch = 0
  #rejoining = false
  #draining = false
  #committing: Promise<void> = Promise.resolve()
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

  assigned({ epoch, partitions, committed }: Assignment): void {
    this.#epoch = epoch
    this.#rejoining = this.#draining
    for (const [partition, { pipeline }] of this.#owned) {
      if (partitions.includes(partition)) continue
      pipeline.abandon()
      this.#owned.delete(partition)
    }
    for (const partition of partitions) {
      const kept = this.#owned.get(partition)
      if (kept !== undefined && !this.#draining) kept.pipeline.goOn()
      const pipeline = kept?.pipeline ?? this.#open(partition, committed.get(partition))
      this.#owned.set(partition, { pipeline, committed: null })
      this.#world.source.resume(partition)
    }
    this.#world.observer.observe({ kind: 'assigned', partitions, epoch })
  }

  async revoking(): Promise<void> {
    this.#rejoining = true
    for (const { pipeline } of this.#owned.values()) pipeline.halt()
    await this.#settle(this.#world.settings.revokeSettleMs)
    await this.#commit()
  }

  records(partition: number, records: readonly SourceRecord[], endOffset: bigint): void {
    const owned = this.#owned.get(partition)
    if (owned === undefined) return
    const first = records[0]?.position.offset
    if (first !== undefined) owned.committed ??= { offset: first, metadata: '' }
    if (!this.#rejoining) owned.pipeline.records(records, endOffset)
  }

  failed(error: Error): void {
    this.#onFailure(error)
  }

  /** Takes nothing more, lets what is in flight end within `timeoutMs`, commits, leaves the group. */
  async drain(timeoutMs: number): Promise<{ readonly clean: boolean }> {
    this.#cancelTick()
    this.#draining = true
    this.#rejoining = true
    for (const { pipeline } of this.#owned.values()) pipeline.halt()
    const clean = await this.#settle(timeoutMs)
    for (const { pipeline } of this.#owned.values()) pipeline.abandon()
    await this.#commit()
    await this.#world.source.stop()
    return { clean }
  }

  #open(partition: number, committed: CommittedProgress | undefined): PartitionPipeline {
    const { source } = this.#world
    const tap = { pause: () => source.pause(partition), resume: () => source.resume(partition) }
    const inherited = committed === undefined ? null : decodeMetadata(committed.offset, committed.metadata)
    return new PartitionPipeline(this.#world.partition, tap, inherited)
  }

  async #settle(timeoutMs: number): Promise<boolean> {
    const idle = Promise.all([...this.#owned.values()].map(({ pipeline }) => pipeline.idle()))
    const late = Promise.withResolvers<false>()
    const cancel = this.#world.clock.after(timeoutMs, () => late.resolve(false))
    const settled = await Promise.race([idle.then(() => true), late.promise])
    cancel()
    return settled
  }

  #scheduleCommit(): void {
    this.#cancelTick = this.#world.clock.after(this.#world.settings.commitIntervalMs, () => {
      void this.#commit()
      this.#observeProgress()
      this.#scheduleCommit()
    })
  }

  /** One commit at a time: two in flight could arrive in the other order and set an offset back. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commitNow())
    return this.#committing
  }

  async #commitNow(): Promise<void> {
    const due = [...this.#owned].flatMap(([partition, owned]) => {
      const { pipeline, committed } = owned
      const progress = pipeline.committable()
      if (progress === null || committed === null || progress.offset < committed.offset) return []
      const same = progress.offset === committed.offset && progress.metadata === committed.metadata
      return same ? [] : [{ partition, progress, owned }]
    })
    const { clock, commits } = this.#world
    if (due.length === 0) {
      commits.settled()
      return
    }
    commits.due(clock.monotonicMs())
    const offsets = due.map(({ partition, progress }) => ({ partition, ...progress }))
    const result = await this.#world.source.commit(this.#epoch, offsets)
    if (result.kind === 'refused') {
      this.#world.observer.observe({ kind: 'commit_failed', error: result.error })
      return
    }
    commits.settled()
    for (const { progress, owned } of due) owned.committed = progress
    this.#world.observer.observe({ kind: 'committed', partitions: due.length })
  }

  #observeProgress(): void {
    const { budget } = this.#world.partition.event
    const { deliveries, bytes, waiting } = budget
    this.#world.observer.observe({ kind: 'budget', deliveries, bytes, waiting })
    let records = 0n
    for (const { pipeline } of this.#owned.values()) records += pipeline.lag()
    this.#world.observer.observe({ kind: 'lag', records })
  }
}
