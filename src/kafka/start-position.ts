// Where a group begins that has never committed. Said by the operator, never guessed: "latest" by accident loses
// the calls of the outage, "earliest" by accident calls every client again for a week.
// Invariant: the position is committed before anything is consumed, so a restart does not choose again.
import type { Admin, Kafka } from 'kafkajs'

export interface StartPositionOptions {
  readonly kafka: Kafka
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
  const { kafka, groupId, topic, from } = options
  const admin = kafka.admin()
  await admin.connect()
  try {
    if (await hasOffsets(admin, groupId, topic)) return { kind: 'already_committed' }
    if (from === '') {
      throw new StartPositionMissing(
        `the group ${groupId} has no offsets for ${topic}: set start.from (START_FROM) to earliest, latest or a time such as 2026-03-14T09:00:00Z`,
      )
    }
    const partitions = await offsetsAt(admin, topic, from)
    try {
      await admin.setOffsets({ groupId, topic, partitions })
    } catch (error) {
      // Another worker of the group may have been first, and is running by now.
      if (await hasOffsets(admin, groupId, topic)) return { kind: 'already_committed' }
      throw error
    }
    return { kind: 'committed_now' }
  } finally {
    await admin.disconnect()
  }
}

/** One committed partition is enough: the group has begun, and partitions added since are read from their start. */
async function hasOffsets(admin: Admin, groupId: string, topic: string): Promise<boolean> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return committed?.partitions.some(({ offset }) => Number(offset) >= 0) ?? false
}

async function offsetsAt(
  admin: Admin,
  topic: string,
  from: string,
): Promise<{ partition: number; offset: string }[]> {
  const offsets = await admin.fetchTopicOffsets(topic)
  if (from === 'earliest') return offsets.map(({ partition, low }) => ({ partition, offset: low }))
  if (from === 'latest') return offsets.map(({ partition, high }) => ({ partition, offset: high }))
  const timed = await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from))
  return timed.map(({ partition, offset }) => ({ partition, offset }))
}
