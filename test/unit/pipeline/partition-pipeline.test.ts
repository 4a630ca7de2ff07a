// One partition: what is taken when, what finishes an offset, and what a halt leaves behind.
import { describe, expect, it } from '@jest/globals'
import { readEvent } from '../../../src/pipeline/event-life.ts'
import { ParkedCopies } from '../../../src/progress/parked-copies.ts'
import { PartitionPipeline } from '../../../src/pipeline/partition-pipeline.ts'
import type { PartitionKind } from '../../../src/pipeline/partition-pipeline.ts'
import type { SourceRecord } from '../../../src/ports.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import { PipelineWorld, sessionTimeoutMs } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'
import { settle } from '../../fakes/virtual-clock.ts'

/** A partition outside of any assignment, fed by hand. `tapped`: what it asked of the source. */
async function onePartition(options: WorldOptions = {}) {
  const world = new PipelineWorld(options)
  const { clock, decoder, tableSource } = world
  tableSource.put(webhookConfig('w'))
  const process = await world.started()
  const tapped: string[] = []
  const tap = { pause: () => tapped.push('pause'), resume: () => tapped.push('resume') }
  const kind: PartitionKind = {
    delayMs: null,
    read: (taken, signal) => readEvent(taken, signal, process.parked.event, new ParkedCopies(100)),
  }
  const pipeline = new PartitionPipeline(process.partition, kind, tap, null)
  const record = (offset: number, text = `e${offset}`): SourceRecord => {
    if (/^e\d+$/.test(text)) {
      decoder.means(text, { kind: 'event', event: callEvent(text, { occurred_at: clock.nowMs() }) })
    }
    const bytes = Buffer.from(text)
    const position = { topic: 'call-events', partition: 0, offset: BigInt(offset) }
    return { position, timestampMs: clock.nowMs(), key: bytes, value: bytes, headers: {} }
  }
  const records = (...offsets: readonly number[]): SourceRecord[] => offsets.map((offset) => record(offset))
  return { world, process, pipeline, tapped, record, records }
}

/** A partition of a retry topic. `taken`: the offsets that were, each finished at once. */
async function waitingPartition(delayMs: number) {
  const { world, process, records } = await onePartition()
  const taken: bigint[] = []
  const tapped: string[] = []
  const tap = { pause: () => tapped.push('pause'), resume: () => tapped.push('resume') }
  const read: PartitionKind['read'] = ({ position }) =>
    Promise.resolve(({ done }) => {
      taken.push(position.offset)
      done('finished')
      return Promise.resolve()
    })
  const pipeline = new PartitionPipeline(process.partition, { delayMs, read }, tap, null)
  return { world, pipeline, taken, tapped, records }
}

/** A partition of call events whose records are done when the test says so. */
async function heldPartition() {
  const { world, process, record } = await onePartition({ bounds: { maxQueuedRecords: 10_000 } })
  const held = new Map<number, (result: 'finished' | 'left') => void>()
  const read: PartitionKind['read'] = ({ position }) =>
    Promise.resolve(({ done }) => {
      held.set(Number(position.offset), done)
      return Promise.resolve()
    })
  const tap = { pause: () => {}, resume: () => {} }
  const pipeline = new PartitionPipeline(process.partition, { delayMs: null, read }, tap, null)
  const records = (from: number, to: number): SourceRecord[] =>
    Array.from({ length: to - from }, (_, index) => record(from + index, 'any'))
  return { world, pipeline, held, records }
}

describe('a partition with more unfinished records than a commit can tell apart', () => {
  it('takes no more until one is finished', async () => {
    const { world, pipeline, held, records } = await heldPartition()
    pipeline.records(records(0, 3_000), 3_000n)
    await world.clock.advance(1_000)
    const most = held.size
    expect(most).toBeGreaterThan(2_000)
    expect(most).toBeLessThan(2_400)
    held.get(7)?.('finished')
    held.get(8)?.('finished')
    await world.clock.advance(1_000)
    expect(held.size).toBe(most + 2)
    expect(pipeline.committable()?.metadata.length).toBeLessThanOrEqual(3_072)
    for (let offset = 0; offset < 3_000; offset += 1) {
      held.get(offset)?.('finished')
      await world.clock.advance(1)
    }
    expect(pipeline.committable()).toEqual({ offset: 3_000n, metadata: '' })
  })

  it('reads on behind them after a rejoin that leaves it where it is', async () => {
    const { world, pipeline, held, records } = await heldPartition()
    pipeline.records(records(0, 3_000), 3_000n)
    await world.clock.advance(1_000)
    const most = held.size
    pipeline.halt()
    await world.clock.advance(0)
    pipeline.goOn()
    pipeline.records(records(0, 3_000), 3_000n)
    held.get(7)?.('finished')
    await world.clock.advance(1_000)
    expect([held.size, held.has(most)]).toEqual([most + 1, true])
  })
})

