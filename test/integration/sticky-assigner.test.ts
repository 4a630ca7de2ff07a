// Real members of a real group: a fifth takes its share and moves nothing else, and so does its leaving.
import { expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { createEventSource } from '../../src/kafka/event-source.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import type { EventSource } from '../../src/ports.ts'
import { eventPartitionsOf } from '../contract/event-group.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic } from './compacted-topic.ts'

const partitionCount = 20

interface Member {
  readonly source: EventSource
  partitions: readonly number[]
}

it('moves a fifth of the partitions at most, plus one, when a fifth worker joins four', async () => {
  const topic = await createTopic('sticky', partitionCount, {})
  const kafka = createKafkaClient(clientOptions())
  const groupId = randomUUID()
  const members: Member[] = []
  const join = async (): Promise<void> => {
    const source = createEventSource({
      kafka,
      groupId,
      topic,
      retryTopics: () => Promise.resolve(new Map()),
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 100,
      rebalanceTimeoutMs: 20_000,
      maxWaitMs: 100,
      maxBytesPerPartition: 262_144,
      maxBytes: 4_194_304,
      giveUpMs: 600_000,
      observer: { observe() {} },
      monotonicMs: () => performance.now(),
    })
    const member: Member = { source, partitions: [] }
    members.push(member)
    await source.start({
      assigned: (assignment) => {
        member.partitions = eventPartitionsOf(assignment)
      },
      revoking: () => Promise.resolve(),
      records: (_from, records) => records.length,
      failed() {},
    })
  }
  const owners = (): Map<number, Member> =>
    new Map(members.flatMap((member) => member.partitions.map((partition) => [partition, member] as const)))
  /** All partitions owned once, in shares that differ by one at most. */
  const balanced = (): boolean => {
    const shares = members.map(({ partitions }) => partitions.length)
    const all = members.flatMap(({ partitions }) => partitions)
    const spread = Math.max(...shares) - Math.min(...shares)
    return all.length === partitionCount && new Set(all).size === partitionCount && spread <= 1
  }
  const moved = (before: Map<number, Member>): number =>
    [...owners()].filter(([partition, member]) => before.get(partition) !== member).length
  try {
    for (let count = 0; count < 4; count += 1) await join()
    await until(balanced, 'four shares', 15_000, () =>
      JSON.stringify(members.map(({ partitions }) => partitions)),
    )
    const four = owners()
    await join()
    await until(balanced, 'five shares', 15_000, () =>
      JSON.stringify(members.map(({ partitions }) => partitions)),
    )
    expect(moved(four)).toBeLessThanOrEqual(partitionCount / 5 + 1)

    const five = owners()
    const [leaver] = members.splice(1, 1)
    await leaver?.source.stop()
    await until(balanced, 'four shares again')
    expect(moved(five)).toBe(leaver?.partitions.length)
  } finally {
    await Promise.all(members.map(({ source }) => source.stop()))
  }
})
