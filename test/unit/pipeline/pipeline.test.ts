// All partitions of a process, and the interleavings with the group, with a crash and with a stop.
import { describe, expect, it } from '@jest/globals'
import type { OffsetCommit } from '../../../src/ports.ts'
import { webhookConfig } from '../../fakes/call-events.ts'
import { FakeOutcomeSink } from '../../fakes/fake-outcome-sink.ts'
import {
  commitIntervalMs,
  PipelineWorld,
  revokeSettleMs,
  sessionTimeoutMs,
  writeMs,
} from '../../fakes/pipeline-world.ts'
import type { FakeProcess, WorldOptions } from '../../fakes/pipeline-world.ts'
import { settle } from '../../fakes/virtual-clock.ts'

const address = 'http://w.test/hook'

/** Of call events, with nothing finished behind it. */
const commitOf = (partition: number, offset: bigint): OffsetCommit => ({
  topic: 'call-events',
  partition,
  offset,
  metadata: '',
})

async function worldWithWebhook(
  options: WorldOptions = {},
): Promise<{ world: PipelineWorld; process: FakeProcess }> {
  const world = new PipelineWorld(options)
  world.tableSource.put(webhookConfig('w'))
  return { world, process: await world.started() }
}

/** The process before is cut off from the group; the next one starts on what is left. */
async function nextProcess(world: PipelineWorld): Promise<FakeProcess> {
  world.source.crash()
  return world.started()
}

describe('the commit cadence', () => {
  it('commits what is finished at its interval, and nothing where nothing moved', async () => {
    const { world } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.events(0, 'a', 'b')
    await clock.advance(commitIntervalMs - 1)
    expect(source.commits).toEqual([])
    await clock.advance(1)
    expect(source.commits).toEqual([{ epoch: 1, offsets: [commitOf(0, 2n)] }])
    await clock.advance(10 * commitIntervalMs)
    expect(source.commits).toHaveLength(1)
    world.events(1, 'c')
    await clock.advance(2 * commitIntervalMs)
    expect(source.commits[1]?.offsets).toEqual([commitOf(1, 1n)])
  })

  it('has one commit under way at a time, so that none overtakes another', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    const release = source.holdCommits()
    world.events(0, 'a')
    await clock.advance(commitIntervalMs)
    world.events(0, 'b')
    await clock.advance(3 * commitIntervalMs)
    expect(source.commits).toEqual([])
    release()
    await settle()
    expect(source.commits.map(({ offsets }) => offsets[0]?.offset)).toEqual([1n, 2n])
  })

  it('tries again what was refused', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.events(0, 'a')
    source.expel()
    await clock.advance(2 * commitIntervalMs)
    expect(process.observer.of('commit_failed').length).toBeGreaterThan(0)
    await clock.run(source.rejoin([0]))
    await clock.advance(2 * commitIntervalMs)
    expect(source.committed(0)).toBe(1n)
  })

  it('that fails for 5 s lets nothing more begin until one succeeds', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source, sender } = world
    const release = source.holdCommits()
    world.events(0, 'a')
    await clock.advance(commitIntervalMs + 5_000)
    expect(process.gate.closedBecause).toBeNull()
    await clock.advance(400)
    expect(process.gate.closedBecause).toBe('commits fail')
    world.events(0, 'b')
    await clock.advance(2_000)
    expect(sender.ledger).toHaveLength(1)
    release()
    await clock.advance(1_000)
    expect(sender.ledger).toHaveLength(2)
  })

  it('tells how much is in hand and how far behind it is', async () => {
    const { world, process } = await worldWithWebhook()
    world.sender.script(address, { hang: true })
    world.events(0, 'a', 'b', 'c')
    await world.clock.advance(commitIntervalMs)
    const { inFlight, held } = process.pipeline.standing()
    expect(inFlight).toMatchObject({ deliveries: 3, bytes: 6, waiting: 0, maxDeliveries: 1_000 })
    expect(held?.events).toEqual({ records: 3, ageMs: commitIntervalMs })
  })

  it('tells how many are parked, those too that it has not read yet', async () => {
    const { world, process } = await worldWithWebhook({ batchSize: 10 })
    world.sender.script(address, { status: 503, retryAfter: '600' })
    for (const batch of [0, 1, 2]) {
      world.events(0, ...Array.from({ length: 30 }, (_, index) => `call ${batch} ${index}`))
      await world.clock.advance(2 * commitIntervalMs)
    }
    const { length } = world.retries.writes.filter(({ delayMs }) => delayMs === 300_000)
    expect(length).toBeGreaterThan(50)
    const told = process.pipeline.standing().held?.parked.find(({ delayMs }) => delayMs === 300_000)
    expect(told).toEqual({ delayMs: 300_000, records: length, overdueMs: 0 })
  })

  it('ends with a start that fails', async () => {
    const world = new PipelineWorld()
    const process = world.process()
    const fault = new Error('no broker')
    world.source.start = () => Promise.reject(fault)
    process.gate.stop()
    await expect(process.pipeline.start()).rejects.toBe(fault)
    expect(world.clock.pending).toBe(0)
  })
})

