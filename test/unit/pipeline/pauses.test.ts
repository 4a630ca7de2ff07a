// What a pause holds back and what it does not, whenever it comes; and how what waited for it goes on.
import { describe, expect, it } from '@jest/globals'
import { webhookConfig } from '../../fakes/call-events.ts'
import { laneBounds, PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'

const pauseDelayMs = 900_000

async function begin(options: WorldOptions = {}, ...ids: readonly string[]) {
  const world = new PipelineWorld(options)
  for (const id of ids) world.tableSource.put(webhookConfig(id))
  const process = await world.started()
  const { clock, pauseSource, sender, outcomes, retries, tableSource } = world
  const delaysParked = (): readonly number[] => retries.writes.map(({ delayMs }) => delayMs)
  return { world, process, clock, pauseSource, sender, outcomes, retries, tableSource, delaysParked }
}

describe('a pause', () => {
  it.each(['all', 'account:acme', 'webhook:w', 'origin:http://w.test:80', 'origin:http://W.TEST'])(
    '%s parks what comes, says so once, and lets nothing out',
    async (key) => {
      const { world, clock, pauseSource, sender, outcomes, delaysParked } = await begin({}, 'w')
      pauseSource.pause(key)
      world.events(0, 'e')
      await clock.advance(2_000)
      expect(sender.ledger).toEqual([])
      expect(delaysParked()).toEqual([pauseDelayMs])
      expect(outcomes.written).toMatchObject([
        {
          result: 'deferred',
          reason: 'paused',
          faultOwner: 'worker',
          attempt: 0,
          deferrals: 1,
          final: false,
        },
      ])
    },
  )

  it.each([
    'account:other',
    'webhook:other',
    'origin:https://w.test:443',
    'origin:http://w.test:81',
    'everything',
  ])('%s holds back nothing of another', async (key) => {
    const { world, clock, pauseSource, outcomes } = await begin({}, 'w')
    pauseSource.pause(key)
    world.events(0, 'e')
    await clock.advance(2_000)
    expect(outcomes.endings).toEqual(['delivered: ok after 1'])
  })

  it('is known before anything is taken, where it was there before the start', async () => {
    const world = new PipelineWorld()
    world.tableSource.put(webhookConfig('w'))
    world.pauseSource.pause('all')
    world.events(0, 'e')
    await world.started()
    await world.clock.advance(2_000)
    expect(world.sender.ledger).toEqual([])
  })

  it('holds back who has waited for room at the receiver', async () => {
    const { world, clock, pauseSource, sender, outcomes } = await begin(
      { lanes: { laneConcurrency: 1 }, ordering: 'none' },
      'w',
    )
    sender.script('http://w.test/hook', { status: 200, afterMs: 500 })
    world.events(0, 'one', 'two', 'three')
    await clock.advance(100)
    const { length } = sender.ledger
    pauseSource.pause('webhook:w')
    await clock.advance(5_000)
    expect(sender.ledger).toHaveLength(length)
    expect(outcomes.written.filter(({ reason }) => reason === 'paused')).toHaveLength(3 - length)
  })

  it('holds back a quick try, and uses up no attempt', async () => {
    const { world, clock, pauseSource, sender, outcomes, retries } = await begin({}, 'w')
    sender.script('http://w.test/hook', { status: 503 })
    // Enough first attempts for the budget of quick tries.
    world.events(0, ...Array.from({ length: 20 }, (_, index) => `e${index}`))
    await clock.advance(15)
    const begun = sender.ledger.length
    expect(begun).toBeGreaterThan(0)
    pauseSource.pause('webhook:w')
    await clock.advance(4_000)
    expect(sender.ledger).toHaveLength(begun)
    const paused = retries.writes.filter(({ delayMs }) => delayMs === pauseDelayMs)
    expect(paused.length).toBeGreaterThan(0)
    const told = new Map(outcomes.written.map((outcome) => [outcome.outcomeId, outcome]))
    for (const { parked } of paused) {
      const attempts = sender.ledger.filter(({ request }) => request.body?.includes(parked.callId)).length
      expect(parked.progress.attempts).toBe(attempts)
    }
    expect(told.size).toBe(outcomes.written.length)
  })

  it('holds back who waits for the gate', async () => {
    const { world, clock, pauseSource, sender, tableSource, process } = await begin({}, 'w')
    tableSource.holdBack()
    await clock.stall(20_000)
    world.events(0, 'e')
    await clock.advance(500)
    expect(process.gate.closedBecause).not.toBeNull()
    pauseSource.pause('all')
    tableSource.goOn()
    await clock.advance(2_000)
    expect(sender.ledger).toEqual([])
  })

  it('that was written while the process stood still is in force before anything goes on', async () => {
    const { world, clock, pauseSource, sender } = await begin({}, 'w')
    pauseSource.holdBack()
    await clock.stall(20_000)
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(3_000)
    expect(sender.ledger).toEqual([])
    pauseSource.goOn()
    await clock.advance(2_000)
    expect(sender.ledger).toEqual([])
  })

  it('goes on as it was last known while its topic cannot be read', async () => {
    const { world, clock, pauseSource, sender, outcomes } = await begin({}, 'w', 'free')
    pauseSource.pause('webhook:w')
    await clock.advance(200)
    pauseSource.holdBack()
    await clock.advance(60_000)
    world.events(0, 'e')
    await clock.advance(1_000)
    expect(sender.ledger.map(({ request }) => request.origin)).toEqual(['http://free.test'])
    expect(outcomes.endings).toEqual(['delivered: ok after 1'])
  })

  it('feeds no breaker, holds no budget and does not stop the partition', async () => {
    const { world, clock, pauseSource, process, sender } = await begin(
      { budget: { maxDeliveries: 2 } },
      'w',
      'free',
    )
    pauseSource.pause('webhook:w')
    world.events(0, ...Array.from({ length: 50 }, (_, index) => `e${index}`))
    await clock.advance(3_000)
    expect(process.observer.of('breaker')).toEqual([])
    expect(sender.ledger).toHaveLength(50)
    expect(world.source.committed(0)).toBe(50n)
  })
})

describe('what is paused', () => {
  it('is written once, and not again while the pause lasts, but for once in its topic’s delay', async () => {
    const { world, clock, pauseSource, delaysParked } = await begin({}, 'w')
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(500_000)
    expect(delaysParked()).toEqual([pauseDelayMs])
  })

  it('is delivered at once when it is resumed, after whatever other wait it would have had', async () => {
    const { world, clock, pauseSource, sender, outcomes } = await begin({}, 'w')
    pauseSource.pause('webhook:w')
    world.events(0, 'one', 'two', 'three')
    await clock.advance(120_000)
    pauseSource.lift('webhook:w')
    await clock.advance(500)
    expect(sender.ledger).toHaveLength(3)
    expect(outcomes.endings).toEqual(Array(3).fill('delivered: ok after 1'))
  })

  it('goes on within seconds where it stands behind what stays paused, which is moved once', async () => {
    const { world, clock, pauseSource, sender, delaysParked } = await begin({ ordering: 'none' }, 'a', 'b')
    for (const id of ['a', 'b']) pauseSource.pause(`webhook:${id}`)
    world.events(0, 'one', 'two')
    await clock.advance(60_000)
    expect(delaysParked()).toHaveLength(4)
    pauseSource.lift('webhook:b')
    await clock.advance(5_000)
    expect(sender.ledger.map(({ request }) => request.origin)).toEqual(['http://b.test', 'http://b.test'])
    expect(delaysParked()).toHaveLength(6)
    await clock.advance(120_000)
    expect(delaysParked()).toHaveLength(6)
    pauseSource.lift('webhook:a')
    await clock.advance(500)
    expect(sender.ledger).toHaveLength(4)
  })

  it('goes on within seconds also where a worker that had not heard of the resume parked it meanwhile', async () => {
    const { world, clock, pauseSource, sender, process } = await begin({}, 'a', 'b')
    pauseSource.pause('webhook:a')
    pauseSource.pause('webhook:b')
    world.events(0, 'one')
    await clock.advance(10_000)
    pauseSource.lift('webhook:b')
    await clock.advance(1_000)
    // As another process writes it: behind one that is paused, for a pause that is over.
    const late = world.retries.writes.find(({ parked }) => String(parked.webhookIds[0]) === 'b')?.parked
    if (late === undefined) throw new Error('it was not parked')
    const progress = { ...late.progress, parkedTimes: 7 }
    world.retries.append({ ...late, progress, pausedBy: { key: 'webhook:b', asOf: -1n } }, pauseDelayMs)
    await clock.advance(6_000)
    expect(sender.ledger.map(({ request }) => request.origin)).toEqual(['http://b.test', 'http://b.test'])
    expect(process.observer.of('trouble')).toEqual([])
  })

  it('expires at its horizon, which a pause does not move', async () => {
    const { world, clock, pauseSource, sender, outcomes } = await begin({}, 'w')
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(599_000)
    expect(outcomes.endings).toEqual([])
    await clock.advance(3_000)
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual(['expired: horizon_passed after 0'])
  })

  it('outlives its process', async () => {
    const { world, clock, pauseSource, sender, process } = await begin({}, 'w')
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(2_000)
    await clock.run(process.pipeline.drain(2_000))
    await world.started()
    await clock.advance(2_000)
    expect(sender.ledger).toEqual([])
    pauseSource.lift('all')
    await clock.advance(1_000)
    expect(sender.ledger).toHaveLength(1)
  })

  it('waits no longer for a receiver that fails afterwards than what was never paused', async () => {
    const { world, clock, pauseSource, retries, process } = await begin({}, 'w')
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(1_000)
    for (let turn = 0; turn < 6; turn += 1) {
      pauseSource.pause('account:elsewhere')
      pauseSource.lift('account:elsewhere')
      await clock.advance(10_000)
    }
    expect(retries.writes.length).toBeGreaterThan(5)
    expect(retries.writes.at(-1)?.parked.progress.deferrals).toBe(1)
    expect(process.observer.of('outcome')).toHaveLength(1)
  })

  it('is given to its receiver beginning with two at once', async () => {
    const lanes = { ...laneBounds, maxWaitMs: 1_000 }
    const { world, clock, pauseSource, sender } = await begin({ lanes, ordering: 'none' }, 'w')
    sender.script('http://w.test/hook', { status: 200, afterMs: 50 })
    for (let turn = 0; turn < 30; turn += 1) {
      world.events(0, ...Array.from({ length: 20 }, (_, index) => `warm${turn}-${index}`))
      await clock.advance(100)
    }
    await clock.advance(5_000)
    const before = sender.mostUnderWay
    expect(before).toBeGreaterThan(8)
    pauseSource.pause('all')
    world.events(0, ...Array.from({ length: 60 }, (_, index) => `held${index}`))
    await clock.advance(10_000)
    const { length } = sender.ledger
    pauseSource.lift('all')
    await clock.advance(40)
    expect(sender.ledger.length - length).toBe(2)
    await clock.advance(60_000)
    expect(sender.ledger).toHaveLength(660)
  })
})

describe('while nothing is sent', () => {
  const shadow = { delivery: { shadow: 'all' as const } }

  it('a delivery ends as shadowed, rendered and judged, and asks no lane', async () => {
    const { world, clock, sender, outcomes, process } = await begin(shadow, 'w')
    world.events(0, 'e')
    await clock.advance(1_000)
    expect(sender.ledger).toEqual([])
    expect(outcomes.written).toMatchObject([
      {
        result: 'shadowed',
        reason: 'ok',
        faultOwner: null,
        final: true,
        attempt: 0,
        origin: 'http://w.test',
        queuedMs: null,
      },
    ])
    expect(process.isolation.standing()).toMatchObject({ closed: 0, open: 0, halfOpen: 0 })
  })

  it('what could not be sent is rejected as ever', async () => {
    const { world, clock, outcomes, tableSource } = await begin(
      { delivery: { shadow: 'all', maxBodyBytes: 5 } },
      'w',
    )
    tableSource.put(webhookConfig('broken', { host: '' }))
    world.events(0, 'e')
    await clock.advance(1_000)
    expect([...outcomes.endings].sort()).toEqual([
      'rejected: body_too_large after 0',
      'rejected: invalid_config after 0',
    ])
  })

  it('only the accounts that are named are shadowed, and a pause does not keep them waiting', async () => {
    const { world, clock, sender, outcomes, pauseSource } = await begin(
      { delivery: { shadow: new Set(['acme']) } },
      'w',
    )
    pauseSource.pause('all')
    world.events(0, 'e')
    await clock.advance(1_000)
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual(['shadowed: ok after 0'])
  })

  it('what was parked while it was sent ends as shadowed too, with the attempts that it had', async () => {
    const { world, clock, sender, outcomes, process } = await begin({}, 'w')
    sender.script('http://w.test/hook', { status: 500 })
    world.events(0, 'e')
    await clock.advance(1_000)
    const { length } = sender.ledger
    expect(length).toBe(1)
    await clock.run(process.pipeline.drain(2_000))
    world.options = shadow
    await world.started()
    await clock.advance(10_000)
    expect(sender.ledger).toHaveLength(length)
    expect(outcomes.endings).toEqual(['shadowed: ok after 1'])
  })

  it('what ended as shadowed is not sent when sending begins', async () => {
    const { world, clock, sender, outcomes, process } = await begin(shadow, 'w')
    world.events(0, 'e')
    await clock.advance(1_000)
    await clock.run(process.pipeline.drain(2_000))
    world.options = {}
    await world.started()
    world.events(0, 'f')
    await clock.advance(10_000)
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.endings).toEqual(['shadowed: ok after 0', 'delivered: ok after 1'])
  })
})
