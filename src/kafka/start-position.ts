// Where a group begins that has never committed. Said by the operator, never guessed: "latest" by accident loses
// the calls of the outage, "earliest" by accident calls every client again for a week.
// Invariant: the position is committed before anything is consumed, so a restart does not choose again.
import type { Admin, KafkaConfig } from 'kafkajs'
import { askAgain } from './ask-again.ts'
import { createKafkaClient } from './kafka-client.ts'
import { openTopicCluster } from './topic-cluster.ts'

export interface StartPositionOptions {
  /** As given to `new Kafka`. */
  readonly client: KafkaConfig
  readonly groupId: string
  readonly topic: string
  /** `earliest`, `latest`, an ISO 8601 time, or empty: not said. */
  readonly from: string
}

export type StartPosition = { readonly kind: 'already_committed' } | { readonly kind: 'committed_now' }

/** Refusal to start: the group has no offsets and nobody said where it begins. */
export class StartPositionMissing extends Error {
  readonly code = 'START_POSITION_MISSING'
}

/** @throws StartPositionMissing; the client's errors when the brokers cannot be asked. */
export async function commitStartPosition(options: StartPositionOptions): Promise<StartPosition> {
  const { client, groupId, topic, from } = options
  const admin = createKafkaClient(client).admin()
  await admin.connect()
  try {
    if (await hasOffsets(admin, groupId, topic)) return { kind: 'already_committed' }
    if (from === '') {
      throw new StartPositionMissing(
        `the group ${groupId} has no offsets for ${topic}: set start.from (START_FROM) to earliest, latest or a time such as 2026-03-14T09:00:00Z`,
      )
    }
    try {
      await commitWithoutMembership(options, await offsetsAt(admin, topic, from))
    } catch (error) {
      // Another worker of the group was first, and is running by now.
      if (await hasOffsets(admin, groupId, topic)) return { kind: 'already_committed' }
      throw error
    }
    return { kind: 'committed_now' }
  } finally {
    await admin.disconnect()
  }
}

/**
 * Committed as nobody: the broker takes that only while the group has no members, so it can never set back (or
 * ahead) a group that another worker has begun meanwhile.
 */
async function commitWithoutMembership(
  { client, groupId, topic }: StartPositionOptions,
  partitions: readonly { partition: number; offset: string }[],
): Promise<void> {
  const { cluster, close } = await openTopicCluster(client, topic, () => {})
  try {
    await askAgain(async () => {
      const coordinator = await cluster.findGroupCoordinator({ groupId })
      await coordinator.offsetCommit({
        groupId,
        groupGenerationId: -1,
        memberId: '',
        topics: [{ topic, partitions: partitions.map((each) => ({ ...each, metadata: null })) }],
      })
    })
  } finally {
    await close()
  }
}

/** One committed partition is enough: the group has begun, and partitions added since are read from their start. */
async function hasOffsets(admin: Admin, groupId: string, topic: string): Promise<boolean> {
  const [committed] = await askAgain(() => admin.fetchOffsets({ groupId, topics: [topic] }))
  return committed?.partitions.some(({ offset }) => Number(offset) >= 0) ?? false
}

async function offsetsAt(
  admin: Admin,
  topic: string,
  from: string,
): Promise<{ partition: number; offset: string }[]> {
  const offsets = await askAgain(() => admin.fetchTopicOffsets(topic))
  if (from === 'earliest') return offsets.map(({ partition, low }) => ({ partition, offset: low }))
  if (from === 'latest') return offsets.map(({ partition, high }) => ({ partition, offset: high }))
  const timed = await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from))
  return timed.map(({ partition, offset }) => ({ partition, offset }))
}
