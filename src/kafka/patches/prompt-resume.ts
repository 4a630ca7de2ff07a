/**
 * Lets a resumed partition be fetched at once when all of its broker's were paused.
 * The plain client sleeps through its whole fetch wait then, so back-pressure that lasts some milliseconds would
 * cost up to half a second of standing still each time.
 */
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'

const require = createRequire(import.meta.url)

interface Partitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

interface PausableGroup {
  readonly maxWaitTime: number
  readonly subscriptionState: { active(): readonly Partitions[]; assigned(): readonly Partitions[] }
  /** Throws while the client knows no leader. */
  filterPartitionsByNode(nodeId: string, partitions: readonly Partitions[]): readonly Partitions[]
  fetch(nodeId: string): Promise<object[]>
  resume(topicPartitions: unknown): void
}

const ConsumerGroup: { readonly prototype: PausableGroup } = require('kafkajs/src/consumer/consumerGroup')

/** One per group while its fetches wait with everything paused. */
const waking = new WeakMap<object, AbortController>()

export const patchPromptResume = (): void => {
  const plainFetch = ConsumerGroup.prototype.fetch
  ConsumerGroup.prototype.fetch = async function fetch(
    this: PausableGroup,
    nodeId: string,
  ): Promise<object[]> {
    if (!isPausedOn(this, nodeId)) return plainFetch.call(this, nodeId)
    const waker = waking.get(this) ?? new AbortController()
    waking.set(this, waker)
    await delay(this.maxWaitTime, undefined, { signal: waker.signal }).catch(() => undefined)
    return []
  }
  const plainResume = ConsumerGroup.prototype.resume
  ConsumerGroup.prototype.resume = function resume(this: PausableGroup, topicPartitions: unknown): void {
    plainResume.call(this, topicPartitions)
    waking.get(this)?.abort()
    waking.delete(this)
  }
}

/** Something is assigned there, and nothing of it may be fetched. Any doubt is left to the client. */
function isPausedOn(group: PausableGroup, nodeId: string): boolean {
  const { subscriptionState } = group
  const count = (partitions: readonly Partitions[]): number =>
    group.filterPartitionsByNode(nodeId, partitions).reduce((sum, each) => sum + each.partitions.length, 0)
  try {
    return count(subscriptionState.assigned()) > 0 && count(subscriptionState.active()) === 0
  } catch {
    return false
  }
}
