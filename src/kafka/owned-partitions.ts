// What this member was dealt, with what was last committed for it: the client reads committed offsets itself, but keeps
// their metadata from us.
import type { CommittedProgress, Observer, OwnedPartition } from '../ports.ts'
import type { GroupInternals } from './patches/group-membership.ts'

/** `retryTopics`: their delays in milliseconds by topic; any other topic is one of call events. Never rejects. */
export async function ownedPartitions(
  group: GroupInternals,
  groupId: string,
  retryTopics: ReadonlyMap<string, number>,
  observer: Observer,
): Promise<readonly OwnedPartition[]> {
  const assigned = group.assigned().map(({ topic, partitions }) => ({
    topic,
    partitions: [...partitions].map(Number).map((partition) => ({ partition })),
  }))
  const committed = new Map<string, CommittedProgress>()
  try {
    const { responses } = await group.coordinator.offsetFetch({ groupId, topics: assigned })
    for (const { topic, partitions } of responses) {
      for (const { partition, offset, metadata } of partitions) {
        if (BigInt(offset) < 0n) continue
        committed.set(`${topic}/${partition}`, { offset: BigInt(offset), metadata: metadata ?? '' })
      }
    }
  } catch (error) {
    // Without it, what others finished behind the committed offsets is done once more.
    const text = error instanceof Error ? error.message : String(error)
    observer.observe({ kind: 'trouble', where: 'event-source', error: text })
  }
  return assigned.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition }) => ({
      topic,
      partition,
      delayMs: retryTopics.get(topic) ?? null,
      committed: committed.get(`${topic}/${partition}`) ?? null,
    })),
  )
}