describe('deliveries of a partition', () => {
  it('run in parallel, and the offset stays below the first that is not finished', async () => {
    const { world, pipeline, records } = await onePartition()
    world.tableSource.put(webhookConfig('v'))
    world.sender.script('http://w.test/hook', { status: 200, afterMs: 900 }, { status: 200, afterMs: 10 })
    pipeline.records(records(5, 6, 7), 8n)
    await world.clock.advance(100)
    // Two at each of two receivers: more at one is earned by answers.
    expect(world.sender.mostUnderWay).toBe(4)
    expect(world.outcomes.endings).toHaveLength(5)
    expect(pipeline.committable()?.offset).toBe(5n)
    expect(pipeline.backlog.records).toBe(3n)
    await world.clock.advance(1_000)
    expect(pipeline.committable()?.offset).toBe(8n)
    expect(pipeline.backlog.records).toBe(0n)
  })

  it('that are parked finish their offset when both the parked record and its outcome are acknowledged', async () => {
    const { world, process, pipeline, records } = await onePartition()
    world.sender.script('http://w.test/hook', { status: 500 })
    process.parking.hold()
    world.outcomes.hold()
    pipeline.records(records(0), 1n)
    await world.clock.advance(100)
    expect([world.retries.writes.length, world.outcomes.steps]).toEqual([1, []])
    expect(pipeline.committable()?.offset).toBe(0n)
    process.parking.release()
    await settle()
    expect(world.outcomes.steps).toEqual(['0/a1'])
    expect(pipeline.committable()?.offset).toBe(0n)
    world.outcomes.release()
    await settle()
    expect(pipeline.committable()?.offset).toBe(1n)
  })

  it('finish their offset only when all outcomes of the event are acknowledged', async () => {
    const { world, pipeline, records } = await onePartition()
    world.tableSource.put(webhookConfig('v'))
    world.outcomes.hold()
    pipeline.records(records(0), 1n)
    await world.clock.advance(60_000)
    expect(world.outcomes.endings).toHaveLength(2)
    expect(pipeline.committable()?.offset).toBe(0n)
    world.outcomes.release()
    await settle()
    expect(pipeline.committable()?.offset).toBe(1n)
  })

  it('that were left keep their offset for ever', async () => {
    const { world, pipeline, records } = await onePartition()
    world.outcomes.hold()
    pipeline.records(records(0, 1), 2n)
    await world.clock.advance(100)
    await world.outcomes.stop()
    await world.clock.advance(100)
    expect(pipeline.committable()?.offset).toBe(0n)
  })
})

describe('records that lead to no delivery', () => {
  it('are passed over where the event type is unknown', async () => {
    const { world, process, pipeline, record } = await onePartition()
    world.decoder.means('new kind', { kind: 'unknown_type' })
    pipeline.records([record(0, 'new kind')], 1n)
    await settle()
    expect(pipeline.committable()?.offset).toBe(1n)
    expect(process.observer.of('event_skipped').map(({ reason }) => reason)).toEqual(['unknown_event_type'])
  })

  it('are passed over where no webhook matches', async () => {
    const { world, process, pipeline, records } = await onePartition()
    world.tableSource.remove('w')
    pipeline.records(records(0), 1n)
    await settle()
    expect(pipeline.committable()?.offset).toBe(1n)
    expect(process.observer.of('event_skipped').map(({ reason }) => reason)).toEqual(['no_webhook'])
  })

  it('move the offset only when their dead letter is acknowledged', async () => {
    const { process, pipeline, record } = await onePartition()
    process.deadLetters.hold()
    pipeline.records([record(3, 'noise')], 4n)
    await settle()
    expect(process.deadLetters.written).toMatchObject([
      { reason: 'not_framed', record: { position: { offset: 3n } } },
    ])
    expect(pipeline.committable()?.offset).toBe(3n)
    process.deadLetters.release()
    await settle()
    expect(pipeline.committable()?.offset).toBe(4n)
  })

  it('stay uncommitted when the dead letter cannot be written, and the records behind them go on', async () => {
    const { world, process, pipeline, record } = await onePartition()
    await process.deadLetters.stop()
    pipeline.records([record(0, 'noise'), record(1)], 2n)
    await world.clock.advance(100)
    expect(world.outcomes.endings).toEqual(['delivered: ok after 1'])
    expect(pipeline.committable()?.offset).toBe(0n)
    expect(process.observer.of('trouble')).toHaveLength(1)
  })

  it('get one outcome for the whole event where it matches more webhooks than it may', async () => {
    const { world, pipeline, records } = await onePartition({ fanoutLimit: 2 })
    world.tableSource.put(webhookConfig('v'))
    world.tableSource.put(webhookConfig('u'))
    world.outcomes.hold()
    pipeline.records(records(0), 1n)
    await world.clock.advance(100)
    expect(world.sender.ledger).toEqual([])
    expect(world.outcomes.written).toMatchObject([
      { result: 'rejected', reason: 'fanout_limit', webhookId: null, final: true },
    ])
    expect(pipeline.committable()?.offset).toBe(0n)
    world.outcomes.release()
    await settle()
    expect(pipeline.committable()?.offset).toBe(1n)
  })
})

