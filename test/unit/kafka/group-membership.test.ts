// The hooks around joining a group, on the client's own classes with their inner parts replaced: what matters is
// the order of steps, and that nothing fetched under one membership is handled under the next.
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { patchGroupMembership } from '../../../src/kafka/patches/group-membership.ts'

const require = createRequire(import.meta.url)
const ConsumerGroup = require('kafkajs/src/consumer/consumerGroup')
const Runner = require('kafkajs/src/consumer/runner')

const steps: string[] = []
let settle = Promise.withResolvers<void>()
/** The generation that the next join leads to; its positions come when the test says so, as does a fetch's answer. */
let nextGeneration = 1
let synced = Promise.resolve()
let answered = Promise.withResolvers<object[]>()

const hooked = {
  async beforeRejoin(): Promise<void> {
    steps.push('settling')
    await settle.promise
    steps.push('settled')
  },
  async joined(): Promise<void> {
    await Promise.resolve()
    steps.push('told')
  },
  formerMemberId: () => 'the member that it was',
  outOfRange: () => void steps.push('out of range'),
  beatBegins: () => void steps.push('beat begins'),
}

interface Group {
  assigners: object[]
  generationId: number | null
  memberId: string | null
  offsetManager: object | null
  joinAndSync(): Promise<void>
  fetch(nodeId: string): Promise<object[]>
  heartbeat(options: object): Promise<void>
}

const groupOf = (generationId: number | null, assigners: object[] = [hooked, { name: 'plain' }]): Group =>
  Object.assign(Object.create(ConsumerGroup.prototype), {
    assigners,
    generationId,
    memberId: generationId === null ? null : `a member of generation ${generationId}`,
    offsetManager: {},
  })

const handled: object[] = []
const runnerOf = (consumerGroup: Group): { handleBatch(batch: object): Promise<void> } =>
  Object.assign(Object.create(Runner.prototype), { consumerGroup })

beforeAll(() => {
  ConsumerGroup.prototype.joinAndSync = async function joinAndSync(this: Group) {
    steps.push('joining')
    this.generationId = nextGeneration
    await synced
    this.offsetManager = {}
  }
  ConsumerGroup.prototype.fetch = () => answered.promise
  ConsumerGroup.prototype.heartbeat = async () => void steps.push('beating')
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async () => void steps.push('recovering')
  Runner.prototype.handleBatch = async (batch: object) => void handled.push(batch)
  patchGroupMembership()
})

describe('a position that is gone', () => {
  const recover = async (preferred: Readonly<Record<string, Readonly<Record<number, unknown>>>>) => {
    steps.length = 0
    const group = Object.assign(groupOf(1), { preferredReadReplicasPerTopicPartition: preferred })
    const { recoverFromOffsetOutOfRange } = ConsumerGroup.prototype
    await recoverFromOffsetOutOfRange.call(group, { topic: 'events', partition: 3 })
    return [...steps]
  }

  it('is told of before records are passed over', async () => {
    expect(await recover({})).toEqual(['out of range', 'recovering'])
    expect(await recover({ events: { 2: 1 } })).toEqual(['out of range', 'recovering'])
  })

  it('is not where a follower said so: its leader is asked next, and nothing is passed over', async () => {
    expect(await recover({ events: { 3: 1 } })).toEqual(['recovering'])
  })
})

describe('joining a group', () => {
  it('for the first time has nothing to settle', async () => {
    steps.length = 0
    await groupOf(null).joinAndSync()
    expect(steps).toEqual(['joining', 'told'])
  })

  it('for the first time is done as the member that an earlier client of the process was', async () => {
    const first = groupOf(null)
    await first.joinAndSync()
    expect(first.memberId).toBe('the member that it was')
    const again = groupOf(1)
    settle.resolve()
    await again.joinAndSync()
    expect(again.memberId).toBe('a member of generation 1')
  })

  it('anew waits until what the old membership began is settled', async () => {
    steps.length = 0
    settle = Promise.withResolvers<void>()
    const rejoined = groupOf(1).joinAndSync()
    // Turns enough for a join that did not wait.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(steps).toEqual(['settling'])
    settle.resolve()
    await rejoined
    expect(steps).toEqual(['settling', 'settled', 'joining', 'told'])
  })

  it('for two reasons at once, as when leaders moved from two brokers, is done once', async () => {
    steps.length = 0
    settle.resolve()
    const group = groupOf(1)
    await Promise.all([group.joinAndSync(), group.joinAndSync()])
    expect(steps).toEqual(['settling', 'settled', 'joining', 'told'])
    await group.joinAndSync()
    expect(steps).toHaveLength(8)
  })

  it('is left alone where the assigner has no hooks', async () => {
    steps.length = 0
    await groupOf(1, [{ name: 'plain' }]).joinAndSync()
    expect(steps).toEqual(['joining'])
  })
})

describe('a batch', () => {
  it('is handled under the membership that it was asked for in', async () => {
    const group = groupOf(5)
    answered = Promise.withResolvers<object[]>()
    const fetching = group.fetch('0')
    const batch = {}
    answered.resolve([batch])
    await fetching
    await runnerOf(group).handleBatch(batch)
    expect(handled).toContain(batch)
  })

  it('that was asked for before a rejoin is not, even when it is answered after it', async () => {
    const group = groupOf(5)
    answered = Promise.withResolvers<object[]>()
    const fetching = group.fetch('0')
    nextGeneration = 6
    settle.resolve()
    await group.joinAndSync()
    const batch = {}
    answered.resolve([batch])
    await fetching
    await runnerOf(group).handleBatch(batch)
    expect(handled).not.toContain(batch)
  })

  it('says when a heartbeat goes out, once for all that share its answer', async () => {
    steps.length = 0
    const group = groupOf(1)
    await Promise.all([group.heartbeat({}), group.heartbeat({})])
    await group.heartbeat({})
    expect(steps).toEqual(['beat begins', 'beating', 'beating', 'beat begins', 'beating'])
  })

  it('is not asked for while a join is under way, nor does the group hear a heartbeat', async () => {
    steps.length = 0
    const group = groupOf(5)
    const half = Promise.withResolvers<void>()
    synced = half.promise
    nextGeneration = 6
    settle.resolve()
    const rejoined = group.joinAndSync()
    const others = Promise.all([group.fetch('0'), group.heartbeat({})])
    while (group.generationId !== 6) await Promise.resolve()
    half.resolve()
    await rejoined
    expect(await others).toEqual([[], undefined])
    expect(steps).not.toContain('beating')
    await group.heartbeat({})
    expect(steps).toContain('beating')
  })

  it('that was asked for when the generation was new and the positions old is not handled', async () => {
    const group = groupOf(5)
    answered = Promise.withResolvers<object[]>()
    group.generationId = 6
    const fetching = group.fetch('0')
    group.offsetManager = {}
    const batch = {}
    answered.resolve([batch])
    await fetching
    await runnerOf(group).handleBatch(batch)
    expect(handled).not.toContain(batch)
  })
})
