// The interleavings in which a delivery could get two records, or none: what is cut, landed or not; others at the same time.
import { describe, expect, it } from '@jest/globals'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import type { ReplayMark } from '../../../src/domain/replay-mark.ts'
import { DeliveryLedger } from '../../../src/replay/delivery-ledger.ts'
import { planReplay } from '../../../src/replay/replay-plan.ts'
import type { EventFound } from '../../../src/domain/event-found.ts'
import { runReplay } from '../../../src/replay/replay-run.ts'
import type { ReplayReport, WriteAnswer } from '../../../src/replay/replay-run.ts'
import { everything, failedOutcome, idOf } from './replayed.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

/** A topic of replays that any number of runs write to, fenced as the brokers do it. */
class FakeTopic {
  readonly marks: ReplayMark[] = []
  /** Of the writer opened last: a write with another's is refused. */
  epoch = 0
  /** Asked before each write is taken: what becomes of it. */
  fate: (write: number) => 'taken' | 'taken_answer_lost' | 'lost' = () => 'taken'
  /** Done before each write is answered. */
  meanwhile: (write: number) => void = () => {}
  openings: 'open' | 'refused' = 'open'
  #writes = 0

  writer() {
    if (this.openings === 'refused') throw new Error('no broker')
    const epoch = (this.epoch += 1)
    return {
      write: async (records: readonly { readonly mark: ReplayMark }[]): Promise<WriteAnswer> => {
        const write = this.#writes++
        if (epoch !== this.epoch) return { kind: 'shut_out' }
        const fate = this.fate(write)
        if (fate !== 'lost') this.marks.push(...records.map(({ mark }) => mark))
        this.meanwhile(write)
        return fate === 'taken' ? { kind: 'written' } : { kind: 'in_doubt', error: 'cut' }
      },
      close: async () => {},
    }
  }
}

const count = 60

function world(topic = new FakeTopic(), runId = 'run') {
  const clock = new VirtualClock()
  const ledger = new DeliveryLedger(everything, runId)
  for (let event = 0; event < count; event += 1) ledger.outcome(failedOutcome(event))
  let read = 0
  const readMarks = async (): Promise<void> => {
    for (; read < topic.marks.length; read += 1) ledger.asked(topic.marks[read]!)
  }
  const stopping = new AbortController()
  let readOutcomes = async (): Promise<void> => {}
  let found: (event: number) => EventFound['kind'] = () => 'event'
  const run = async (): Promise<ReplayReport> => {
    const over = runReplay(
      {
        ledger,
        rows: planReplay(ledger).rows,
        mark: { runId, selection: 's' },
        perSecond: 40,
        rules: {
          deliveryIdOf: (eventId) => idOf(Number(eventId.slice(1))),
          eventTimeOf: () => 0,
          horizonMs: { call_start: 1, call_end: 1 },
          horizonOf: () => null,
          chunkSize: 50,
        },
      },
      {
        clock,
        open: async () => topic.writer(),
        readMarks,
        readOutcomes: () => readOutcomes(),
        findEvents: async (deliveries) =>
          deliveries.map(({ source }) => eventOf(Number(source.offset), found(Number(source.offset)))),
        told() {},
      },
      stopping.signal,
    )
    const ended = over.then(
      () => 'ended' as const,
      () => 'ended' as const,
    )
    for (let step = 0; step < 600; step += 1) {
      const passed = clock.advance(250).then(() => 'passed' as const)
      if ((await Promise.race([ended, passed])) === 'ended') break
      await passed
    }
    return over
  }
  return {
    topic,
    ledger,
    clock,
    run,
    readMarks,
    stop: () => stopping.abort(),
    onReadOutcomes: (does: () => Promise<void>) => void (readOutcomes = does),
    onFind: (finds: typeof found) => void (found = finds),
  }
}

function eventOf(event: number, kind: EventFound['kind']): EventFound {
  if (kind !== 'event') return { kind }
  const value = { event_id: `e${event}`, event_type: 'call_end', call_id: 'c' } as CallEvent
  return { kind, event: value, eventBytes: new Uint8Array(), timestampMs: 0, trace: null }
}

/** Of all runs: how often each delivery stands in the topic. */
function times(topic: FakeTopic): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { deliveryIds, replay } of topic.marks)
    for (const id of deliveryIds) counts.set(`${id}/${replay}`, (counts.get(`${id}/${replay}`) ?? 0) + 1)
  return counts
}

function expectEachOnce(topic: FakeTopic, howMany = count): void {
  const counts = times(topic)
  expect([...counts.values()].filter((each) => each > 1)).toEqual([])
  expect(counts.size).toBe(howMany)
}

it('sends each once, in the order of the events', async () => {
  const { run, topic } = world()
  expect(await run()).toMatchObject({ end: 'done', sent: count, left: 0, passedOver: 0, unsent: [] })
  const all = Array.from({ length: count }, (_, event) => idOf(event))
  expect(topic.marks.flatMap(({ deliveryIds }) => deliveryIds)).toEqual(all)
})

