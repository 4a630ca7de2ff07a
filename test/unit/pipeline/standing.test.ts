// How a worker stands while nothing happens, while it is stuck, and when what it held is another's. A gauge that is set
// when something happens passes none of these.
import { describe, expect, it } from '@jest/globals'
import type { HeldStanding } from '../../../src/domain/standing.ts'
import { LiveStanding } from '../../../src/pipeline/live-standing.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import { commitIntervalMs, PipelineWorld, sessionTimeoutMs } from '../../fakes/pipeline-world.ts'
import type { FakeProcess, WorldOptions } from '../../fakes/pipeline-world.ts'

const suspensions = { watched: 2, suspended: 1, judge: 'aside' } as const

const address = 'http://w.test/hook'

async function started(options: WorldOptions = {}): Promise<{ world: PipelineWorld; process: FakeProcess }> {
  const world = new PipelineWorld(options)
  world.tableSource.put(webhookConfig('w'))
  return { world, process: await world.started() }
}

function heldBy({ pipeline }: FakeProcess): HeldStanding {
  const { held } = pipeline.standing()
  if (held === null) throw new Error('the partitions may be another’s')
  return held
}

const parkedFor = (process: FakeProcess, delayMs: number) =>
  heldBy(process).parked.find((each) => each.delayMs === delayMs)

describe('the lag of call events', () => {
  it('grows older while a receiver hangs and nothing else happens, and is gone with the record', async () => {
    const { world, process } = await started()
    world.sender.script(address, { status: 200, afterMs: 9_000 })
    world.events(0, 'a')
    await world.clock.advance(3_000)
    expect(heldBy(process).events).toEqual({ records: 1, ageMs: 3_000 })
    await world.clock.advance(4_000)
    expect(heldBy(process).events).toEqual({ records: 1, ageMs: 7_000 })
    await world.clock.advance(3_000)
    expect(heldBy(process).events).toEqual({ records: 0, ageMs: 0 })
    await world.clock.advance(60_000)
    expect(heldBy(process).events).toEqual({ records: 0, ageMs: 0 })
  })

  it('counts a record that waits for its schema, which is neither in the queue nor taken', async () => {
    const { world, process } = await started()
    const release = world.decoder.hold('a')
    world.events(0, 'a')
    await world.clock.advance(5_000)
    expect(heldBy(process).events).toEqual({ records: 1, ageMs: 5_000 })
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(0)
    release()
    await world.clock.advance(commitIntervalMs)
    expect(heldBy(process).events).toEqual({ records: 0, ageMs: 0 })
  })

  it('counts what is not begun because the gate is closed', async () => {
    const { world, process } = await started()
    const release = world.source.holdCommits()
    world.events(0, 'first')
    await world.clock.advance(commitIntervalMs + 6_000)
    world.events(0, 'a', 'b')
    await world.clock.advance(4_000)
    expect(process.gate.closedBecause).toBe('commits fail')
    expect(heldBy(process).events).toEqual({ records: 2, ageMs: 4_000 })
    release()
  })

  it('counts what was let go of for a rejoin that takes its time', async () => {
    const { world, process } = await started()
    const release = world.decoder.hold('a')
    world.events(0, 'a', 'b')
    await world.clock.advance(1_000)
    const rejoining = process.pipeline.revoking()
    await world.clock.advance(8_000)
    expect(heldBy(process).events).toEqual({ records: 2, ageMs: 9_000 })
    await rejoining
    release()
  })

  it('counts what comes to a partition that is paused because the worker cannot keep up', async () => {
    const { world, process } = await started({ bounds: { maxQueuedRecords: 5 }, batchSize: 5 })
    const release = world.decoder.hold('e0')
    world.events(0, ...Array.from({ length: 20 }, (_, index) => `e${index}`))
    await world.clock.advance(1_000)
    expect(world.source.isPaused(0)).toBe(true)
    world.events(0, ...Array.from({ length: 30 }, (_, index) => `later ${index}`))
    expect(heldBy(process).events.records).toBe(50)
    release()
  })

  it('counts from where the group stands before anything was taken', async () => {
    const world = new PipelineWorld()
    world.tableSource.put(webhookConfig('w'))
    world.events(0, 'a', 'b', 'c', 'd')
    world.source.commitByAnother(0, 1n)
    const release = world.decoder.hold('b')
    const process = await world.started()
    await world.clock.advance(1_000)
    expect(heldBy(process).events.records).toBe(3)
    release()
  })

  it('goes with its partition', async () => {
    const { world, process } = await started({ partitions: 2 })
    for (const waiting of ['a', 'b', 'c']) world.decoder.hold(waiting)
    world.events(0, 'a')
    world.events(1, 'b', 'c')
    await world.clock.advance(1_000)
    expect(heldBy(process)).toMatchObject({ partitions: [0, 1], events: { records: 3 } })
    await world.clock.run(world.source.rejoin([0]))
    expect(heldBy(process)).toMatchObject({ partitions: [0], events: { records: 1 } })
    await world.clock.run(world.source.rejoin([]))
    expect(heldBy(process)).toMatchObject({ partitions: [], events: { records: 0, ageMs: 0 }, parked: [] })
  })

  it('is not told once another may have the partitions, and is again when the group has answered', async () => {
    const { world, process } = await started()
    world.sender.script(address, { hang: true })
    world.events(0, 'a')
    world.source.stopBeating()
    await world.clock.advance(sessionTimeoutMs - 100)
    expect(process.pipeline.standing().held).not.toBeNull()
    await world.clock.advance(200)
    expect(process.pipeline.standing().held).toBeNull()
    world.source.beatAgain()
    await world.clock.advance(200)
    expect(process.pipeline.standing().held).not.toBeNull()
  })

  it('is told through a rejoin, and not after the worker has drained', async () => {
    const { world, process } = await started()
    world.events(0, 'a')
    await world.clock.advance(1_000)
    world.source.crash()
    await world.clock.advance(sessionTimeoutMs - 1_500)
    expect(process.pipeline.standing().held).not.toBeNull()
    world.source.joinAfterCrash([0])
    await world.clock.advance(1_000)
    expect(heldBy(process).partitions).toEqual([0])
    await world.clock.run(process.pipeline.drain(10_000))
    expect(heldBy(process).partitions).toEqual([])
  })
})