describe('a record whose schema is not known yet', () => {
  it('holds the records behind it, and nothing before it', async () => {
    const { world, pipeline, records } = await onePartition()
    const release = world.decoder.hold('e1')
    pipeline.records(records(0, 1, 2), 3n)
    await world.clock.advance(1_000)
    expect(world.sent).toEqual(['e0'])
    expect(pipeline.committable()?.offset).toBe(1n)
    release()
    await world.clock.advance(100)
    expect(world.sent).toEqual(['e0', 'e1', 'e2'])
  })

  it('is not taken when its wait is halted, and begins once when it is read again', async () => {
    const { world, pipeline, records } = await onePartition()
    const release = world.decoder.hold('e0')
    pipeline.records(records(0), 1n)
    await settle()
    pipeline.halt()
    await pipeline.idle()
    expect(pipeline.committable()).toBeNull()
    pipeline.goOn()
    release()
    pipeline.records(records(0), 1n)
    await world.clock.advance(100)
    expect(world.sent).toEqual(['e0'])
    expect(pipeline.committable()?.offset).toBe(1n)
  })

  it('begins once when the partition goes on without having been halted', async () => {
    const { world, pipeline, records } = await onePartition()
    const release = world.decoder.hold('e0')
    pipeline.records(records(0, 1), 2n)
    await settle()
    pipeline.goOn()
    pipeline.records(records(0, 1), 2n)
    release()
    await world.clock.advance(100)
    expect(world.sent).toEqual(['e0', 'e1'])
  })
})

describe('a decoder that gives up', () => {
  it('halts its partition: the records behind it must not be committed past it', async () => {
    const { world, process, pipeline, records } = await onePartition()
    const { decode } = world.decoder
    world.decoder.decode = () => Promise.reject(new Error('the schemas were stopped'))
    pipeline.records(records(0, 1), 2n)
    await settle()
    world.decoder.decode = decode
    pipeline.records(records(2), 3n)
    await world.clock.advance(100)
    expect(world.sent).toEqual([])
    expect(pipeline.committable()).toBeNull()
    expect(process.observer.of('trouble')).toMatchObject([{ error: 'the schemas were stopped' }])
    pipeline.goOn()
    pipeline.records(records(0, 1, 2), 3n)
    await world.clock.advance(100)
    expect(world.sent).toEqual(['e0', 'e1', 'e2'])
  })
})

describe('a halt', () => {
  it('takes nothing more, lets what was taken end, and is idle then', async () => {
    const { world, pipeline, records } = await onePartition({ budget: { maxDeliveries: 1 } })
    pipeline.records(records(0, 1, 2), 3n)
    await settle()
    pipeline.halt()
    pipeline.records(records(3), 4n)
    await world.clock.run(pipeline.idle())
    // The second was taken and waited for its place in the budget; the third was not.
    expect(world.sent).toEqual(['e0', 'e1'])
    expect(pipeline.committable()?.offset).toBe(2n)
  })

  it('followed by a reading from the committed offset begins nothing twice', async () => {
    const { world, pipeline, records } = await onePartition()
    world.sender.script('http://w.test/hook', { status: 200, afterMs: 5_000 }, { status: 200 })
    pipeline.records(records(0, 1, 2), 3n)
    await world.clock.advance(100)
    pipeline.halt()
    pipeline.goOn()
    pipeline.records(records(0, 1, 2, 3), 4n)
    await world.clock.advance(6_000)
    expect(world.sent).toEqual(['e0', 'e1', 'e2', 'e3'])
    expect(pipeline.committable()?.offset).toBe(4n)
  })

  it('behind a closed gate holds nothing back afterwards', async () => {
    const { world, pipeline, records } = await onePartition()
    world.source.stopBeating()
    await world.clock.advance(sessionTimeoutMs + 1)
    pipeline.records(records(0), 1n)
    await settle()
    pipeline.halt()
    pipeline.goOn()
    pipeline.records(records(0, 1), 2n)
    world.source.beatAgain()
    await world.clock.advance(1_000)
    expect(world.sent).toEqual(['e0', 'e1'])
  })
})

