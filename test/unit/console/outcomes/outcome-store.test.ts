import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { countedOutcome } from '../../../../src/console/outcomes/outcome-fold.ts'
import { fingerprintOf, OutcomeStore, pruneSlices } from '../../../../src/console/outcomes/outcome-store.ts'
import { isUnusable, StoreFileRefused } from '../../../../src/console/outcomes/outcome-store-file.ts'
import type { WebhookOutcomeRecord } from '../../../../src/domain/records.ts'
import { outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

const dayMs = 86_400_000
let folder = ''
let emptied: string[] = []
const opened: OutcomeStore[] = []
const file = (): string => join(folder, 'counts.sqlite')
const open = (topic = 'outcomes'): OutcomeStore => {
  const store = new OutcomeStore({ file: file(), topic, emptied: (reason) => emptied.push(reason) })
  opened.push(store)
  return store
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counts-'))
  emptied = []
})
afterEach(() => {
  for (const store of opened.splice(0)) store.close()
  rmSync(folder, { recursive: true })
})

const apply = (store: OutcomeStore, offset: number, ...changes: Partial<WebhookOutcomeRecord>[]): void => {
  const outcomes = changes.flatMap((each) => {
    const counted = countedOutcome(outcomeRecord(each))
    return counted === null ? [] : [{ ...counted, recordedAtMs: each.written_at ?? writtenAtMs }]
  })
  const lastRead = { offset: BigInt(offset), fingerprint: Buffer.alloc(16, offset % 256) }
  store.apply({ partition: 0, outcomes, logged: [], lastRead })
}
const counts = (store: OutcomeStore, id = 'w1') => store.counts([id]).get(id)

describe('the store', () => {
  it('adds up per webhook, with the newest attempt, and knows zeros of others', () => {
    const store = open()
    apply(
      store,
      0,
      { delivery_id: 'a', written_at: 50 },
      { delivery_id: 'b', result: 'failed', written_at: 40 },
    )
    apply(store, 1, { delivery_id: 'c', written_at: 30 }, { delivery_id: 'a', webhook_id: '__proto__' })
    expect([...store.counts(['w1', 'none', '__proto__'])]).toEqual([
      ['w1', { delivered: 2, failed: 1, lastAttemptAtMs: 50 }],
      ['none', { delivered: 0, failed: 0, lastAttemptAtMs: null }],
      ['__proto__', { delivered: 1, failed: 0, lastAttemptAtMs: writtenAtMs }],
    ])
  })

  it('counts a delivery once, however often it is told and in however many batches', () => {
    const store = open()
    apply(store, 0, { result: 'failed' }, { result: 'failed' })
    apply(store, 1, { result: 'failed' })
    expect(counts(store)).toMatchObject({ delivered: 0, failed: 1 })
    apply(store, 2, { result: 'delivered' }, { result: 'delivered' }, { result: 'failed' })
    expect(counts(store)).toMatchObject({ delivered: 1, failed: 0 })
    apply(store, 3, { result: 'failed', delivery_id: 'x' }, { result: 'cancelled', delivery_id: 'x' })
    expect(counts(store)).toMatchObject({ delivered: 1, failed: 0 })
  })

  it('keeps counts, deliveries and places over a restart', () => {
    const store = open()
    const offset = 9_007_199_254_740_993n
    const fingerprint = fingerprintOf({ timestampMs: 1, key: null, value: Buffer.from('x') })
    store.apply({ partition: 7, outcomes: [], logged: [], lastRead: { offset, fingerprint } })
    apply(store, 1, { replay: 2_147_483_647, result: 'failed' }, { delivery_id: 'two' })
    store.close()
    const again = open()
    expect(emptied).toEqual([])
    expect(again.lastRead().get(7)).toEqual({ offset, fingerprint: new Uint8Array(fingerprint) })
    expect(again.lastRead().get(0)?.offset).toBe(1n)
    apply(again, 2, { replay: 2_147_483_647, result: 'failed' }, { delivery_id: 'two' })
    expect(counts(again)).toMatchObject({ delivered: 1, failed: 1 })
  })

  it('takes a whole batch or nothing of it', () => {
    const store = open()
    apply(store, 0, {})
    const bad = { offset: 1n, fingerprint: undefined as unknown as Uint8Array }
    const outcome = { webhookId: 'w1', deliveryId: 'new', triedAtMs: 5, recordedAtMs: 5 }
    const standing = { replay: 0, verdict: 'delivered' } as const
    const outcomes = [{ ...outcome, standing }]
    expect(() => store.apply({ partition: 0, outcomes, logged: [], lastRead: bad })).toThrow()
    expect(counts(store)?.delivered).toBe(1)
    expect(store.lastRead().get(0)?.offset).toBe(0n)
    apply(store, 1, { delivery_id: 'new' })
    expect(counts(store)?.delivered).toBe(2)
  })

  it('is shared by two that read the same, which an overlapping restart brings about', () => {
    const [one, two] = [open(), open()]
    for (const store of [one, two, one]) apply(store, 0, {}, { delivery_id: 'other', result: 'failed' })
    expect([counts(one), counts(two)]).toEqual([counts(one), counts(one)])
    expect(counts(two)).toMatchObject({ delivered: 1, failed: 1 })
  })

  it('forgets old deliveries slice by slice, and counts them still', () => {
    const store = open()
    const now = 20_000 * dayMs
    const bounds = { endedBeforeMs: now - 49 * dayMs, dueBeforeMs: 0 }
    for (let index = 0; index < 300; index += 1) {
      apply(store, index, { delivery_id: `old-${index}`, written_at: now - 50 * dayMs })
      apply(store, index, { delivery_id: `new-${index}`, written_at: now - 48 * dayMs })
    }
    const known = (): unknown => {
      const database = new DatabaseSync(file(), { readOnly: true })
      const row = database.prepare('SELECT count(*) AS known FROM delivery').get()
      database.close()
      return row?.['known']
    }
    expect(known()).toBe(600)
    store.prune(0, bounds)
    expect(known()).toBeGreaterThan(500)
    for (let slice = 0; slice < pruneSlices; slice += 1) store.prune(slice, bounds)
    expect(known()).toBe(300)
    expect(counts(store)?.delivered).toBe(600)
  })
})

