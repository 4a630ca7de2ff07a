// What only several brokers show: leaders that move while their clients know nothing of it, and a broker that is gone.
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { logLevel } from 'kafkajs'
import type { KafkaConfig } from 'kafkajs'
import { withAdmin } from '../../src/kafka/admin-session.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { commitOf, RecordingHandler, realEventGroup } from '../contract/event-group.ts'
import type { RealEventGroup } from '../contract/event-group.ts'
import type { CommitResult } from '../../src/ports.ts'
import { startBrokerCluster } from '../harness/broker-cluster.ts'
import type { BrokerCluster } from '../harness/broker-cluster.ts'
import { madeTopics } from '../harness/made-topics.ts'
import { until } from '../harness/until.ts'

/** One that is gone is named no longer than that, by default 9 s; the plain consumer breaks within 4 s. */
const quickSession = { 'broker.session.timeout.ms': '4500', 'broker.heartbeat.interval.ms': '500' }

let cluster: BrokerCluster
beforeAll(async () => {
  cluster = await startBrokerCluster(quickSession)
})
afterAll(() => cluster.stop())

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const client = (): KafkaConfig => ({
  brokers: cluster.nodes.map(({ address }) => address),
  logLevel: logLevel.NOTHING,
})

/** Partition 0 is led by node 1, partition 1 by node 2, partition 2 by node 3. */
async function createTopic(): Promise<string> {
  const topic = `several-${randomUUID()}`
  const replicaAssignment = [
    { partition: 0, replicas: [1, 2, 3] },
    { partition: 1, replicas: [2, 3, 1] },
    { partition: 2, replicas: [3, 1, 2] },
  ]
  await withAdmin(client(), (admin) => madeTopics(admin, [{ topic, replicaAssignment }]))
  return topic
}

async function startWriter(topic: string): Promise<RecordWriter> {
  const kafka = createKafkaClient(client())
  const writer = new RecordWriter({ kafka, topic, lingerMs: 0, maxBatch: 500, observer: { observe() {} } })
  await writer.start()
  closing.push(() => writer.stop())
  return writer
}

const record = (partition: number, value: string) => ({ key: null, value: Buffer.from(value), partition })

async function endsOf(topic: string): Promise<readonly number[]> {
  const offsets = await withAdmin(client(), (admin) => admin.fetchTopicOffsets(topic))
  return offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high))
}

interface Joined {
  readonly group: RealEventGroup
  readonly handler: RecordingHandler
  /** Since it joined: a group's first member may find its coordinator loading. */
  troubles(): readonly string[]
}

/** `prepare`: before it joins. */
async function joined(prepare?: (group: RealEventGroup) => Promise<void>): Promise<Joined> {
  const group = await realEventGroup(cluster.environment['KAFKA_BROKERS'])
  closing.push(() => group.stop())
  await prepare?.(group)
  const handler = new RecordingHandler(group.source)
  await group.source.start(handler)
  await handler.untilAssigned(1)
  const told = (): string[] => group.observer.of('trouble').map(({ error }) => error)
  const before = told().length
  return { group, handler, troubles: () => told().slice(before) }
}

describe('a leader that has moved', () => {
  it('costs no record of those that are written to several brokers at once', async () => {
    const topic = await createTopic()
    const writer = await startWriter(topic)
    const toEach = (value: string): Promise<unknown> =>
      Promise.all([0, 1, 2].map((partition) => writer.write(record(partition, value))))
    await toEach('before')
    // The writer still thinks that node 2 leads partition 1.
    await cluster.leaders.move(topic, 1, 1)
    await toEach('moved')
    expect(await endsOf(topic)).toEqual([2, 2, 2])
  })

  it('makes a member join anew: what is under way settles first, and its commit of before is refused', async () => {
    const { group, handler, troubles } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    const settled = handler.holdRevoking()
    const leader = await cluster.leaders.of(group.topic, 0)
    await cluster.leaders.move(group.topic, 0, (leader % 3) + 1)
    await handler.untilRevoking(1)
    const before = handler.epoch
    const one = commitOf(group, 0, 1n)
    expect(await group.source.commit(before, [one])).toEqual({ kind: 'committed' })
    settled()
    await until(() => handler.epoch > before, 'the member to have joined anew')
    expect((await group.source.commit(before, [one])).kind).toBe('refused')
    await group.append(0, 'c')
    await handler.untilSeenInEpoch(handler.epoch, 'b', 'c')
    expect(troubles()).toEqual([])
  })

  it('on two brokers at once is one rejoin, after which everything is read from the committed offsets', async () => {
    const { group, handler, troubles } = await joined()
    await group.append(0, 'a', 'b')
    await group.append(1, 'x', 'y')
    await handler.untilSeen('a', 'b', 'x', 'y')
    await group.source.commit(handler.epoch, [commitOf(group, 0, 1n), commitOf(group, 1, 1n)])
    const settled = handler.holdRevoking()
    const joins = handler.assignments.length
    const leaders = await cluster.leaders.ofAll(group.topic)
    const third = 6 - [...leaders.values()].reduce((sum, id) => sum + id, 0)
    for (const partition of leaders.keys()) await cluster.leaders.move(group.topic, partition, third)
    await handler.untilRevoking(1)
    settled()
    await group.append(0, 'c')
    await group.append(1, 'z')
    await until(() => handler.assignments.length > joins, 'the member to have joined anew')
    await handler.untilSeenInEpoch(handler.epoch, 'b', 'c', 'y', 'z')
    expect(troubles()).toEqual([])
    expect(handler.assignments.slice(joins)).toHaveLength(1)
  })
})

