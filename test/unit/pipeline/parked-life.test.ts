// What becomes of a record of a retry topic once it is due.
import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { DeliveryProgress } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { ParkedDelivery } from '../../../src/domain/parked-delivery.ts'
import { readEvent } from '../../../src/pipeline/event-life.ts'
import { readParked } from '../../../src/pipeline/parked-life.ts'
import type { DecodedParked } from '../../../src/domain/decoded.ts'
import type { SourceRecord } from '../../../src/ports.ts'
import { ParkedCopies } from '../../../src/progress/parked-copies.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'
import { settle } from '../../fakes/virtual-clock.ts'

const { signal } = new AbortController()

interface Given {
  readonly progress?: Partial<DeliveryProgress>
  readonly webhookIds?: readonly string[]
  readonly expiresInMs?: number
}

/** A started process with webhooks `w`, `v` and, with a horizon of ten seconds, `brief`. */
async function begin(options: WorldOptions = {}) {
  const world = new PipelineWorld(options)
  const { clock, tableSource, sender, outcomes, retries } = world
  for (const name of ['w', 'v']) tableSource.put(webhookConfig(name))
  const limits = { concurrency: null, rate_per_second: null, total_timeout_ms: null, retry_horizon_s: 10 }
  tableSource.put(webhookConfig('brief', { limits }))
  const process = await world.started()
  const copies = new ParkedCopies(100)
  const lost = new AbortController()
  const halting = new AbortController()
  const results: string[] = []
  const event = callEvent('e', { occurred_at: clock.nowMs() })
  const parkedOf = ({ progress, webhookIds = ['w'], expiresInMs = 600_000 }: Given): ParkedDelivery => ({
    eventBytes: Buffer.from('e'),
    callId: event.call_id,
    webhookIds: webhookIds as WebhookId[],
    replay: 0,
    progress: { ...untouched, parkedTimes: 1, ...progress },
    eventTimeMs: clock.nowMs(),
    expiresAtMs: clock.nowMs() + expiresInMs,
    source: { topic: 'call-events', partition: 0, offset: 5n },
    trace: null,
  })
  const recordAt = (offset: number): SourceRecord => ({
    position: { topic: 'webhook-retries.5s', partition: 0, offset: BigInt(offset) },
    timestampMs: clock.nowMs(),
    key: Buffer.from('key'),
    value: Buffer.from('value'),
    headers: {},
  })
  /** Reads the record and begins what it leads to; resolves when that has begun. */
  const take = async (decoded: DecodedParked, offset: number): Promise<void> => {
    const world = { ...process.parked, decoder: { decode: () => decoded } }
    const life = await readParked(recordAt(offset), signal, world, copies)
    const signals = { halting: halting.signal, cut: halting.signal, lost: lost.signal }
    await life({ signals, done: (result) => void results.push(result) })
  }
  const takeParked = (given: Given, offset = 1): Promise<void> =>
    take({ kind: 'parked', parked: parkedOf(given), event }, offset)
  /** The event, read anew from its own topic. */
  const takeEvent = async (offset: number): Promise<void> => {
    const world = { ...process.parked.event, decoder: { decode: () => ({ kind: 'event', event }) as const } }
    const position = { topic: 'call-events', partition: 0, offset: BigInt(offset) }
    const life = await readEvent({ ...recordAt(offset), position }, signal, world, copies)
    const signals = { halting: halting.signal, cut: halting.signal, lost: lost.signal }
    await life({ signals, done: (result) => void results.push(result) })
  }
  return { clock, sender, outcomes, retries, process, lost, results, take, takeParked, takeEvent }
}

describe('a parked delivery that is due', () => {
  it('goes on as the attempt that comes next, and is finished when it has ended', async () => {
    const { clock, sender, outcomes, results, takeParked, process } = await begin()
    await takeParked({ progress: { attempts: 3, deferrals: 2, parkedTimes: 5, backoffStep: 3 } })
    expect([sender.ledger.map(({ attempt }) => attempt), results]).toEqual([[4], []])
    expect(process.budget.deliveries).toBe(1)
    await clock.advance(100)
    expect([outcomes.endings, results]).toEqual([['delivered: ok after 4'], ['finished']])
    expect([process.budget.deliveries, process.budget.bytes]).toEqual([0, 0])
  })

  it('whose receiver may be tried from just now on goes on', async () => {
    const { clock, sender, takeParked } = await begin()
    await takeParked({ progress: { notBeforeMs: clock.nowMs() } })
    expect(sender.ledger).toHaveLength(1)
  })

  it('of a webhook that was deleted ends without an attempt', async () => {
    const { clock, sender, outcomes, results, takeParked } = await begin()
    await takeParked({ webhookIds: ['gone'] })
    await clock.advance(10)
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual(['cancelled: webhook_deleted after 0'])
    expect(results).toEqual(['finished'])
  })
})