describe('a rejoin', () => {
  it('waits for what is in flight, commits it under the old epoch, and begins nothing meanwhile', async () => {
    const { world } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 2_000 })
    world.events(0, 'a')
    await clock.advance(100)
    const rejoined = source.rejoin([0])
    await settle()
    world.events(0, 'b')
    await clock.advance(1_000)
    expect(world.sent).toEqual(['a'])
    await clock.run(rejoined)
    expect(source.commits).toEqual([{ epoch: 1, offsets: [commitOf(0, 1n)] }])
    await clock.advance(3_000)
    // The batch that came during the rejoin was not taken, and came again.
    expect(world.sent).toEqual(['a', 'b'])
    expect(source.committed(0)).toBe(2n)
  })

  it('does not wait longer than it may: what is left is cut, parked and committed, and goes on from there', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 9_000 }, { status: 200 })
    world.events(0, 'a', 'b')
    await clock.advance(100)
    const begunAtMs = clock.monotonicMs()
    await clock.run(source.rejoin([0]))
    expect(clock.monotonicMs() - begunAtMs).toBe(revokeSettleMs)
    expect(world.outcomes.steps).toEqual(['0/final', '0/a1'])
    expect(world.outcomes.written[1]).toMatchObject({ reason: 'interrupted', parked: { partition: 0 } })
    expect(source.committed(0)).toBe(2n)
    await clock.advance(6_000)
    expect(world.sent).toEqual(['a', 'b', 'a'])
    expect(world.sender.ledger[2]?.attempt).toBe(2)
    expect(world.outcomes.endings).toEqual(['delivered: ok after 1', 'delivered: ok after 2'])
    expect(source.committed(0, 'webhook-retries.5s')).toBe(1n)
    expect(source.commits.at(-1)?.epoch).toBe(2)
  })

  it('waits a little longer for what was cut to be written, and a kept partition goes on where it was', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 9_000 }, { status: 200 })
    process.parking.hold()
    world.events(0, 'a', 'b')
    await clock.advance(100)
    const begunAtMs = clock.monotonicMs()
    await clock.run(source.rejoin([0]))
    expect(clock.monotonicMs() - begunAtMs).toBe(revokeSettleMs + writeMs)
    // Not past what is not acknowledged, though the commit tells that the one behind it is finished.
    expect(source.committed(0)).toBe(0n)
    await clock.advance(100)
    process.parking.release()
    await clock.advance(1_000)
    expect(world.sent).toEqual(['a', 'b'])
    expect(source.committed(0)).toBe(2n)
    expect(source.commits.at(-1)?.epoch).toBe(2)
  })

  it('that takes a partition away parks its deliveries, and never commits it again', async () => {
    const { world } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.sender.script(
      address,
      { status: 200, afterMs: 9_000 },
      { status: 200, afterMs: 9_000 },
      { status: 200 },
    )
    world.events(0, 'a')
    world.events(1, 'b')
    await clock.advance(100)
    await clock.run(source.rejoin([1]))
    await settle()
    expect(world.sender.underWay).toBe(0)
    expect([source.committed(0), source.committed(1)]).toEqual([1n, 1n])
    await clock.advance(10_000)
    // What was parked of the other is for whoever has that partition now.
    expect(world.sent).toEqual(['a', 'b', 'b'])
    expect(source.commits.filter(({ epoch }) => epoch === 2).flatMap(({ offsets }) => offsets)).toEqual([
      { topic: 'webhook-retries.5s', partition: 1, offset: 1n, metadata: '' },
    ])
    expect(world.outcomes.endings).toHaveLength(1)
  })

  it('that takes a partition away before what was cut is written leaves it uncommitted for good', async () => {
    const { world, process } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.sender.script(address, { hang: true })
    process.parking.hold()
    world.events(0, 'a')
    world.events(1, 'b')
    await clock.advance(100)
    await clock.run(source.rejoin([1]))
    process.parking.release()
    await clock.advance(2 * commitIntervalMs)
    expect(source.committed(0)).toBeNull()
    expect(source.committed(1)).toBe(1n)
    expect(source.commits.flatMap(({ offsets }) => offsets)).toEqual([commitOf(1, 1n)])
  })

  it('that gives a partition back later begins it anew, from where the group stands', async () => {
    const { world } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.events(0, 'a', 'b')
    await clock.advance(100)
    await clock.run(source.rejoin([1]))
    source.commitByAnother(0, 2n)
    world.events(0, 'c')
    await clock.run(source.rejoin([0, 1]))
    await clock.advance(1_000)
    expect(world.sent).toEqual(['a', 'b', 'c'])
    expect(source.committed(0)).toBe(3n)
  })

  it('resumes a partition that was paused before it', async () => {
    const { world } = await worldWithWebhook({
      bounds: { maxQueuedRecords: 2 },
      batchSize: 2,
      budget: { maxDeliveries: 1 },
    })
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 3_000 }, { status: 200 })
    world.events(0, 'a', 'b', 'c', 'd', 'e', 'f')
    await clock.advance(100)
    expect(source.isPaused(0)).toBe(true)
    await clock.run(source.rejoin([0]))
    await clock.advance(5_000)
    expect(world.sent).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(source.committed(0)).toBe(6n)
  })

  it('that outlives the membership which it ended cuts nothing of the next', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 9_000 }, { status: 200 })
    world.events(0, 'a')
    await clock.advance(100)
    // The client breaks while the rejoin waits for what is in flight, and its successor is quicker.
    const rejoined = source.rejoin([0])
    await clock.advance(1_000)
    source.crash()
    source.joinAfterCrash([0])
    await clock.advance(revokeSettleMs)
    world.events(0, 'b')
    await clock.advance(9_000)
    expect(world.outcomes.endings).toEqual(['delivered: ok after 1', 'delivered: ok after 1'])
    expect(source.committed(0)).toBe(2n)
    await clock.run(rejoined)
  })

  it('twice in a row changes nothing', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 20_000 }, { status: 200 })
    world.events(0, 'a', 'b')
    await clock.advance(100)
    await clock.run(source.rejoin([0]))
    await clock.run(source.rejoin([0]))
    await clock.advance(20_000)
    expect(world.sent.filter((id) => id === 'b')).toEqual(['b'])
    expect(source.committed(0)).toBe(2n)
  })
})

