// Members of a consumer group, for showing what the plain client does beside what ours does. A plain one runs with the
// client's defaults and writes down what it was told and what it read. It applies no patch: a test file lets the plain
// client go first, because patches stay for the life of the process.
import { Kafka } from 'kafkajs'
import type { Admin, Consumer, ConsumerConfig } from 'kafkajs'
import { createEventSource } from '../../src/kafka/event-source.ts'
import { openTopicCluster } from '../../src/kafka/topic-cluster.ts'
import type { EventSource, Observer } from '../../src/ports.ts'
import { clientOptions } from '../integration/compacted-topic.ts'
import { until } from './until.ts'

export interface Whereabouts {
  readonly groupId: string
  readonly topic: string
}

export interface Taken {
  readonly partition: number
  readonly offset: string
  readonly text: string
}

export interface PlainMember {
  readonly consumer: Consumer
  /** `joined`, `rebalancing`, `crashed: restarts`, `crashed: stays away`, in the order in which they came. */
  readonly told: string[]
  readonly read: Taken[]
  /** As of the last join. */
  partitions(): readonly number[]
  untilJoined(times: number): Promise<void>
}

export interface PlainOptions extends Whereabouts {
  readonly config?: Partial<ConsumerConfig>
  readonly fromBeginning?: boolean
  /** What the application does with a record. */
  take?(taken: Taken, consumer: Consumer): void
}

const beating = { sessionTimeout: 10_000, heartbeatInterval: 100, rebalanceTimeout: 20_000 }

/** Commits nothing by itself. */
export async function startPlainMember(options: PlainOptions): Promise<PlainMember> {
  const { topic, groupId, config = {}, fromBeginning = true, take } = options
  const consumer = new Kafka(clientOptions()).consumer({
    ...beating,
    groupId,
    maxWaitTimeInMs: 100,
    ...config,
  })
  const told: string[] = []
  const read: Taken[] = []
  let partitions: readonly number[] = []
  consumer.on(consumer.events.REBALANCING, () => void told.push('rebalancing'))
  consumer.on(consumer.events.CRASH, ({ payload: { restart } }) => {
    told.push(`crashed: ${restart ? 'restarts' : 'stays away'}`)
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    partitions = memberAssignment[topic] ?? []
    told.push('joined')
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning })
  await consumer.run({
    autoCommit: false,
    async eachMessage({ partition, message: { offset, value } }) {
      const taken = { partition, offset, text: String(value) }
      read.push(taken)
      take?.(taken, consumer)
      await Promise.resolve()
    },
  })
  return {
    consumer,
    told,
    read,
    partitions: () => partitions,
    untilJoined: (times) =>
      until(
        () => told.filter((each) => each === 'joined').length >= times,
        'a join',
        15_000,
        () => told.join(),
      ),
  }
}

/** A member as the worker runs it, not started. */
export function eventMember(kafka: Kafka, where: Whereabouts, observer: Observer): EventSource {
  return createEventSource({
    kafka,
    ...where,
    retryTopics: () => Promise.resolve(new Map()),
    sessionTimeoutMs: beating.sessionTimeout,
    heartbeatIntervalMs: beating.heartbeatInterval,
    rebalanceTimeoutMs: beating.rebalanceTimeout,
    maxWaitMs: 100,
    maxBytesPerPartition: 262_144,
    maxBytes: 4_194_304,
    giveUpMs: 600_000,
    observer,
    monotonicMs: () => performance.now(),
  })
}

export async function withAdmin<Answer>(ask: (admin: Admin) => Promise<Answer>): Promise<Answer> {
  const admin = new Kafka(clientOptions()).admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Null: never committed. */
export async function committedOf(
  { groupId, topic }: Whereabouts,
  partition: number,
): Promise<string | null> {
  const [fetched] = await withAdmin((admin) => admin.fetchOffsets({ groupId, topics: [topic] }))
  const offset = fetched?.partitions.find((each) => each.partition === partition)?.offset ?? '-1'
  return Number(offset) < 0 ? null : offset
}

async function membersOf(admin: Admin, groupId: string): Promise<readonly string[]> {
  const { groups } = await admin.describeGroups([groupId])
  return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId))
}

/** Until the group has no members, because they left or because it has given up on them. */
export async function untilEmpty({ groupId }: Whereabouts): Promise<void> {
  await withAdmin((admin) =>
    until(async () => (await membersOf(admin, groupId)).length === 0, 'the group to be empty', 20_000),
  )
}

interface Coordinator {
  leaveGroup(request: { groupId: string; memberId: string }): Promise<void>
  offsetCommit(request: object): Promise<void>
}

/** Lets `act` speak to the broker that keeps the group. */
async function withCoordinator(
  { groupId, topic }: Whereabouts,
  act: (coordinator: Coordinator) => Promise<void>,
): Promise<void> {
  const { cluster, close } = await openTopicCluster(clientOptions(), topic, () => {})
  try {
    await act((await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator)
  } finally {
    await close()
  }
}

/** The group forgets its members, which are not told: as if they had been silent for too long. */
export async function expelAll(where: Whereabouts): Promise<void> {
  const memberIds = await withAdmin((admin) => membersOf(admin, where.groupId))
  await withCoordinator(where, async (coordinator) => {
    for (const memberId of memberIds) await coordinator.leaveGroup({ groupId: where.groupId, memberId })
  })
}

/** For a group without members. */
export async function commitAsNobody(where: Whereabouts, partition: number, offset: string): Promise<void> {
  const { groupId, topic } = where
  await withCoordinator(where, (coordinator) =>
    coordinator.offsetCommit({
      groupId,
      groupGenerationId: -1,
      memberId: '',
      topics: [{ topic, partitions: [{ partition, offset, metadata: null }] }],
    }),
  )
}