describe('a parked delivery whose receiver asked for more time', () => {
  it('is moved on to the longest topic within it, as it was, and without an attempt', async () => {
    const { clock, sender, retries, results, takeParked, process } = await begin()
    const notBeforeMs = clock.nowMs() + 299_999
    const progress = { attempts: 2, deferrals: 1, parkedTimes: 4, backoffStep: 2, notBeforeMs }
    await takeParked({ progress })
    await settle()
    expect(retries.writes.map(({ delayMs, parked }) => [delayMs, parked.progress])).toEqual([
      [30_000, { ...progress, parkedTimes: 5, expectedAtMs: null, lastFault: null }],
    ])
    expect([sender.ledger, results]).toEqual([[], ['finished']])
    expect(process.observer.of('moved_on')).toHaveLength(1)
    expect(process.budget.deliveries).toBe(0)
  })

  it('waits in the shortest topic where even that is longer', async () => {
    const { clock, retries, takeParked } = await begin()
    await takeParked({ progress: { notBeforeMs: clock.nowMs() + 1 } })
    expect(retries.writes.map(({ delayMs }) => delayMs)).toEqual([5_000])
  })

  it('waits for that time then, not for room: it would come back at once, again and again', async () => {
    const { clock, retries, takeParked } = await begin()
    const nowMs = clock.nowMs()
    await takeParked({ progress: { notBeforeMs: nowMs + 3_000, expectedAtMs: nowMs - 1_000 } })
    expect(retries.writes.map(({ parked }) => parked.progress.expectedAtMs)).toEqual([null])
  })

  it('is finished only when its being moved on is acknowledged, and holds a place until then', async () => {
    const { clock, results, takeParked, process } = await begin()
    process.parking.hold()
    await takeParked({ progress: { notBeforeMs: clock.nowMs() + 10_000 } })
    await settle()
    expect([results, process.budget.deliveries]).toEqual([[], 1])
    process.parking.release()
    await settle()
    expect([results, process.budget.deliveries]).toEqual([['finished'], 0])
  })

  it('is left where that is never acknowledged', async () => {
    const { clock, results, takeParked, process } = await begin()
    process.parking.hold()
    await takeParked({ progress: { notBeforeMs: clock.nowMs() + 10_000 } })
    await process.parking.stop()
    await settle()
    expect([results, process.budget.deliveries]).toEqual([['left'], 0])
  })

  it('is left, and written nowhere, where the partition was lost', async () => {
    const { clock, lost, retries, results, takeParked } = await begin()
    lost.abort()
    await takeParked({ progress: { notBeforeMs: clock.nowMs() + 10_000 } })
    await settle()
    expect([retries.writes, results]).toEqual([[], ['left']])
  })

  it('is not moved on before the budget has room for it', async () => {
    const { clock, retries, takeParked, process } = await begin({ budget: { maxDeliveries: 1 } })
    const other = { bytes: 1, accountId: 'other', kind: 'start' } as const
    void process.budget.acquire(other, clock.monotonicMs())
    const taking = takeParked({ progress: { notBeforeMs: clock.nowMs() + 10_000 } })
    await settle()
    expect(retries.writes).toEqual([])
    process.budget.release(other, clock.monotonicMs())
    await taking
    expect(retries.writes).toHaveLength(1)
  })
})

