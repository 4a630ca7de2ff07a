// Commits that come too late: from a member whose partition has moved on, on a connection that broke, after the end.
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import { commitOf, eventPartitionsOf, RecordingHandler, realEventGroup } from '../contract/event-group.ts'
import type { RealEventGroup } from '../contract/event-group.ts'
import { committedOf, startPlainMember } from '../harness/group-members.ts'
import type { PlainMember } from '../harness/group-members.ts'
import { connectionLost, interceptNext } from '../harness/intercepted.ts'
import { until } from '../harness/until.ts'
import { createTopic } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The next commit fails, once the answer is called, without having been sent. */
const holdNextCommit = (): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  interceptNext('offsetCommit', async () => {
    await promise
    throw connectionLost()
  })
  return resolve
}

describe('the plain client', () => {
  const begin = async () => {
    const where = { topic: await createTopic('fenced', 2, {}), groupId: randomUUID() }
    const member = async (): Promise<PlainMember> => {
      const started = await startPlainMember(where)
      closing.push(() => started.consumer.disconnect())
      return started
    }
    const commit = ({ consumer }: PlainMember, partition: number, offset: string): Promise<void> =>
      consumer.commitOffsets([{ topic: where.topic, partition, offset }])
    return { where, first: await member(), member, commit }
  }

  /** A second member takes one of two partitions and comes further there than the first had. */
  const takeOver = async ({ first, member, commit }: Awaited<ReturnType<typeof begin>>): Promise<number> => {
    const second = await member()
    await until(
      () => first.partitions().length === 1 && second.partitions().length === 1,
      'one partition each',
    )
    const [moved = -1] = second.partitions()
    await commit(second, moved, '5')
    return moved
  }

  it('commits for a partition that it has no more, and sets its new owner back', async () => {
    const group = await begin()
    const moved = await takeOver(group)
    await group.commit(group.first, moved, '1')
    expect(await committedOf(group.where, moved)).toBe('1')
  })

  it('repeats a commit of one membership under the next', async () => {
    const group = await begin()
    const release = holdNextCommit()
    const { topic } = group.where
    const committing = group.first.consumer.commitOffsets(
      [0, 1].map((partition) => ({ topic, partition, offset: '1' })),
    )
    const moved = await takeOver(group)
    release()
    await committing
    expect(await committedOf(group.where, moved)).toBe('1')
  })

  it('says nothing of a commit that it does not send because it is ending', async () => {
    const { where, first, commit } = await begin()
    const ended = first.consumer.disconnect()
    await commit(first, 0, '1')
    await ended
    expect(await committedOf(where, 0)).toBeNull()
  })
})

describe('ours', () => {
  const begin = async () => {
    const group = await realEventGroup()
    closing.push(() => group.stop())
    const handler = new RecordingHandler(group.source)
    await group.source.start(handler)
    await handler.untilAssigned(1)
    return { group, handler }
  }

  const takeOver = async (group: RealEventGroup, handler: RecordingHandler): Promise<number> => {
    const source = group.member()
    closing.push(() => source.stop())
    const other = new RecordingHandler(source)
    await source.start(other)
    const own = ({ assignments }: RecordingHandler) => eventPartitionsOf(assignments.at(-1))
    await until(() => own(handler).length === 1 && own(other).length === 1, 'one partition each')
    const [moved = -1] = own(other)
    expect(await source.commit(other.epoch, [commitOf(group, moved, 5n)])).toEqual({ kind: 'committed' })
    return moved
  }

  it('is refused a commit of an assignment that has passed', async () => {
    const { group, handler } = await begin()
    const { epoch } = handler
    const moved = await takeOver(group, handler)
    expect((await group.source.commit(epoch, [commitOf(group, moved, 1n)])).kind).toBe('refused')
    expect(await group.committed(moved)).toBe(5n)
  })

  it('does not repeat a commit of one membership under the next', async () => {
    const { group, handler } = await begin()
    const release = holdNextCommit()
    const committing = group.source.commit(handler.epoch, [commitOf(group, 0, 1n), commitOf(group, 1, 1n)])
    const moved = await takeOver(group, handler)
    release()
    expect((await committing).kind).toBe('refused')
    expect(await group.committed(moved)).toBe(5n)
  })

  it('says that a commit is not taken because it is ending', async () => {
    const { group, handler } = await begin()
    const ended = group.source.stop()
    expect((await group.source.commit(handler.epoch, [commitOf(group, 0, 1n)])).kind).toBe('refused')
    await ended
    expect(await group.committed(0)).toBeNull()
  })
})