describe('an abandoned partition', () => {
  it('cuts what is in flight without an outcome and gives its places back', async () => {
    const { world, process, pipeline, records } = await onePartition({ budget: { maxDeliveries: 2 } })
    world.sender.script('http://w.test/hook', { hang: true })
    pipeline.records(records(0, 1, 2, 3), 4n)
    await world.clock.advance(100)
    pipeline.abandon()
    await world.clock.run(pipeline.idle())
    await settle()
    expect(world.sent).toEqual(['e0', 'e1'])
    expect(world.outcomes.written).toEqual([])
    expect(pipeline.committable()?.offset).toBe(0n)
    expect([process.budget.deliveries, process.budget.bytes, process.budget.waiting]).toEqual([0, 0, 0])
  })
})

describe('a cut', () => {
  it('parks what is unfinished, so that nothing of it is left', async () => {
    const { world, pipeline, records } = await onePartition({ budget: { maxDeliveries: 2 } })
    world.sender.script('http://w.test/hook', { hang: true })
    pipeline.records(records(0, 1, 2, 3), 4n)
    await world.clock.advance(100)
    pipeline.cut()
    await world.clock.run(pipeline.idle())
    expect(world.sent).toEqual(['e0', 'e1'])
    // The third was taken and waited for its place in the budget; the fourth was not.
    expect(world.outcomes.steps).toEqual(['0/a1', '0/a1', '0/d1'])
    expect(world.outcomes.written.map(({ reason }) => reason)).toEqual(Array(3).fill('interrupted'))
    expect(pipeline.committable()?.offset).toBe(3n)
  })

  it('is over when the partition goes on', async () => {
    const { world, pipeline, records } = await onePartition()
    world.sender.script('http://w.test/hook', { hang: true }, { status: 200 })
    pipeline.records(records(0), 1n)
    await world.clock.advance(100)
    pipeline.cut()
    await world.clock.run(pipeline.idle())
    pipeline.goOn()
    pipeline.records(records(1, 2), 3n)
    await world.clock.advance(100)
    expect(world.outcomes.endings).toEqual(['delivered: ok after 1', 'delivered: ok after 1'])
    expect(pipeline.committable()?.offset).toBe(3n)
  })
})

describe('bounds', () => {
  it('hold the number of deliveries under way', async () => {
    const { world, process, pipeline, records } = await onePartition({ budget: { maxDeliveries: 3 } })
    pipeline.records(records(...Array.from({ length: 20 }, (_, index) => index)), 20n)
    await world.clock.advance(1_000)
    expect(world.sender.mostUnderWay).toBe(3)
    expect(pipeline.committable()?.offset).toBe(20n)
    expect(process.budget.deliveries).toBe(0)
  })

  it('pause the partition above its number of records and resume it at half', async () => {
    const { world, pipeline, tapped, records } = await onePartition({
      budget: { maxDeliveries: 1 },
      bounds: { maxQueuedRecords: 4 },
    })
    pipeline.records(records(0, 1, 2, 3), 8n)
    expect(tapped).toEqual([])
    await settle()
    // One is under way and one waits for its place: two are queued.
    pipeline.records(records(4, 5, 6), 8n)
    expect(tapped).toEqual(['pause'])
    await world.clock.advance(25)
    expect(tapped).toEqual(['pause'])
    await world.clock.advance(10)
    expect(tapped).toEqual(['pause', 'resume'])
    await world.clock.advance(1_000)
    expect(pipeline.committable()?.offset).toBe(7n)
    expect(tapped).toEqual(['pause', 'resume'])
  })

  it('pause the partition above its bytes', async () => {
    const { world, pipeline, tapped, records } = await onePartition({
      budget: { maxDeliveries: 1 },
      bounds: { maxQueuedBytes: 11 },
    })
    pipeline.records(records(0, 1), 2n)
    expect(tapped).toEqual([])
    // One is under way and one waits for its place.
    pipeline.records(records(2, 3, 4), 5n)
    expect(tapped).toEqual(['pause'])
    await world.clock.advance(1_000)
    expect(tapped).toEqual(['pause', 'resume'])
  })
})