describe('a broker that is gone, while the others still name it', () => {
  let gone: number
  let topic: string
  let waiting: Promise<bigint>
  let group: RealEventGroup
  let handler: RecordingHandler
  let troubles: Joined['troubles']
  const closingLast: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    const { leaders } = cluster
    topic = await createTopic()
    const writer = await startWriter(topic)
    // The group talks to it, and it leads one partition of the member's two. Moved under a member, a leader makes it join
    // anew: killed in the middle of that, the coordinator would cost it a membership that it was about to give up.
    const placeLeaders = async ({ groupId, topic: events }: RealEventGroup): Promise<void> => {
      // Whoever asks first for a group has the topic of all groups made.
      await withAdmin(client(), (admin) => admin.fetchOffsets({ groupId, topics: [events] }))
      gone = await leaders.ofGroup(groupId)
      for (const [partition, to] of [gone, (gone % 3) + 1].entries()) {
        if ((await leaders.of(events, partition)) !== to) await leaders.move(events, partition, to)
      }
    }
    ;({ group, handler, troubles } = await joined(placeLeaders))
    closingLast.push(...closing.splice(0))
    await group.append(0, 'a')
    await group.append(1, 'b')
    await until(() => handler.textsOf(0).length > 0 && handler.textsOf(1).length > 0, 'both to be read')
    await writer.write(record(gone - 1, 'before'))
    await cluster.node(gone).kill()
    waiting = writer.append(record(gone - 1, 'without'), null)
  })
  afterAll(async () => {
    for (const close of closingLast.toReversed()) await close()
  })

  it('keeps nobody from an answer by those that are left', async () => {
    const brokers = cluster.nodes.filter(({ id }) => id !== gone).map(({ address }) => address)
    const asked = { ...client(), brokers, retry: { retries: 0 } }
    // They name all three, and the client asks any of those: one in three would be the one that is gone.
    for (let times = 0; times < 20; times += 1) {
      expect(await withAdmin(asked, (admin) => admin.listTopics())).toContain(topic)
    }
  })

  it('does not break a member: it reads on, and commits', async () => {
    const { leaders } = cluster
    await Promise.all([group.append(0, 'c'), group.append(1, 'd')])
    // How long the brokers take to do without one is theirs; how long a member takes then is what is judged.
    await leaders.untilMoved(group.topic, 0, gone)
    await until(() => handler.textsOf(0).includes('c'), 'what it led to be read')
    await until(() => handler.textsOf(1).includes('d'), 'what another leads to be read')
    await leaders.untilGroupMoved(group.groupId, gone)
    let answer: CommitResult | null = null
    // A heartbeat that reaches the next coordinator before it knows of its office is answered with a rejoin.
    const commits = async (): Promise<boolean> => {
      answer = await group.source.commit(handler.epoch, [commitOf(group, 1, 2n)])
      return answer.kind === 'committed'
    }
    await until(commits, 'the group to take a commit', 15_000, () => JSON.stringify([answer, troubles()]))
    expect(troubles()).toEqual([])
  })

  it('makes a write wait for the next that leads', async () => {
    expect(await waiting).toBe(1n)
  })

  it('is in sync again when it has come back', async () => {
    await cluster.node(gone).restart()
    await cluster.leaders.untilInSync()
    expect((await endsOf(topic))[gone - 1]).toBe(2)
  })
})