describe('the oldest event that is not delivered', () => {
  it('ages by its own time, whatever order events come in, until it has ended or is parked', async () => {
    const { world, process } = await started()
    const { clock, decoder, source, sender } = world
    sender.script(address, { status: 200, afterMs: 2_000 }, { status: 500, afterMs: 4_000 })
    const bornAt = (text: string, ageMs: number): void =>
      decoder.means(text, {
        kind: 'event',
        event: callEvent(text, { occurred_at: clock.nowMs() - ageMs }),
      })
    bornAt('young', 1_000)
    bornAt('old', 60_000)
    source.append(0, 'young', 'old')
    await clock.advance(1_000)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(61_000)
    await clock.advance(1_500)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(62_500)
    await clock.advance(2_000)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(0)
    // Back from its retry topic it is tried again: old by design, and no sign of a worker that is stuck.
    sender.script(address, { hang: true })
    await clock.advance(6_500)
    expect(sender.underWay).toBe(1)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(0)
  })

  it('is nobody’s when its partition is lost', async () => {
    const { world, process } = await started()
    world.sender.script(address, { hang: true })
    world.events(0, 'a')
    await world.clock.advance(1_000)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(1_000)
    world.source.crash()
    world.source.commitByAnother(0, 1n)
    world.source.joinAfterCrash([])
    await world.clock.advance(1_000)
    expect(process.pipeline.standing().oldestUndeliveredMs).toBe(0)
  })
})

describe('what is parked', () => {
  it('is overdue by as much as its head is, while nothing can be taken', async () => {
    const { world, process } = await started({ retry: { scheduleMs: [30_000, 300_000] } })
    world.sender.script(address, { status: 500 }, { status: 200 })
    const release = world.source.holdCommits()
    world.events(0, 'a')
    await world.clock.advance(20_000)
    expect(process.gate.closedBecause).toBe('commits fail')
    expect(parkedFor(process, 30_000)).toEqual({ delayMs: 30_000, records: 1, overdueMs: 0 })
    await world.clock.advance(25_000)
    const first = parkedFor(process, 30_000)
    expect(first?.records).toBe(1)
    // Due after 30 s, a tenth more or less.
    expect(first?.overdueMs).toBeGreaterThan(11_900)
    expect(first?.overdueMs).toBeLessThan(18_100)
    await world.clock.advance(500)
    expect(parkedFor(process, 30_000)?.overdueMs).toBe((first?.overdueMs ?? 0) + 500)
    release()
    await world.clock.advance(1_000)
    expect(parkedFor(process, 30_000)).toEqual({ delayMs: 30_000, records: 0, overdueMs: 0 })
  })
})

describe('the standing of a worker', () => {
  it('tells of the table from the beginning, and of work when it has begun', async () => {
    const world = new PipelineWorld()
    const process = world.process()
    const standing = new LiveStanding(
      process.live,
      process.pauses,
      { standing: () => suspensions },
      process.gate,
    )
    world.tableSource.holdBack()
    for (const id of ['a', 'b', 'c', 'd']) world.tableSource.put(webhookConfig(id))
    void process.live.hydrate(world.tableSource)
    void process.pauses.hydrate(world.pauseSource)
    await world.clock.advance(7_000)
    expect(standing.now()).toMatchObject({
      table: { state: 'reading', hydration: 0, ageMs: 7_000, lag: { records: 4, ageMs: 7_000 } },
      work: null,
    })
    expect([standing.troubled(5), standing.invalid(5)]).toEqual([[], []])
    world.tableSource.goOn()
    standing.begins(process.pipeline)
    await world.clock.advance(250)
    expect(standing.now()).toMatchObject({
      closedBecause: 'the group has not been joined',
      pauses: { inForce: [], lag: { records: 0, ageMs: 0 } },
      table: { state: 'ready', hydration: 1, ageMs: 50, lag: { records: 0, ageMs: 0 }, webhooks: 4 },
      work: { inFlight: { deliveries: 0 } },
    })
    world.tableSource.holdBack()
    await world.clock.advance(30_000)
    expect(standing.now().table).toMatchObject({ ageMs: 30_050, lag: { records: 0, ageMs: 0 } })
    process.gate.stop()
  })

  it('names the invalid webhooks that changed last, with their faults', async () => {
    const { world, process } = await started()
    const standing = new LiveStanding(
      process.live,
      process.pauses,
      { standing: () => suspensions },
      process.gate,
    )
    for (const id of ['x', 'y', 'z']) world.tableSource.put(webhookConfig(id, { port: 0 }))
    world.tableSource.put(webhookConfig('y', { port: 0, account_id: 'other' }))
    expect(standing.now().table.invalid).toBe(3)
    expect(standing.invalid(2)).toEqual([
      expect.objectContaining({ webhookId: 'y', accountId: 'other', config: { partition: 0, offset: 4n } }),
      expect.objectContaining({ webhookId: 'z', faults: [expect.stringMatching(/^port is 0; allowed: /)] }),
    ])
    world.tableSource.put(webhookConfig('y'))
    expect(standing.invalid(5).map(({ webhookId }) => webhookId)).toEqual(['z', 'x'])
  })
})