describe('a membership that lapsed unnoticed', () => {
  it('refuses the commits of its epoch', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    source.expel()
    world.events(0, 'a')
    await clock.advance(2 * commitIntervalMs)
    expect(source.commits).toEqual([])
    expect(process.observer.of('commit_failed').length).toBeGreaterThan(0)
  })

  it.each(['settled', 'crashed'])(
    'and came back %s never sets back what others committed meanwhile',
    async (how) => {
      const { world } = await worldWithWebhook()
      const { clock, source } = world
      world.sender.script(address, { status: 200, afterMs: 8_000 }, { status: 200 })
      world.events(0, 'a', 'b')
      await clock.advance(100)
      // Another member got the partition, did all of it and more, and went away again.
      if (how === 'settled') source.expel()
      else source.crash()
      world.events(0, 'c', 'd')
      source.commitByAnother(0, 4n)
      if (how === 'settled') await clock.run(source.rejoin([0]))
      else source.joinAfterCrash([0])
      const commitsBefore = source.commits.length
      await clock.advance(10_000)
      const since = source.commits.slice(commitsBefore).flatMap(({ offsets }) => offsets)
      expect(since.filter(({ topic }) => topic === source.topic)).toEqual([])
      expect(source.committed(0)).toBe(4n)
      world.events(0, 'e')
      await clock.advance(1_000)
      expect(source.committed(0)).toBe(5n)
    },
  )

  it('and came back leaves to others what they have finished meanwhile', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    world.events(0, 'a')
    await clock.advance(1_000)
    expect(source.committed(0)).toBe(1n)
    world.sender.script(address, { status: 200, afterMs: 8_000 })
    world.events(0, 'b')
    await clock.advance(100)
    source.crash()
    source.commitByAnother(0, 2n)
    source.joinAfterCrash([0])
    await clock.advance(10_000)
    expect([world.sent, world.outcomes.endings]).toEqual([['a', 'b'], ['delivered: ok after 1']])
    expect([world.sender.underWay, source.committed(0)]).toEqual([0, 2n])
  })

  it('learns where the group stands even while it drains', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 9_000 })
    process.parking.hold()
    world.events(0, 'a')
    await clock.advance(100)
    await clock.run(source.rejoin([0]), 9_000)
    expect(source.committed(0)).toBeNull()
    const drained = process.pipeline.drain(30_000)
    await clock.advance(100)
    process.parking.release()
    expect(await clock.run(drained)).toEqual({ clean: true })
    expect(source.committed(0)).toBe(1n)
  })
})

