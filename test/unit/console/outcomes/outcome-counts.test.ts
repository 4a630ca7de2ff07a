import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startOutcomeFeed } from '../../../../src/console/outcomes/outcome-feed.ts'
import type { OutcomeFeed } from '../../../../src/console/outcomes/outcome-feed.ts'
import { startOutcomeCounts } from '../../../../src/console/outcomes/outcome-counts.ts'
import { OutcomeStore } from '../../../../src/console/outcomes/outcome-store.ts'
import { WriterSchemas } from '../../../../src/kafka/writer-schemas.ts'
import { RecordingObserver } from '../../../fakes/recording-observer.ts'
import { settle, VirtualClock } from '../../../fakes/virtual-clock.ts'
import { until } from '../../../harness/until.ts'
import { decodeJson, FakeTopic, outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

let folder = ''
let observer = new RecordingObserver()
let clock = new VirtualClock(writtenAtMs)
const stopping: (() => Promise<void>)[] = []
const file = (): string => join(folder, 'counts.sqlite')
const keeping = { retentionMs: 7 * 86_400_000, rows: 1_000 }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counts-'))
  observer = new RecordingObserver()
  clock = new VirtualClock(writtenAtMs)
})
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop()
  rmSync(folder, { recursive: true })
})

const start = (topic: FakeTopic, decode: Parameters<typeof startOutcomeFeed>[0]['decode'] = decodeJson) => {
  const emptied = (reason: string): void =>
    observer.observe({ kind: 'trouble', where: 'emptied', error: reason })
  const store = new OutcomeStore({ file: file(), topic: 'outcomes', emptied })
  const { openReader } = topic
  const told: string[] = []
  const stored: Parameters<typeof startOutcomeFeed>[0]['stored'] = (outcomes) =>
    void told.push(...outcomes.map(({ deliveryId }) => deliveryId))
  const feed = startOutcomeFeed({ store, openReader, decode, observer, clock, keeping, stored })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= feed.stop().then(() => store.close()))
  stopping.push(stop)
  return { store, feed, told, stop, counts: () => store.counts(['w1']).get('w1') }
}
const caughtUp = (feed: OutcomeFeed): Promise<void> => until(() => feed.caughtUp, 'the feed to catch up')
const troubles = (): string[] => observer.of('trouble').map(({ where, error }) => `${where}: ${error}`)
const delivered = (id: string) => outcomeRecord({ delivery_id: id })
const failed = (id: string) => outcomeRecord({ delivery_id: id, result: 'failed' })

describe('feeding the store', () => {
  it('counts what is there and what comes, on every partition', async () => {
    const topic = new FakeTopic(3).append(0, delivered('a'), failed('b')).append(2, delivered('c'))
    const { feed, counts, told } = start(topic)
    expect(feed.caughtUp).toBe(false)
    await caughtUp(feed)
    expect(counts()).toMatchObject({ delivered: 2, failed: 1 })
    expect(told).toEqual(['a', 'b', 'c'])
    topic.append(1, failed('d')).append(0, delivered('b'))
    await topic.deliver()
    expect(told.slice(3).toSorted()).toEqual(['b', 'd'])
    expect(counts()).toMatchObject({ delivered: 3, failed: 1 })
    expect(troubles()).toEqual([])
  })

  it('goes on where it stopped: it reads again only the record that it knows last', async () => {
    const topic = new FakeTopic(2)
      .append(0, delivered('a'), failed('b'), delivered('c'))
      .append(1, failed('d'))
    const first = start(topic)
    await caughtUp(first.feed)
    await first.stop()
    topic.append(0, delivered('e'))
    const second = start(topic)
    await caughtUp(second.feed)
    expect(second.counts()).toMatchObject({ delivered: 3, failed: 2 })
    expect(topic.openings[1]).toEqual({
      from: new Map([
        [0, 2n],
        [1, 0n],
      ]),
      handed: ['0/2', '0/3', '1/0'],
    })
    expect(troubles()).toEqual([])
  })

  it('lets others have their turn within one large answer', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `d${index}`)
    const topic = new FakeTopic().append(0, ...ids.map(delivered))
    const { feed, counts } = start(topic)
    const seen = new Set<number>()
    while (!feed.caughtUp) {
      seen.add(counts()?.delivered ?? 0)
      await settle()
    }
    expect(seen.size).toBeGreaterThan(4)
    expect(counts()?.delivered).toBe(1_000)
  })

  it('passes over what is no outcome, says so once per slice, and does not read it again', async () => {
    const topic = new FakeTopic().append(
      0,
      delivered('a'),
      Buffer.from('{'),
      null,
      delivered('b'),
      Buffer.from('x'),
    )
    const first = start(topic)
    await caughtUp(first.feed)
    expect(first.counts()?.delivered).toBe(2)
    expect(troubles()).toEqual(['outcome-counts: 3 records are no outcomes, the first at 0/1: no JSON'])
    await first.stop()
    const second = start(topic)
    await caughtUp(second.feed)
    expect(topic.openings[1]?.handed).toEqual(['0/4'])
    expect(troubles()).toHaveLength(1)
  })

  it('stops while a schema is waited for', async () => {
    const waiting = Promise.withResolvers<void>()
    const { feed, stop } = start(new FakeTopic().append(0, delivered('a')), (_, signal) => {
      waiting.resolve()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
      })
    })
    await waiting.promise
    expect(feed.caughtUp).toBe(false)
    await stop()
    expect(troubles()).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('begins when the brokers are back', async () => {
    const topic = new FakeTopic().append(0, delivered('a'))
    topic.away = true
    const { feed, counts, stop } = start(topic)
    await clock.advance(20_000)
    expect(troubles().slice(0, 2)).toEqual(Array(2).fill('outcome-counts: no broker answers'))
    // Half a second, one, two, four, then every five.
    expect(troubles().length).toBeLessThanOrEqual(7)
    topic.away = false
    await clock.advance(5_000)
    await caughtUp(feed)
    expect(counts()?.delivered).toBe(1)
    await stop()
    expect(clock.pending).toBe(0)
  })
})

