// What only a real group shows: two members at once, a member that was expelled, and a consumer that breaks.
import { afterEach, describe, expect, it } from '@jest/globals'
import { commitOf, eventPartitionsOf, RecordingHandler, realEventGroup } from '../contract/event-group.ts'
import type { RealEventGroup } from '../contract/event-group.ts'
import { startFaultyBroker } from '../harness/faulty-broker.ts'
import { until } from '../harness/until.ts'

let group: RealEventGroup | undefined
afterEach(() => group?.stop())

async function joined(): Promise<{ group: RealEventGroup; handler: RecordingHandler }> {
  const opened = await realEventGroup()
  group = opened
  const handler = new RecordingHandler(opened.source)
  await opened.source.start(handler)
  await handler.untilAssigned(1)
  return { group: opened, handler }
}

/** The partitions that a member holds. */
const ownOf = ({ assignments }: RecordingHandler): readonly number[] => eventPartitionsOf(assignments.at(-1))

describe('two members', () => {
  it('share the partitions, each knows its own, and the one that stays gets all back from the committed offsets', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await group.append(1, 'x', 'y')
    await handler.untilSeen('a', 'b', 'x', 'y')
    await group.source.commit(handler.epoch, [commitOf(group, 0, 1n), commitOf(group, 1, 1n)])
    const second = group.member()
    const other = new RecordingHandler(second)
    try {
      await second.start(other)
      const held = (): Set<number> => new Set([handler, other].flatMap(ownOf))
      await until(
        () => other.assignments.length > 0 && held().size === 2 && ownOf(handler).length === 1,
        'one partition each',
      )
      expect([handler, other].map(({ assignments }) => assignments.at(-1)?.share)).toEqual([0.5, 0.5])
      const [own] = ownOf(other)
      const next = own === 0 ? 'b' : 'y'
      await other.untilSeen(next)
      await second.commit(other.epoch, [commitOf(group, own ?? -1, 2n)])
    } finally {
      await second.stop()
    }
    await until(() => ownOf(handler).length === 2, 'both partitions')
    const [moved] = ownOf(other)
    await group.append(0, 'c')
    await group.append(1, 'z')
    await handler.untilSeenInEpoch(handler.epoch, ...(moved === 0 ? ['c', 'y', 'z'] : ['b', 'c', 'z']))
    expect(handler.offsetsOf(moved ?? -1, handler.epoch)).toEqual([2n])
    expect(handler.offsetsOf(moved === 0 ? 1 : 0, handler.epoch)).toEqual([1n, 2n])
  })

  it('cannot commit each other back: the one that lost its membership is refused', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    const settled = handler.holdRevoking()
    const second = group.member()
    const other = new RecordingHandler(second)
    const started = second.start(other)
    await handler.untilRevoking(1)
    // Still of the old generation, which the group takes while it waits for everybody.
    expect(await group.source.commit(handler.epoch, [commitOf(group, 0, 1n)])).toEqual({
      kind: 'committed',
    })
    const stale = handler.epoch
    settled()
    await started
    await until(() => handler.epoch > stale, 'the rejoin')
    expect((await group.source.commit(stale, [commitOf(group, 0, 2n)])).kind).toBe('refused')
    await second.stop()
    expect(await group.committed(0)).toBe(1n)
  })
})

describe('a consumer that breaks', () => {
  it('is rebuilt: it joins under a new epoch and reads on from the committed offset', async () => {
    const { group, handler } = await joined()
    await group.append(0, 'a', 'b')
    await handler.untilSeen('a', 'b')
    await group.source.commit(handler.epoch, [commitOf(group, 0, 1n)])
    const before = handler.epoch
    // Whatever throws while it settles breaks the join; the client stops its consumer then.
    const { revoking } = handler
    handler.revoking = () => {
      handler.revoking = revoking
      return Promise.reject(new TypeError('the handler is broken'))
    }
    await group.rejoin()
    await until(() => handler.epoch > before, 'a new epoch')
    await handler.untilSeenInEpoch(handler.epoch, 'b')
    expect(group.observer.of('trouble').map(({ error }) => error)).toContain('the handler is broken')
    expect(handler.failures).toEqual([])
  })

  it('joins as the member that it was: its broker has come back and does not wait for it to be given up', async () => {
    const broker = await startFaultyBroker()
    const opened = await realEventGroup(broker.direct)
    const handler = new RecordingHandler(opened.source)
    try {
      await opened.source.start(handler)
      await handler.untilAssigned(1)
      const [member] = await opened.members()
      process.kill(broker.server.pid, 'SIGKILL')
      await until(() => opened.observer.of('trouble').length > 0, 'the consumer to break', 30_000)
      await broker.server.restart()
      await until(() => handler.assignments.length > 1, 'a new assignment', 30_000)
      expect(await opened.members()).toEqual([member])
    } finally {
      await opened.stop()
      await broker.stop()
    }
  })

  it('tells of a handler that throws, and hands the records over again', async () => {
    const { group, handler } = await joined()
    handler.failTimes = 1
    await group.append(0, 'a')
    await handler.untilSeen('a')
    expect(group.observer.of('trouble')).toMatchObject([
      { where: 'event-source', error: 'the handler is broken' },
    ])
    expect(handler.assignments).toHaveLength(1)
  })
})
