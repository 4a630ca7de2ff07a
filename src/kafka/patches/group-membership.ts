/**
 * The hooks that the plain client lacks around joining a group: a step before every rejoin, and a way to tell
 * what was fetched under an earlier membership.
 * Every road to a new membership runs through `joinAndSync`, also those that emit no event (a leader moved, a
 * topic grew); a response that straddles a rejoin belongs to positions that are gone, so it is not handled.
 */
import { createRequire } from 'node:module'

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
  readonly memberId: string | null
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
  /** Of every topic that is subscribed to, all partitions, whoever has them. */
  readonly partitionsPerSubscribedTopic: ReadonlyMap<string, readonly number[]>
  assigned(): readonly { topic: string; partitions: readonly number[] }[]
}

/** Carried by the partition assigner, which the client keeps with each group and hands back unseen. */
export interface MembershipHooks {
  beforeRejoin(): Promise<void>
  /** Nothing is fetched before it has resolved. */
  joined(group: GroupInternals): Promise<void>
}

interface RunnerInternals {
  readonly consumerGroup: GroupInternals
  handleBatch(batch: object): Promise<void>
}

const ConsumerGroup: { readonly prototype: GroupInternals } = require('kafkajs/src/consumer/consumerGroup')
const Runner: { readonly prototype: RunnerInternals } = require('kafkajs/src/consumer/runner')

/** The membership under which a batch was asked for. */
const fetchedUnder = new WeakMap<object, number | null>()

export const patchGroupMembership = (): void => {
  const plainJoin = ConsumerGroup.prototype.joinAndSync
  ConsumerGroup.prototype.joinAndSync = async function joinAndSync(this: GroupInternals): Promise<void> {
    const hooks = this.assigners.filter(isHooked)
    if (this.generationId !== null) await Promise.all(hooks.map((hook) => hook.beforeRejoin()))
    await plainJoin.call(this)
    await Promise.all(hooks.map((hook) => hook.joined(this)))
  }
  const plainFetch = ConsumerGroup.prototype.fetch
  ConsumerGroup.prototype.fetch = async function fetch(
    this: GroupInternals,
    nodeId: string,
  ): Promise<object[]> {
    const { generationId } = this
    const batches = await plainFetch.call(this, nodeId)
    for (const batch of batches) fetchedUnder.set(batch, generationId)
    return batches
  }
  const plainHandle = Runner.prototype.handleBatch
  Runner.prototype.handleBatch = async function handleBatch(
    this: RunnerInternals,
    batch: object,
  ): Promise<void> {
    // Handling it would move a position that was read anew since, past records that nobody has seen.
    if (fetchedUnder.get(batch) === this.consumerGroup.generationId) await plainHandle.call(this, batch)
  }
}

function isHooked(assigner: MembershipHooks | object): assigner is MembershipHooks {
  return 'beforeRejoin' in assigner && 'joined' in assigner
}