describe('a file that cannot be used', () => {
  const fill = (): void => {
    const store = open()
    for (let index = 0; index < 2_000; index += 1) apply(store, index, { delivery_id: `d${index}` })
    store.close()
  }
  const tampered = (change: (database: DatabaseSync) => void) => () => {
    const database = new DatabaseSync(file())
    change(database)
    database.close()
  }
  it.each([
    ['garbage', () => writeFileSync(file(), Buffer.alloc(20_000, 'garbage')), /not a database/],
    ['shorter than a header', () => writeFileSync(file(), 'abc'), /not a database/],
    [
      'cut in half',
      () => writeFileSync(file(), readFileSync(file()).subarray(0, 40_000)),
      /malformed|damaged/,
    ],
    [
      'overwritten in the middle',
      () => writeFileSync(file(), readFileSync(file()).fill(0xa5, 20_000, 60_000)),
      /malformed|damaged/,
    ],
    [
      'of another version',
      tampered((database) => database.exec('PRAGMA user_version = 99')),
      /version is 99/,
    ],
    [
      'without one of our tables',
      tampered((database) => database.exec('DROP TABLE source')),
      /no such table/,
    ],
    ['of another topic', tampered((database) => database.exec(`UPDATE source SET topic = 'x'`)), /topic x/],
  ])('%s: is moved aside and begun anew, and that is said once', (_, spoil, reason) => {
    fill()
    spoil()
    const spoilt = readFileSync(file())
    const store = open()
    expect(emptied).toHaveLength(1)
    expect(emptied[0]).toMatch(reason)
    expect(counts(store)).toMatchObject({ delivered: 0 })
    expect(store.lastRead().size).toBe(0)
    expect(readFileSync(`${file()}.discarded`).equals(spoilt)).toBe(true)
    apply(store, 0, {})
    store.close()
    expect(counts(open())).toMatchObject({ delivered: 1 })
    expect(emptied).toHaveLength(1)
  })

  it('another program’s database is moved aside as it was', () => {
    const other = new DatabaseSync(file())
    other.exec('CREATE TABLE precious (value); INSERT INTO precious VALUES (1)')
    other.close()
    const before = readFileSync(file())
    open()
    expect(readFileSync(`${file()}.discarded`).equals(before)).toBe(true)
  })

  it('an empty file, and one whose log alone is left, are new ones', () => {
    writeFileSync(file(), '')
    const store = open()
    apply(store, 0, {})
    rmSync(file())
    const again = open()
    expect([counts(again)?.delivered, emptied, existsSync(`${file()}.discarded`)]).toEqual([0, [], false])
  })

  it('a place where no file can be is refused by name', () => {
    const nowhere = join(folder, 'missing', 'counts.sqlite')
    const make = () => new OutcomeStore({ file: nowhere, topic: 't', emptied: () => {} })
    expect(make).toThrow(StoreFileRefused)
    expect(make).toThrow(nowhere)
    expect(() => new OutcomeStore({ file: folder, topic: 't', emptied: () => {} })).toThrow(StoreFileRefused)
  })

  it('damage that is found later is told from a lock', () => {
    const store = open()
    const lock = new DatabaseSync(file())
    lock.exec('BEGIN IMMEDIATE')
    const errorOf = (work: () => void): unknown => {
      try {
        work()
      } catch (error) {
        return error
      }
      return undefined
    }
    const locked = errorOf(() => apply(store, 0, {}))
    lock.exec('ROLLBACK; DROP TABLE delivery')
    lock.close()
    const broken = errorOf(() => apply(store, 0, {}))
    expect([locked, broken].map((error) => [String(error), isUnusable(error)])).toEqual([
      [expect.stringContaining('locked'), false],
      [expect.stringContaining('no such table'), true],
    ])
    store.startOver('broken')
    apply(store, 0, {})
    expect([counts(store)?.delivered, emptied]).toEqual([1, ['broken']])
  })
})