describe('a topic that is not as it was left', () => {
  /** Three counted records in partition 0, one in partition 1. */
  const countedTopic = async () => {
    const topic = new FakeTopic(2)
      .append(0, delivered('a'), failed('b'), delivered('c'))
      .append(1, delivered('d'))
    const { feed, stop } = start(topic)
    await caughtUp(feed)
    await stop()
    return topic
  }

  it('keeps what retention took, and goes on with what is left', async () => {
    const topic = await countedTopic()
    topic.forget(0, 3)
    topic.append(0, failed('e'), failed('f'))
    const { feed, counts } = start(topic)
    await caughtUp(feed)
    expect(counts()).toMatchObject({ delivered: 3, failed: 3 })
    expect(troubles()).toEqual([])
  })

  it('says where retention took what was not counted yet', async () => {
    const topic = await countedTopic()
    topic.append(0, failed('lost'), failed('e'))
    topic.forget(0, 4)
    const { feed, counts } = start(topic)
    await caughtUp(feed)
    expect(counts()).toMatchObject({ delivered: 3, failed: 2 })
    expect(troubles()).toEqual(['outcome-counts: what followed 0/2 was removed before it was counted'])
  })

  it.each([
    ['shorter', () => new FakeTopic(2).append(0, delivered('new')).append(1, delivered('d')), 2, /shorter/],
    ['empty', () => new FakeTopic(2), 0, /shorter/],
    ['without a partition', () => new FakeTopic(1).append(0, delivered('x')), 1, /shorter/],
    [
      'as long, with other records',
      () => new FakeTopic(2).append(0, ...['p', 'q', 'r', 's'].map(delivered)).append(1, delivered('d')),
      5,
      /another record/,
    ],
  ])('made anew, %s: is counted anew', async (_, made, deliveries, reason) => {
    await countedTopic()
    const topic = made()
    const { feed, counts } = start(topic)
    await until(
      () => clock.advance(100).then(() => troubles().length > 0 && feed.caughtUp),
      'the topic to be counted anew',
    )
    expect(counts()).toMatchObject({ delivered: deliveries, failed: 0 })
    expect(troubles()).toEqual([expect.stringMatching(reason)])
    expect(topic.openings.at(-1)?.from.size).toBe(0)
  })

  it('a reader that lost its place is followed by one at the stored place, and nothing is counted twice', async () => {
    const topic = await countedTopic()
    const { feed, counts } = start(topic)
    await caughtUp(feed)
    topic.append(0, failed('e'))
    topic.loseReaders()
    expect(feed.caughtUp).toBe(false)
    // What the old one still hands over is not counted.
    await topic.deliver()
    expect(counts()?.failed).toBe(1)
    await clock.advance(1_000)
    await caughtUp(feed)
    expect(counts()).toMatchObject({ delivered: 3, failed: 2 })
    expect(topic.openings.at(-1)?.handed).toEqual(['0/2', '0/3', '1/0'])
  })
})

it('what was being decoded when a reading ended is left to the next one', async () => {
  const schemaFound = Promise.withResolvers<void>()
  const topic = new FakeTopic().append(0, delivered('a'))
  const { feed, counts } = start(topic, (value) => schemaFound.promise.then(() => decodeJson(value)))
  await until(() => topic.openings[0]?.handed.length === 1, 'the record to be handed over')
  topic.loseReaders()
  schemaFound.resolve()
  await settle()
  await settle()
  expect(counts()?.delivered).toBe(0)
  await clock.advance(1_000)
  await caughtUp(feed)
  expect(counts()?.delivered).toBe(1)
})

