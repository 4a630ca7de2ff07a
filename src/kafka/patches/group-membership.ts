/**
 * The hooks that the plain client lacks around joining a group: a step before every rejoin, and a way to tell
 * what was fetched under an earlier membership.
 * Every road to a new membership runs through `joinAndSync`, also those that emit no event (a leader moved, a
 * topic grew). The client reads from each broker by itself, so several readers may find a reason at the same time:
 * they share one join, for two would end each other's, and those that found none wait for it. A response that straddles
 * a rejoin belongs to positions that are gone, so it is not handled. And the client tells when a heartbeat was answered,
 * not when it went out: to a process that stood still in between, an old answer would look like a membership.
 */
import { createRequire } from 'node:module'
import type { ClusterInternals } from './kafkajs-internals.ts'

const require = createRequire(import.meta.url)

/** Commits under the generation in which it was made, and no other: the broker refuses it afterwards. */
export interface OffsetManagerInternals {
  commitOffsets(offsets: {
    topics: { topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[]
  }): Promise<void>
}

export interface GroupInternals {
  readonly assigners: readonly (MembershipHooks | object)[]
  readonly generationId: number | null
  memberId: string | null
  readonly offsetManager: OffsetManagerInternals
  readonly coordinator: {
    offsetFetch(request: {
      groupId: string
      topics: { topic: string; partitions: { partition: number }[] }[]
    }): Promise<{
      responses: {
        topic: string
        partitions: { partition: number; offset: string; metadata: string | null }[]
      }[]
    }>
  }
  joinAndSync(): Promise<void>
  fetch(nodeId: string): Promise<object[]>
  heartbeat(options: object): Promise<void>
  readonly cluster: Pick<ClusterInternals, 'fetchTopicsOffset'>
  /** Leads a partition whose position is gone to where `fromBeginning` says; or to its leader, if a follower said so. */
  recoverFromOffsetOutOfRange(at: { readonly topic: string; readonly partition: number }): Promise<void>
  readonly preferredReadReplicasPerTopicPartition: Readonly<
    Record<string, Readonly<Record<number, unknown>> | undefined>
  >
  /** Of every topic that is subscribed to, all partitions, whoever has them. */
  readonly partitionsPerSubscribedTopic: ReadonlyMap<string, readonly number[]>
  assigned(): readonly { topic: string; partitions: readonly number[] }[]
}

/** Carried by the partition assigner, which the client keeps with each group and hands back unseen. */
export interface MembershipHooks {
  beforeRejoin(): Promise<void>
  /** Nothing is fetched before it has resolved. */
  joined(group: GroupInternals): Promise<void>
  /** By which the group may still know this process, from a client before this one; null: by none. */
  formerMemberId(): string | null
  /** The next record of the partition is gone, and what lies behind it is passed over. */
  outOfRange(at: { readonly topic: string; readonly partition: number }): void
  /** A heartbeat goes out. Its answer says that this was a member then, however long it lay unread. */
  beatBegins(): void
}

interface RunnerInternals {
  readonly consumerGroup: GroupInternals
  handleBatch(batch: object): Promise<void>
}

const ConsumerGroup: { readonly prototype: GroupInternals } = require('kafkajs/src/consumer/consumerGroup')
const Runner: { readonly prototype: RunnerInternals } = require('kafkajs/src/consumer/runner')

/**
 * The positions that a batch was asked for by, which are made anew with each membership. The generation would not do: it
 * changes while the old positions are still in use.
 */
const fetchedBy = new WeakMap<object, OffsetManagerInternals>()
const joining = new WeakMap<GroupInternals, Promise<void>>()
/** Groups with a heartbeat under way, which the client's callers share. */
const beating = new WeakSet<GroupInternals>()

export const patchGroupMembership = (): void => {
  const plainJoin = ConsumerGroup.prototype.joinAndSync
  const joinOnce = async (group: GroupInternals): Promise<void> => {
    const hooks = group.assigners.filter(isHooked)
    if (group.generationId !== null) await Promise.all(hooks.map((hook) => hook.beforeRejoin()))
    // As another member it would wait until the one that it was is given up. One that is not known is told so, at once.
    else group.memberId ??= hooks[0]?.formerMemberId() ?? null
    await plainJoin.call(group)
    await Promise.all(hooks.map((hook) => hook.joined(group)))
  }
  ConsumerGroup.prototype.joinAndSync = function joinAndSync(this: GroupInternals): Promise<void> {
    const underWay = joining.get(this) ?? joinOnce(this).finally(() => joining.delete(this))
    joining.set(this, underWay)
    return underWay
  }
  const plainFetch = ConsumerGroup.prototype.fetch
  ConsumerGroup.prototype.fetch = async function fetch(
    this: GroupInternals,
    nodeId: string,
  ): Promise<object[]> {
    if (joining.has(this)) {
      await untilJoined(this)
      return []
    }
    const { offsetManager } = this
    const batches = await plainFetch.call(this, nodeId)
    for (const batch of batches) fetchedBy.set(batch, offsetManager)
    return batches
  }
  const plainHeartbeat = ConsumerGroup.prototype.heartbeat
  ConsumerGroup.prototype.heartbeat = async function heartbeat(
    this: GroupInternals,
    options: object,
  ): Promise<void> {
    // Half joined, it would be told to join.
    if (joining.has(this)) return untilJoined(this)
    if (beating.has(this)) return plainHeartbeat.call(this, options)
    beating.add(this)
    for (const hook of this.assigners.filter(isHooked)) hook.beatBegins()
    try {
      await plainHeartbeat.call(this, options)
    } finally {
      beating.delete(this)
    }
  }
  const plainRecover = ConsumerGroup.prototype.recoverFromOffsetOutOfRange
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function recoverFromOffsetOutOfRange(
    this: GroupInternals,
    { topic, partition },
  ): Promise<void> {
    const fromFollower = typeof this.preferredReadReplicasPerTopicPartition[topic]?.[partition] === 'number'
    if (!fromFollower) {
      for (const hook of this.assigners.filter(isHooked)) hook.outOfRange({ topic, partition })
    }
    await plainRecover.call(this, { topic, partition })
  }
  const plainHandle = Runner.prototype.handleBatch
  Runner.prototype.handleBatch = async function handleBatch(
    this: RunnerInternals,
    batch: object,
  ): Promise<void> {
    // Handling it would move a position that was read anew since, past records that nobody has seen.
    if (fetchedBy.get(batch) === this.consumerGroup.offsetManager) await plainHandle.call(this, batch)
  }
}

/** Whoever began the join is told if it fails. */
async function untilJoined(group: GroupInternals): Promise<void> {
  await joining.get(group)?.catch(() => {})
}

function isHooked(assigner: MembershipHooks | object): assigner is MembershipHooks {
  return 'beforeRejoin' in assigner && 'joined' in assigner
}