describe('a heartbeat that is not answered', () => {
  it('lets nothing begin until the group answers again', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source } = world
    source.stopBeating()
    await clock.advance(sessionTimeoutMs + 1)
    world.events(0, 'a')
    await clock.advance(5_000)
    expect(world.sent).toEqual([])
    source.beatAgain()
    await clock.advance(500)
    expect(world.sent).toEqual(['a'])
  })

  it('lets nothing be committed until the group answers again', async () => {
    const { world } = await worldWithWebhook()
    const { clock, source, outcomes } = world
    outcomes.hold()
    world.events(0, 'a')
    await clock.advance(100)
    source.stopBeating()
    await clock.advance(sessionTimeoutMs + 1)
    outcomes.release()
    await clock.advance(3 * commitIntervalMs)
    expect(source.commits).toEqual([])
    source.beatAgain()
    await clock.advance(commitIntervalMs)
    expect(source.committed(0)).toBe(1n)
  })
})

describe('a client that breaks', () => {
  it('has left the group: nothing begins and nothing is written until it has joined anew', async () => {
    const { world } = await worldWithWebhook({ budget: { maxDeliveries: 1 } })
    const { clock, source, outcomes } = world
    world.sender.script(address, { status: 200, afterMs: 2_000 }, { status: 200 })
    world.events(0, 'a', 'b')
    await clock.advance(100)
    source.crash()
    await clock.advance(5_000)
    expect([world.sent, outcomes.steps]).toEqual([['a'], []])
    source.joinAfterCrash([0])
    await clock.advance(1_000)
    expect([world.sent, outcomes.steps]).toEqual([
      ['a', 'b'],
      ['0/final', '0/final'],
    ])
    expect(source.committed(0)).toBe(2n)
  })
})

describe('a rejoin of a member in doubt', () => {
  it('does not wait for what has to be written: that waits for the rejoin', async () => {
    const { world } = await worldWithWebhook()
    world.sender.script(address, { status: 200, afterMs: 4_000 })
    world.source.stopBeating()
    await world.clock.advance(8_000)
    world.events(0, 'a')
    await world.clock.advance(8_000)
    expect(world.outcomes.steps).toEqual([])
    const startedAtMs = world.clock.monotonicMs()
    await world.clock.run(world.source.rejoin([0]))
    expect(world.clock.monotonicMs() - startedAtMs).toBeLessThan(1_000)
    world.source.beatAgain()
    await world.clock.advance(1_000)
    expect(world.outcomes.steps).toEqual(['0/final'])
    expect(world.sender.ledger).toHaveLength(1)
  })
})

describe('a process that stood still', () => {
  it('calls no webhook that was deleted meanwhile', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, tableSource } = world
    tableSource.holdBack()
    tableSource.remove('w')
    await clock.stall(20_000)
    world.events(0, 'a')
    await clock.advance(1_000)
    expect(world.sent).toEqual([])
    tableSource.goOn()
    await clock.advance(1_000)
    expect(world.sent).toEqual([])
    expect(process.observer.of('event_skipped')).toHaveLength(1)
    expect(world.source.committed(0)).toBe(1n)
  })
})

describe('a process that dies', () => {
  it('between acknowledgement and commit has its deliveries repeated under the same ids', async () => {
    const { world } = await worldWithWebhook()
    world.events(0, 'a')
    await world.clock.advance(100)
    expect(world.outcomes.written).toHaveLength(1)
    await nextProcess(world)
    await world.clock.advance(1_000)
    expect(world.sent).toEqual(['a', 'a'])
    const [first, second] = world.sender.ledger
    expect([second?.deliveryId, second?.attempt]).toEqual([first?.deliveryId, 1])
    expect(new Set(world.outcomes.written.map(({ outcomeId }) => outcomeId)).size).toBe(1)
    expect(world.source.committed(0)).toBe(1n)
  })

  it('behind one that hangs has repeated only what hung: the commit knew of the others', async () => {
    const { world } = await worldWithWebhook()
    const { clock, sender } = world
    sender.script(address, { hang: true }, { status: 200 })
    world.events(0, 'hangs', 'b', 'c', 'd')
    await clock.advance(2 * commitIntervalMs)
    expect(world.source.committed(0)).toBe(0n)
    sender.script(address, { status: 200 })
    await nextProcess(world)
    world.events(0, 'e')
    await clock.advance(2 * commitIntervalMs)
    expect(world.sent).toEqual(['hangs', 'b', 'c', 'd', 'hangs', 'e'])
    expect(world.source.committed(0)).toBe(5n)
  })

  it('with an acknowledgement that was lost has not committed', async () => {
    const world = new PipelineWorld()
    world.tableSource.put(webhookConfig('w'))
    const deaf = new FakeOutcomeSink()
    deaf.hold()
    await world.process(deaf).start(world.clock)
    world.events(0, 'a')
    await world.clock.advance(60_000)
    expect(deaf.written).toHaveLength(1)
    expect(world.source.committed(0)).not.toBe(1n)
    await nextProcess(world)
    await world.clock.advance(1_000)
    expect(world.outcomes.written[0]?.outcomeId).toBe(deaf.written[0]?.outcomeId)
    expect(world.source.committed(0)).toBe(1n)
  })
})