describe('a store that fails under way', () => {
  it('is written to again when the lock is gone', async () => {
    const topic = new FakeTopic().append(0, delivered('a'))
    const { feed, counts } = start(topic)
    await caughtUp(feed)
    const lock = new DatabaseSync(file())
    lock.exec('BEGIN IMMEDIATE')
    topic.append(0, delivered('b'))
    await topic.deliver()
    expect([counts()?.delivered, ...troubles()]).toEqual([1, 'outcome-counts: database is locked'])
    lock.exec('ROLLBACK')
    lock.close()
    await topic.deliver()
    expect(counts()?.delivered).toBe(2)
  })

  it('is made anew from the topic when it is damaged', async () => {
    const topic = new FakeTopic().append(0, delivered('a'), failed('b'))
    const { feed, counts } = start(topic)
    await caughtUp(feed)
    const other = new DatabaseSync(file())
    other.exec('DROP TABLE delivery')
    other.close()
    topic.append(0, delivered('c'))
    await topic.deliver()
    await clock.advance(1_000)
    await caughtUp(feed)
    expect(counts()).toMatchObject({ delivered: 2, failed: 1 })
    expect(troubles()).toEqual([expect.stringMatching(/^emptied: .*no such table: /)])
  })
})

describe('the counts', () => {
  const begin = async (topic: FakeTopic, retentionMs = 30 * 86_400_000) => {
    const schemas = new WriterSchemas({ url: 'http://127.0.0.1:1', username: '', password: '' }, observer)
    const { openReader } = topic
    const options = { file: file(), topic: 'outcomes', retentionMs, openReader, schemas, observer, clock }
    const counts = await startOutcomeCounts({ ...options, keeping })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= counts.stop())
    stopping.push(stop)
    return { counts, stop }
  }
  const filled = async (): Promise<FakeTopic> => {
    const topic = new FakeTopic().append(0, delivered('a'), failed('b'))
    const { feed, stop } = start(topic)
    await caughtUp(feed)
    await stop()
    return topic
  }
  const rows = (table: string): unknown => {
    const database = new DatabaseSync(file(), { readOnly: true })
    const row = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()
    database.close()
    return row?.['rows']
  }

  it('answers from the file while the brokers are away', async () => {
    const topic = await filled()
    topic.away = true
    const { counts } = await begin(topic)
    expect([...counts.of(['w1', 'w2'])]).toEqual([
      ['w1', { delivered: 1, failed: 1, lastAttemptAtMs: writtenAtMs }],
      ['w2', { delivered: 0, failed: 0, lastAttemptAtMs: null }],
    ])
    expect(counts.caughtUp).toBe(false)
  })

  it('forgets within half a day what the topic forgot two weeks ago, but only once it has caught up', async () => {
    const topic = await filled()
    topic.away = true
    clock.jump(45 * 86_400_000)
    const { counts, stop } = await begin(topic)
    await clock.advance(41_000_000)
    expect(rows('delivery')).toBe(2)
    topic.away = false
    await clock.advance(5_000)
    await until(() => counts.caughtUp, 'the counts to catch up')
    await clock.advance(41_000_000)
    expect(rows('delivery')).toBe(0)
    expect(counts.of(['w1']).get('w1')).toMatchObject({ delivered: 1, failed: 1 })
    await stop()
    expect(clock.pending).toBe(0)
  })

  it('answers zeros and makes the file anew where it turns out to be damaged', async () => {
    const topic = await filled()
    const { counts } = await begin(topic)
    await until(() => counts.caughtUp, 'the counts to catch up')
    const other = new DatabaseSync(file())
    other.exec('DROP TABLE webhook')
    other.close()
    expect(counts.of(['w1']).get('w1')).toEqual({ delivered: 0, failed: 0, lastAttemptAtMs: null })
    await clock.advance(1_000)
    expect(rows('webhook')).toBe(0)
    expect(topic.openings.at(-1)?.from.size).toBe(0)
  })

  it('have a log beside them, which answers nothing until its file is made anew', async () => {
    const topic = await filled()
    const { counts } = await begin(topic)
    await until(() => counts.caughtUp, 'the counts to catch up')
    const shown = () =>
      counts.ask(
        ({ log }) => log.ofCall('acc1', 'c1', { limit: 10, after: null })?.attempts.length ?? 'no place',
      )
    expect(shown()).toBe(2)
    const other = new DatabaseSync(file())
    other.exec('DROP TABLE attempt')
    other.close()
    expect(shown()).toBeNull()
    await clock.advance(1_000)
    expect(shown()).toBe(0)
    expect(topic.openings.at(-1)?.from.size).toBe(0)
  })
})