describe('a copy', () => {
  it('of what was taken a moment ago is finished without an attempt, and told of', async () => {
    const { clock, sender, results, takeParked, process } = await begin()
    await takeParked({}, 1)
    await takeParked({}, 2)
    expect([sender.ledger.length, results]).toEqual([1, ['finished']])
    expect(process.observer.of('copy_dropped')).toHaveLength(1)
    await clock.advance(100)
    expect([sender.ledger.length, results]).toEqual([1, ['finished', 'finished']])
    expect(process.budget.deliveries).toBe(0)
  })

  it('is none where the same record is read again', async () => {
    const { clock, sender, takeParked } = await begin()
    await takeParked({}, 1)
    await clock.advance(100)
    await takeParked({}, 1)
    expect(sender.ledger).toHaveLength(2)
  })

  it('whose own attempt led to one that came first tells of that attempt before it is finished', async () => {
    const { clock, sender, outcomes, results, takeParked } = await begin()
    outcomes.hold()
    const lastFault = { reason: 'http_status', faultOwner: 'receiver', statusCode: 503 } as const
    await takeParked({ progress: { attempts: 2, parkedTimes: 2, lastFault } }, 7)
    await takeParked({ progress: { attempts: 1, parkedTimes: 1 } }, 3)
    await clock.advance(100)
    expect([sender.ledger.map(({ attempt }) => attempt), results]).toEqual([[3], []])
    outcomes.release()
    await settle()
    expect(results).toEqual(['finished', 'finished'])
    const told = outcomes.written.find(({ outcomeId }) => outcomeId.endsWith('/a2'))
    expect(told).toMatchObject({
      result: 'retry_scheduled',
      ...lastFault,
      attempt: 2,
      parked: { topic: 'webhook-retries.5s', partition: 0, offset: 7n },
    })
  })

  it('says so where not even that is known', async () => {
    const { clock, outcomes, takeParked } = await begin()
    await takeParked({ progress: { attempts: 3, parkedTimes: 3 } }, 9)
    await takeParked({ progress: { attempts: 1, parkedTimes: 1 } }, 3)
    await clock.advance(100)
    expect(outcomes.steps).toEqual(['0/a2', '0/final'])
    expect(outcomes.written[0]).toMatchObject({
      reason: 'interrupted',
      faultOwner: 'worker',
      statusCode: null,
    })
  })

  it('tells of nothing where no attempt lies between', async () => {
    const { clock, outcomes, takeParked } = await begin()
    await takeParked({ progress: { attempts: 1, parkedTimes: 2 } }, 7)
    await takeParked({ progress: { attempts: 1, parkedTimes: 1 } }, 3)
    await clock.advance(100)
    expect(outcomes.endings).toEqual(['delivered: ok after 2'])
  })

  it('of one that was moved on is not moved on, too', async () => {
    const { clock, retries, results, takeParked } = await begin()
    const progress = { notBeforeMs: clock.nowMs() + 60_000 }
    await takeParked({ progress }, 1)
    await takeParked({ progress }, 2)
    await settle()
    expect([retries.writes.length, results]).toEqual([1, ['finished', 'finished']])
  })

  it('of a part of a chunk is left out of it', async () => {
    const { clock, sender, results, takeParked } = await begin()
    await takeParked({ webhookIds: ['w'] }, 1)
    await takeParked({ webhookIds: ['w', 'v'] }, 2)
    await clock.advance(100)
    expect(sender.ledger.map(({ request }) => request.origin)).toEqual(['http://w.test', 'http://v.test'])
    expect(results).toEqual(['finished', 'finished'])
  })
})

describe('an event that is read again', () => {
  it('after what it led to is not delivered anew, but the attempt that led there is told of', async () => {
    const { clock, sender, outcomes, results, takeParked, takeEvent } = await begin()
    const lastFault = { reason: 'reset', faultOwner: 'receiver', statusCode: null } as const
    await takeParked({ progress: { attempts: 1, parkedTimes: 1, lastFault } }, 7)
    await takeEvent(1)
    await clock.advance(100)
    expect(sender.ledger.map(({ attempt, request }) => [attempt, request.origin])).toEqual([
      [2, 'http://w.test'],
      [1, 'http://v.test'],
      [1, 'http://brief.test'],
    ])
    const told = outcomes.written.find(({ outcomeId }) => outcomeId.endsWith('/a1'))
    expect(told).toMatchObject({ ...lastFault, attempt: 1, parked: { offset: 7n } })
    expect(results).toEqual(['finished', 'finished'])
  })

  it('is left where that was not acknowledged', async () => {
    const { clock, outcomes, results, takeParked, takeEvent } = await begin()
    await takeParked({ progress: { attempts: 1, parkedTimes: 1 }, webhookIds: ['w', 'v', 'brief'] }, 7)
    await clock.advance(100)
    outcomes.hold()
    await takeEvent(1)
    await settle()
    expect(results).toEqual(['finished'])
    await outcomes.stop()
    await settle()
    expect(results).toEqual(['finished', 'left'])
  })
})

describe('a chunk', () => {
  it('is delivered to each of its webhooks, within the horizon that each asks for', async () => {
    const { clock, sender, retries, results, takeParked } = await begin()
    for (const name of ['w', 'v', 'brief']) sender.script(`http://${name}.test/hook`, { status: 500 })
    await takeParked({ webhookIds: ['w', 'v', 'brief'] })
    await clock.advance(100)
    expect(sender.ledger).toHaveLength(3)
    expect(results).toEqual(['finished'])
    expect(retries.writes.map(({ parked }) => parked.expiresAtMs - parked.eventTimeMs)).toEqual([
      600_000, 600_000, 10_000,
    ])
  })
})

describe('a record that holds no delivery', () => {
  it('is put aside where it cannot be understood, and finished when that is acknowledged', async () => {
    const { results, take, process } = await begin()
    process.deadLetters.hold()
    const taking = take({ kind: 'undecodable', reason: 'undecodable', detail: 'noise' }, 1)
    await settle()
    expect([results, process.deadLetters.written.length]).toEqual([[], 1])
    process.deadLetters.release()
    await taking
    expect(results).toEqual(['finished'])
  })

  it('is passed over where its event is of a type that this version does not know', async () => {
    const { results, take, process } = await begin()
    await take({ kind: 'unknown_type' }, 1)
    expect([results, process.deadLetters.written]).toEqual([['finished'], []])
    expect(process.observer.of('event_skipped')).toEqual([
      { kind: 'event_skipped', reason: 'unknown_event_type' },
    ])
  })
})
