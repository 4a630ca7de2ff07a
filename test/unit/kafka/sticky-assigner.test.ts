// What the leader of a group deals out when a worker joins: by our assigner and by the client's own.
import { describe, expect, it } from '@jest/globals'
import { AssignerProtocol, PartitionAssigners } from 'kafkajs'
import type { Cluster, PartitionAssigner } from 'kafkajs'
import { stickyAssigner } from '../../../src/kafka/sticky-assigner.ts'
import type { Holding } from '../../../src/kafka/sticky-assigner.ts'

const events = 'events'
const retries = 'retries.5s'
const partitionCount = 20

/** Partitions, as `topic/partition`, by the member that has them. */
type Dealt = ReadonlyMap<string, readonly string[]>

const nobody: Dealt = new Map()
const hooks = {
  beforeRejoin: async () => {},
  joined: async () => {},
  formerMemberId: () => null,
  outOfRange() {},
  beatBegins() {},
}
const clusterOf = (topics: readonly string[]): Cluster =>
  ({
    findTopicPartitionMetadata: (topic: string) =>
      topics.includes(topic)
        ? Array.from({ length: partitionCount }, (_, partitionId) => ({ partitionId }))
        : [],
  }) as unknown as Cluster

/** Each member asks with an assigner of its own, the first one deals. */
const deal = async (
  assignerOf: (holding: Holding) => PartitionAssigner,
  memberIds: readonly string[],
  before: Dealt,
  topics: string[] = [events],
): Promise<Dealt> => {
  const asking = memberIds.map((memberId) => {
    const numbers = (before.get(memberId) ?? []).map((name) => Number(name.split('/')[1]))
    const holding = { generation: before.has(memberId) ? 1 : -1, partitions: [...new Set(numbers)] }
    const surroundings = { cluster: clusterOf(topics), groupId: 'group' } as Parameters<PartitionAssigner>[0]
    const assigner = assignerOf(holding)(surroundings)
    return { memberId, assigner, memberMetadata: assigner.protocol({ topics }).metadata }
  })
  const members = asking.map(({ memberId, memberMetadata }) => ({ memberId, memberMetadata }))
  const dealt = await asking[0]?.assigner.assign({ members, topics })
  return new Map(
    (dealt ?? []).map(({ memberId, memberAssignment }) => {
      const { assignment = {} } = AssignerProtocol.MemberAssignment.decode(memberAssignment) ?? {}
      const names = Object.entries(assignment).flatMap(([topic, own]) =>
        own.map((each) => `${topic}/${each}`),
      )
      return [memberId, names]
    }),
  )
}

const ours = (holding: Holding): PartitionAssigner => stickyAssigner(() => holding, hooks)
const plain = (): PartitionAssigner => PartitionAssigners.roundRobin

const moved = (before: Dealt, after: Dealt): number => {
  const owners = new Map([...before].flatMap(([id, own]) => own.map((name) => [name, id] as const)))
  return [...after].flatMap(([id, own]) => own.filter((name) => owners.get(name) !== id)).length
}

/** Member ids are random, so the newcomer's may stand anywhere among those that are there. */
const four = ['b', 'd', 'f', 'h']
const newcomers = ['a', 'c', 'e', 'g', 'i']

describe('a fifth worker', () => {
  it.each(newcomers)('moves most partitions with the plain client (%s)', async (newcomer) => {
    const before = await deal(plain, four, nobody)
    const after = await deal(plain, [...four, newcomer], before)
    expect(moved(before, after)).toBeGreaterThan(partitionCount / 2)
  })

  it.each(newcomers)('takes over its share and no more with ours (%s)', async (newcomer) => {
    const before = await deal(ours, four, nobody)
    const after = await deal(ours, [...four, newcomer], before)
    expect(moved(before, after)).toBe(partitionCount / 5)
  })
})

describe('a partition of the events and that of a retry topic with the same number', () => {
  const together = (dealt: Dealt): number =>
    [...dealt.values()].flatMap((own) =>
      own.filter((name) => name.startsWith(events) && own.includes(name.replace(events, retries))),
    ).length

  it('come to different workers with the plain client', async () => {
    expect(together(await deal(plain, four.slice(0, 3), nobody, [events, retries]))).toBe(0)
  })

  it('come to one worker with ours', async () => {
    expect(together(await deal(ours, four.slice(0, 3), nobody, [events, retries]))).toBe(partitionCount)
  })
})
