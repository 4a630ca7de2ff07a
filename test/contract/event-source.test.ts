// Sources of call events: a member of a real group on the broker, and the fake that the pipeline's tests run on.
import { afterEach, describe, expect, it } from '@jest/globals'
import { fakeEventGroup, realEventGroup, RecordingHandler } from './event-group.ts'
import type { EventGroup } from './event-group.ts'

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
    expect(handler.endOffsets.get(0)).toBe(3n)
    expect(handler.assignments.map(({ partitions }) => new Set(partitions))).toEqual([new Set([0, 1])])
    expect(opened.source.lastHeartbeatMs()).not.toBeNull()
  })

  it('commits under the epoch of the assignment', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    expect(await group.committed(0)).toBeNull()
    const result = await group.source.commit(handler.epoch, [{ partition: 0, offset: 1n, metadata: '' }])
    expect(result).toEqual({ kind: 'committed' })
    expect(await group.committed(0)).toBe(1n)
  })

  it('hands over nothing of a paused partition until it is resumed, and the others meanwhile', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a')
    await handler.untilSeen('a')
    group.source.pause(0)
    await group.append(0, 'b')
    await group.append(1, 'c')
    await handler.untilSeen('a', 'c')
    await group.append(1, 'd')
    await handler.untilSeen('a', 'c', 'd')
    expect(handler.textsOf(0)).toEqual(['a'])
    group.source.resume(0)
    await handler.untilSeen('a', 'b', 'c', 'd')
    expect(handler.textsOf(0)).toEqual(['a', 'b'])
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
    expect(await group.source.commit(epoch, [{ partition: 0, offset: 1n, metadata: '' }])).toEqual({
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
    const result = await group.source.commit(before, [{ partition: 0, offset: 2n, metadata: '' }])
    expect(result.kind).toBe('refused')
    expect(await group.committed(0)).toBeNull()
  })

  it('reads on from the committed offset after a rejoin, paused before or not, and skips nothing', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b', 'c')
    await group.append(1, 'x', 'y')
    await handler.untilSeen('a', 'b', 'c', 'x', 'y')
    await group.source.commit(handler.epoch, [{ partition: 0, offset: 1n, metadata: '' }])
    group.source.pause(0)
    group.source.pause(1)
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
    expect((await group.source.commit(epoch, [{ partition: 0, offset: 1n, metadata: '' }])).kind).toBe(
      'refused',
    )
    await group.append(0, 'b')
    expect(await group.committed(0)).toBeNull()
    expect(handler.textsOf(0)).toEqual(['a'])
  })
})