describe('a write in doubt', () => {
  it.each(['taken_answer_lost', 'lost'] as const)(
    'is read from the topic before anything else: %s',
    async (fate) => {
      const { run, topic } = world()
      topic.fate = (write) => (write % 3 === 1 ? fate : 'taken')
      expect(await run()).toMatchObject({ end: 'done', sent: count, left: 0, passedOver: 0 })
      expectEachOnce(topic)
    },
  )

  it('ends the run where no broker takes anything for long, and the next run sends the rest', async () => {
    const { run, topic } = world()
    topic.fate = (write) => (write < 2 ? 'taken' : 'taken_answer_lost')
    topic.meanwhile = (write) => {
      if (write === 2) topic.openings = 'refused'
    }
    expect(await run()).toMatchObject({ end: 'brokers_away', error: 'no broker' })
    topic.openings = 'open'
    topic.fate = () => 'taken'
    const resumed = world(topic)
    await resumed.readMarks()
    expect(await resumed.run()).toMatchObject({ end: 'done', left: 0 })
    expectEachOnce(topic)
  })
})

describe('two runs at once', () => {
  it('end with each sent once: the later one shuts out the earlier, and knows what it wrote', async () => {
    const topic = new FakeTopic()
    const earlier = world(topic, 'earlier')
    const later = world(topic, 'later')
    // Both have counted; the later one opens its writer in the middle of the earlier one's work.
    let laterRuns: Promise<ReplayReport> | undefined
    topic.meanwhile = (write) => {
      if (write === 1) laterRuns = later.run()
    }
    const report = await earlier.run()
    expect(report.end).toBe('shut_out')
    expect(await laterRuns).toMatchObject({ end: 'done', sent: count - report.sent, passedOver: report.sent })
    expectEachOnce(topic)
  })
})

describe('between the count and the sending', () => {
  it('what is delivered after all is not sent', async () => {
    const { run, topic, ledger, onReadOutcomes } = world()
    let reads = 0
    onReadOutcomes(async () => {
      reads += 1
      // A worker that died had its event read again, and this time the receiver took it.
      if (reads === 2) ledger.outcome(failedOutcome(59, { result: 'delivered', reason: 'ok' }))
    })
    expect(await run()).toMatchObject({ end: 'done', sent: count - 1, passedOver: 1, left: 0 })
    expect(times(topic).has(`${idOf(59)}/1`)).toBe(false)
  })

  it('what another has sent, and what ended of that, is not sent again', async () => {
    const { run, topic, ledger } = world()
    topic.marks.push({ runId: 'other', selection: '', replay: 1, deliveryIds: [idOf(3), idOf(4)] })
    ledger.outcome(failedOutcome(5, { replay: 1 }))
    ledger.asked({ runId: 'run', selection: '', replay: 1, deliveryIds: [idOf(5)] })
    expect(await run()).toMatchObject({ end: 'done', sent: count - 3, passedOver: 2 })
    expectEachOnce(topic, count - 1)
  })
})

it('stops between two slices, and a run that goes on sends what is left', async () => {
  const first = world()
  first.topic.meanwhile = (write) => {
    if (write === 2) first.stop()
  }
  const report = await first.run()
  expect(report.end).toBe('interrupted')
  expect(report.sent + report.left).toBe(count)
  const resumed = world(first.topic)
  await resumed.readMarks()
  expect(planReplay(resumed.ledger).alreadySent).toBe(report.sent)
  expect(await resumed.run()).toMatchObject({ end: 'done', sent: report.left })
  expectEachOnce(first.topic)
})

it('is interrupted, and nothing else, when that is asked for before it has begun', async () => {
  const { run, topic, stop } = world()
  stop()
  expect(await run()).toMatchObject({ end: 'interrupted', sent: 0, left: count, error: null })
  expect(topic.marks).toEqual([])
})

it('names those whose events are gone, and sends the others', async () => {
  const { run, topic, onFind } = world()
  onFind((event) => (event < 10 ? 'expired' : 'event'))
  const report = await run()
  expect(report).toMatchObject({ end: 'done', sent: count - 10, left: 0 })
  expect(report.unsent.map(({ why }) => why)).toEqual(Array.from({ length: 10 }, () => 'event_expired'))
  expectEachOnce(topic, count - 10)
})

it('keeps the rate', async () => {
  const { run, clock } = world()
  const fromMs = clock.monotonicMs()
  await run()
  expect(clock.monotonicMs() - fromMs).toBeGreaterThanOrEqual(1_500)
  expect(clock.monotonicMs() - fromMs).toBeLessThanOrEqual(2_000)
})

it('tells why it cannot begin', async () => {
  const { run, topic } = world()
  topic.openings = 'refused'
  await expect(run()).rejects.toThrow('no broker')
})