describe('records that arrive just when the queue runs dry', () => {
  it('are taken, whichever turn of the loop they meet', async () => {
    // Enough turns to pass the end of the taking of the first record, wherever it lies.
    for (let turns = 0; turns < 40; turns += 1) {
      const { world, pipeline, records } = await onePartition()
      pipeline.records(records(0), 1n)
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      pipeline.records(records(1), 2n)
      await world.clock.advance(100)
      expect([turns, world.sent]).toEqual([turns, ['e0', 'e1']])
    }
  })

  it('are taken, whichever turn of a halt they meet', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const { world, pipeline, records } = await onePartition()
      world.source.stopBeating()
      await world.clock.advance(sessionTimeoutMs + 1)
      pipeline.records(records(0), 1n)
      pipeline.halt()
      world.source.beatAgain()
      const opened = world.clock.advance(200)
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      pipeline.goOn()
      pipeline.records(records(0, 1), 2n)
      await opened
      await world.clock.advance(500)
      expect([turns, world.sent]).toEqual([turns, ['e0', 'e1']])
    }
  })
})

describe('a partition of a retry topic', () => {
  const delayMs = 30_000

  it('takes each record when it is due, a tenth of the delay sooner or later, in order', async () => {
    const { world, pipeline, taken, records } = await waitingPartition(delayMs)
    pipeline.records(records(0, 1, 2), 3n)
    await world.clock.advance(0.9 * delayMs - 1)
    expect(taken).toEqual([])
    expect([pipeline.committable(), pipeline.backlog.records]).toEqual([null, 3n])
    await world.clock.advance(0.2 * delayMs + 1)
    expect(taken).toEqual([0n, 1n, 2n])
    expect([pipeline.committable()?.offset, pipeline.backlog.records]).toEqual([3n, 0n])
  })

  it('takes at once what was due before it came', async () => {
    const { world, pipeline, taken, records } = await waitingPartition(delayMs)
    const old = records(0, 1)
    await world.clock.advance(1.1 * delayMs)
    pipeline.records(old, 2n)
    await settle()
    expect(taken).toEqual([0n, 1n])
  })

  it('waits no longer than its delay, whatever the clock of the broker says', async () => {
    const { world, pipeline, taken, records } = await waitingPartition(delayMs)
    const [record] = records(0)
    if (record === undefined) throw new Error('one record was asked for')
    pipeline.records([{ ...record, timestampMs: world.clock.nowMs() + 86_400_000 }], 1n)
    await world.clock.advance(1.1 * delayMs)
    expect(taken).toEqual([0n])
  })

  it('keeps few of those that wait, and has the rest handed over again before they are due', async () => {
    const { world, pipeline, taken, tapped, records } = await waitingPartition(delayMs)
    const all = records(...Array.from({ length: 100 }, (_, index) => index))
    let next = pipeline.records(all, 100n)
    expect(next).toBe(16)
    expect(tapped).toEqual(['pause'])
    const limitMs = world.clock.monotonicMs() + 1.1 * delayMs
    while (next < 100 && world.clock.monotonicMs() < limitMs) {
      await world.clock.advance(10)
      if (tapped.at(-1) === 'resume') next += pipeline.records(all.slice(next), 100n)
    }
    await world.clock.advance(0.2 * delayMs)
    expect(taken).toEqual(all.map(({ position }) => position.offset))
    expect(pipeline.committable()?.offset).toBe(100n)
  })

  it('that was halted wakes for nothing, and goes on with what it reads again', async () => {
    const { world, pipeline, taken, records } = await waitingPartition(delayMs)
    const two = records(0, 1)
    pipeline.records(two, 2n)
    await settle()
    pipeline.halt()
    await world.clock.advance(2 * delayMs)
    expect(taken).toEqual([])
    expect(pipeline.records(two, 2n)).toBe(2)
    pipeline.goOn()
    pipeline.records(two, 2n)
    await settle()
    expect(taken).toEqual([0n, 1n])
  })
})