describe('a webhook that is deleted between match and attempt', () => {
  it('is not called, and the event is done', async () => {
    const { world } = await worldWithWebhook({ budget: { maxDeliveries: 1 } })
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 1_000 })
    world.events(0, 'a', 'b')
    await clock.advance(100)
    // The second event matched and waits for its place.
    world.tableSource.remove('w')
    await clock.advance(2_000)
    expect(world.sent).toEqual(['a'])
    expect(world.outcomes.endings).toEqual(['delivered: ok after 1', 'cancelled: webhook_deleted after 0'])
    expect(source.committed(0)).toBe(2n)
  })
})

describe('a drain', () => {
  it('begins nothing new, lets what is in flight end, commits and stops', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 2_000 })
    world.events(0, 'a')
    await clock.advance(100)
    const drained = process.pipeline.drain(30_000)
    world.events(0, 'b')
    expect(await clock.run(drained)).toEqual({ clean: true })
    expect(world.sent).toEqual(['a'])
    expect(source.committed(0)).toBe(1n)
    expect(await source.commit(source.epoch, [commitOf(0, 2n)])).toMatchObject({ kind: 'refused' })
    await process.tableSource.stop()
    await process.pauseSource.stop()
    process.gate.stop()
    expect(clock.pending).toBe(0)
  })

  it('that lasts too long cuts what is in flight, parks and commits it, for whoever comes next', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { hang: true })
    world.events(0, 'a', 'b')
    await clock.advance(100)
    const begunAtMs = clock.monotonicMs()
    expect(await clock.run(process.pipeline.drain(3_000))).toEqual({ clean: true })
    expect(clock.monotonicMs() - begunAtMs).toBe(3_000 - writeMs)
    await settle()
    expect(world.sender.underWay).toBe(0)
    expect(world.outcomes.steps).toEqual(['0/a1', '0/a1'])
    expect(source.committed(0)).toBe(2n)
    world.sender.script(address, { status: 200 })
    await nextProcess(world)
    await clock.advance(6_000)
    expect(world.sent).toEqual(['a', 'b', 'a', 'b'])
    expect(world.outcomes.endings).toEqual(['delivered: ok after 2', 'delivered: ok after 2'])
  })

  it('whose writes are not acknowledged in time leaves what it cut uncommitted', async () => {
    const { world, process } = await worldWithWebhook()
    const { clock, source } = world
    world.sender.script(address, { hang: true })
    process.parking.hold()
    world.events(0, 'a', 'b')
    await clock.advance(100)
    const begunAtMs = clock.monotonicMs()
    expect(await clock.run(process.pipeline.drain(3_000))).toEqual({ clean: false })
    expect(clock.monotonicMs() - begunAtMs).toBe(3_000)
    await settle()
    expect(world.sender.underWay).toBe(0)
    expect(world.outcomes.written).toEqual([])
    expect(source.committed(0)).toBeNull()
  })

  it('goes on through a rejoin without taking anything', async () => {
    const { world, process } = await worldWithWebhook({ partitions: 2 })
    const { clock, source } = world
    world.sender.script(address, { status: 200, afterMs: 9_000 })
    world.events(0, 'a')
    await clock.advance(100)
    const drained = process.pipeline.drain(30_000)
    await clock.run(source.rejoin([0, 1]))
    world.events(0, 'b')
    world.events(1, 'c')
    expect(await clock.run(drained)).toEqual({ clean: true })
    expect(world.sent).toEqual(['a'])
    expect(source.committed(0)).toBe(1n)
  })

  it('does not wait for a schema that nobody answers for', async () => {
    const { world, process } = await worldWithWebhook()
    world.decoder.hold('a')
    world.events(0, 'a')
    await world.clock.advance(100)
    expect(await world.clock.run(process.pipeline.drain(30_000), 100)).toEqual({ clean: true })
    expect(world.source.commits).toEqual([])
  })
})
