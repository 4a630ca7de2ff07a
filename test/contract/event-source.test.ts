// Sources of call events: a member of a real group on the broker, and the fake that the pipeline's tests run on.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { PartitionRef } from '../../src/ports.ts'
import { until } from '../harness/until.ts'
import {
  commitOf,
  eventPartitionsOf,
  fakeEventGroup,
  realEventGroup,
  RecordingHandler,
} from './event-group.ts'
import type { EventGroup } from './event-group.ts'

const eventsOf = ({ topic }: EventGroup, partition: number): PartitionRef => ({ topic, partition })

describe.each([
  ['kafkajs', realEventGroup],
  ['the fake', fakeEventGroup],
])('an event source by %s', (_name, groupOf) => {
  let group: EventGroup | undefined
  afterEach(() => group?.stop())

  async function joined(): Promise<{ group: EventGroup; handler: RecordingHandler }> {
    const opened = await groupOf()
    group = opened
    const handler = new RecordingHandler(opened.source)
    await opened.source.start(handler)
    await handler.untilAssigned(1)
    return { group: opened, handler }
  }

  it('assigns the partitions, and hands over what is there and what comes, in order', async () => {
    const opened = await groupOf()
    group = opened
    await opened.append(0, 'a', 'b')
    const handler = new RecordingHandler(opened.source)
    await opened.source.start(handler)
    await handler.untilSeen('a', 'b')
    await opened.append(0, 'c')
    await opened.append(1, 'd')
    await handler.untilSeen('a', 'b', 'c', 'd')
    expect(handler.textsOf(0)).toEqual(['a', 'b', 'c'])
    expect(handler.offsetsOf(0)).toEqual([0n, 1n, 2n])
    expect(handler.textsOf(1)).toEqual(['d'])
    expect(handler.endOffsets.get(`${opened.topic}/0`)).toBe(3n)
    expect(handler.assignments.map((each) => new Set(eventPartitionsOf(each)))).toEqual([new Set([0, 1])])
    expect(handler.assignments[0]?.share).toBe(1)
    expect(opened.source.lastHeartbeatMs()).not.toBeNull()
  })

  it('commits under the epoch of the assignment', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    expect(await group.committed(0)).toBeNull()
    const result = await group.source.commit(handler.epoch, [commitOf(group, 0, 1n)])
    expect(result).toEqual({ kind: 'committed' })
    expect(await group.committed(0)).toBe(1n)
  })

  it('hands over nothing of a paused partition until it is resumed, and the others meanwhile', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a')
    await handler.untilSeen('a')
    group.source.pause(eventsOf(group, 0))
    await group.append(0, 'b')
    await group.append(1, 'c')
    await handler.untilSeen('a', 'c')
    await group.append(1, 'd')
    await handler.untilSeen('a', 'c', 'd')
    expect(handler.textsOf(0)).toEqual(['a'])
    group.source.resume(eventsOf(group, 0))
    await handler.untilSeen('a', 'b', 'c', 'd')
    expect(handler.textsOf(0)).toEqual(['a', 'b'])
  })

  it('tells where a paused partition ends, though nothing of it is handed over', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a')
    await group.park(1, 'p')
    await handler.untilSeen('a', 'p')
    const retries = { topic: group.retryTopic, partition: 1 }
    for (const paused of [eventsOf(group, 0), retries]) group.source.pause(paused)
    await group.append(0, 'b', 'c')
    await group.park(1, 'q')
    const ends = (): unknown[] =>
      [`${group.topic}/0`, `${group.retryTopic}/1`].map((place) => handler.endOffsets.get(place))
    await until(
      () => ends().join() === '3,2',
      'the ends of what is paused',
      10_000,
      () => ends().join(),
    )
    expect(handler.textsOf(0)).toEqual(['a'])
    group.source.resume(eventsOf(group, 0))
    await handler.untilSeen('a', 'b', 'c', 'p')
  })

  it('owns the same partitions of a retry topic, and tells how long its records wait', async () => {
    const { group, handler } = await joined()
    await group.park(1, 'p')
    await group.append(1, 'a')
    await handler.untilSeen('p', 'a')
    const ownedOf = (topic: string): unknown[] =>
      (handler.assignments[0]?.owned ?? [])
        .filter((each) => each.topic === topic)
        .sort((a, b) => a.partition - b.partition)
    const owned = (topic: string, delayMs: number | null): unknown[] =>
      [0, 1].map((partition) => ({ topic, partition, delayMs, committed: null }))
    expect(ownedOf(group.topic)).toEqual(owned(group.topic, null))
    expect(ownedOf(group.retryTopic)).toEqual(owned(group.retryTopic, 5_000))
  })

  it('tells after a rejoin what was committed, with its metadata, for each topic', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await group.park(0, 'p')
    await handler.untilSeen('a', 'b', 'p')
    const both = [
      { topic: group.topic, partition: 0, offset: 2n, metadata: 'u1:AQ' },
      { topic: group.retryTopic, partition: 0, offset: 1n, metadata: '' },
    ]
    expect(await group.source.commit(handler.epoch, both)).toEqual({ kind: 'committed' })
    await group.rejoin()
    const owned = handler.assignments.at(-1)?.owned ?? []
    const committed = owned.flatMap(({ committed: found, topic, partition }) =>
      found === null ? [] : [{ topic, partition, ...found }],
    )
    expect(committed).toHaveLength(2)
    expect(committed).toEqual(expect.arrayContaining(both))
  })

  it('hands over again what the handler left lying, once the partition is resumed', async () => {
    const { group, handler } = await joined()
    handler.takeAtMost = 1
    await group.append(0, 'a', 'b', 'c')
    await handler.untilSeen('a')
    await group.append(1, 'x')
    await handler.untilSeen('a', 'x')
    group.source.resume(eventsOf(group, 0))
    await handler.untilSeen('a', 'b', 'x')
    handler.takeAtMost = Number.POSITIVE_INFINITY
    group.source.resume(eventsOf(group, 0))
    await handler.untilSeen('a', 'b', 'c', 'x')
    expect(handler.offsetsOf(0)).toEqual([0n, 1n, 2n])
  })

  it('hands over again what the handler failed to take', async () => {
    const { group, handler } = await joined()
    handler.failTimes = 2
    await group.append(0, 'a')
    await handler.untilSeen('a')
    expect(handler.failTimes).toBe(0)
    expect(handler.textsOf(0)).toEqual(['a'])
    expect(handler.failures).toEqual([])
  })

  it('waits for the handler to settle before it joins again, and takes its commit until then', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    const settled = handler.holdRevoking()
    const rejoining = group.rejoin()
    await handler.untilRevoking(1)
    const { epoch } = handler
    expect(await group.source.commit(epoch, [commitOf(group, 0, 1n)])).toEqual({
      kind: 'committed',
    })
    expect(handler.epoch).toBe(epoch)
    settled()
    await rejoining
    expect(handler.epoch).toBeGreaterThan(epoch)
    expect(await group.committed(0)).toBe(1n)
  })

  it('refuses a commit of an epoch that has passed, and does not let it land', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    const before = handler.epoch
    await group.rejoin()
    const result = await group.source.commit(before, [commitOf(group, 0, 2n)])
    expect(result.kind).toBe('refused')
    expect(await group.committed(0)).toBeNull()
  })

  it('reads on from the committed offset after a rejoin, paused before or not, and skips nothing', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b', 'c')
    await group.append(1, 'x', 'y')
    await handler.untilSeen('a', 'b', 'c', 'x', 'y')
    await group.source.commit(handler.epoch, [commitOf(group, 0, 1n)])
    group.source.pause(eventsOf(group, 0))
    group.source.pause(eventsOf(group, 1))
    await group.append(0, 'd')
    await group.rejoin()
    await handler.untilSeenInEpoch(handler.epoch, 'b', 'c', 'd', 'x', 'y')
    expect(handler.offsetsOf(0, handler.epoch)).toEqual([1n, 2n, 3n])
    expect(handler.offsetsOf(1, handler.epoch)).toEqual([0n, 1n])
  })

  it('hands over nothing and commits nothing once it was stopped', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a')
    await handler.untilSeen('a')
    const { epoch } = handler
    await group.source.stop()
    expect((await group.source.commit(epoch, [commitOf(group, 0, 1n)])).kind).toBe('refused')
    await group.append(0, 'b')
    expect(await group.committed(0)).toBeNull()
    expect(handler.textsOf(0)).toEqual(['a'])
  })
})
