// The log in its file: what a list shows, in which order and to whom, whatever is repeated and whatever comes meanwhile.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { callNumber } from '../../../../src/console/outcomes/delivery-log-tables.ts'
import type { AttemptsPage } from '../../../../src/console/outcomes/delivery-log.ts'
import type { OutcomeStore } from '../../../../src/console/outcomes/outcome-store.ts'
import type { WebhookOutcomeRecord } from '../../../../src/domain/records.ts'
import { foldInto, openLogStore } from '../log-samples.ts'
import { outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

const account = 'acc1'
const everything = { limit: 100, after: null, only: 'all', sinceMs: 0, untilMs: 9e15 } as const
let folder = ''
let store: OutcomeStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
  store = openLogStore(join(folder, 'log.sqlite'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const fold = (...changes: Partial<WebhookOutcomeRecord>[]): void =>
  foldInto(
    store,
    changes.map((each) => outcomeRecord(each)),
  )
const page = (more: Partial<Parameters<OutcomeStore['log']['ofWebhook']>[2]> = {}): AttemptsPage => {
  const found = store.log.ofWebhook(account, 'w1', { ...everything, ...more })
  if (found === null) throw new Error('no place')
  return found
}
const shown = ({ attempts }: AttemptsPage): string[] =>
  attempts.map(({ outcome }) => `${outcome.delivery_id} ${outcome.result}`)
const tried = { result: 'retry_scheduled', final: false, reason: 'http_status' } as const
const failed = { result: 'failed', reason: 'http_status' } as const

describe('the log of a webhook', () => {
  it('shows what was written, newest first, and of a failed filter what went wrong alone', () => {
    fold(
      { delivery_id: 'a', written_at: 3, ...tried, next_attempt_at: 9 },
      { delivery_id: 'b', written_at: 1 },
      { delivery_id: 'c', written_at: 2, ...failed },
      { delivery_id: 'd', written_at: 4, result: 'deferred', reason: 'lane_full', final: false },
      { delivery_id: 'e', written_at: 5, result: 'cancelled', reason: 'webhook_deleted' },
    )
    expect(shown(page())).toEqual([
      'e cancelled',
      'd deferred',
      'a retry_scheduled',
      'c failed',
      'b delivered',
    ])
    expect(shown(page({ only: 'failed' }))).toEqual(['a retry_scheduled', 'c failed'])
    expect(shown(page({ sinceMs: 2, untilMs: 4 }))).toEqual(['a retry_scheduled', 'c failed'])
    const [{ outcome } = {}] = page({ only: 'failed' }).attempts
    const {
      account_id: _account,
      worker_id: _worker,
      source_topic: _topic,
      ...rest
    } = outcomeRecord({
      delivery_id: 'a',
      written_at: 3,
      ...tried,
      next_attempt_at: 9,
    })
    expect(rest).toMatchObject(outcome ?? {})
  })

  it('pages through rows of one millisecond, none twice and none left out', () => {
    const ids = Array.from({ length: 25 }, (_, index) => `d${index}`)
    fold(...ids.map((delivery_id) => ({ delivery_id, written_at: 7 })))
    const seen: string[] = []
    let after: string | null = null
    do {
      const { attempts, next }: AttemptsPage = page({ limit: 4, after })
      seen.push(...attempts.map(({ outcome }) => outcome.delivery_id))
      after = next
    } while (after !== null)
    expect(seen.toSorted()).toEqual(ids.toSorted())
    expect(page({ limit: 25 }).next).toBeNull()
  })

  it('a place holds over rows that come meanwhile, and over a file that was built anew', () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ delivery_id: `d${index}`, written_at: 5 }))
    fold(...rows)
    const first = page({ limit: 5 })
    const rest = shown(page({ after: first.next }))
    fold({ delivery_id: 'newer', written_at: 6 })
    expect(shown(page({ after: first.next }))).toEqual(rest)
    store.startOver('a test')
    expect(shown(page())).toEqual([])
    fold(...rows.toReversed())
    expect(shown(page({ after: first.next }))).toEqual(rest)
  })

  it.each([
    '',
    'x',
    '!',
    Buffer.from('1/2/3').toString('base64url'),
    Buffer.from('1/-2').toString('base64url'),
  ])('takes no place that no page has named: %j', (after) => {
    fold({})
    expect(store.log.ofWebhook(account, 'w1', { ...everything, after })).toBeNull()
    expect(store.log.ofCall(account, 'c1', { limit: 1, after })).toBeNull()
  })

  it('keeps of a repeat the last word, delivered before all else, at the place of the first', () => {
    fold({ delivery_id: 'a', written_at: 1, ...failed }, { delivery_id: 'b', written_at: 2 })
    fold({ delivery_id: 'a', written_at: 9, result: 'delivered' })
    expect(shown(page())).toEqual(['b delivered', 'a delivered'])
    fold({ delivery_id: 'a', written_at: 10, ...failed })
    expect(shown(page())).toEqual(['b delivered', 'a delivered'])
    expect(shown(page({ only: 'failed' }))).toEqual([])
  })
})

describe('a foreign account', () => {
  it('finds nothing of a webhook or a call, whatever it asks by', () => {
    fold({})
    expect(store.log.ofWebhook('acc2', 'w1', everything)?.attempts).toEqual([])
    expect(store.log.ofCall('acc2', 'c1', { limit: 10, after: null })?.attempts).toEqual([])
    expect(store.log.ofCall(account, 'c1', { limit: 10, after: null })?.attempts).toHaveLength(1)
    expect(store.health.of('acc2', 'w1', writtenAtMs).day).toEqual({ delivered: 0, failed: 0 })
  })

  it('is not shown the row of another whose hash it shares', () => {
    fold({}, { account_id: 'acc2', delivery_id: 'x' }, { call_id: 'other', delivery_id: 'y' })
    const database = new DatabaseSync(join(folder, 'log.sqlite'))
    database.exec(`UPDATE attempt SET call = ${callNumber(account, 'c1')}`)
    database.close()
    const found = store.log.ofCall(account, 'c1', { limit: 10, after: null })
    expect(found && shown(found)).toEqual(['d1 delivered'])
  })
})

describe('the log of a call', () => {
  it('shows all webhooks of the account, and what happened to the event as a whole', () => {
    fold(
      { delivery_id: 'a', written_at: 1 },
      { delivery_id: 'b', webhook_id: 'w2', written_at: 2, ...failed },
      { delivery_id: 'c', webhook_id: null, written_at: 3, result: 'rejected', reason: 'fanout_limit' },
      { delivery_id: 'd', call_id: 'c2', written_at: 4 },
    )
    const found = store.log.ofCall(account, 'c1', { limit: 2, after: null })
    expect(found && shown(found)).toEqual(['c rejected', 'b failed'])
    const rest = store.log.ofCall(account, 'c1', { limit: 2, after: found?.next ?? null })
    expect(rest && shown(rest)).toEqual(['a delivered'])
    expect(found?.attempts.map(({ sendable }) => sendable)).toEqual([false, true])
  })
})

describe('what can be sent again', () => {
  const sendable = (): string[] =>
    page().attempts.flatMap((each) => (each.sendable ? [each.outcome.outcome_id] : []))

  it('is the end of a delivery that was not delivered, until it is asked for again', () => {
    fold({ written_at: 1, attempt: 1, ...tried, next_attempt_at: 5 })
    expect(sendable()).toEqual([])
    fold({ written_at: 2, attempt: 2, ...failed })
    expect(sendable()).toEqual(['d1/0/final'])
    fold({ written_at: 3, replay: 1, ...tried, next_attempt_at: 5 })
    expect(sendable()).toEqual([])
    fold({ written_at: 4, replay: 1, ...failed })
    expect(sendable()).toEqual(['d1/1/final'])
    fold({ written_at: 5, replay: 2 })
    expect(sendable()).toEqual([])
  })

  it('is nothing of what was cancelled, and nothing of a whole event', () => {
    fold(
      { result: 'cancelled', reason: 'webhook_deleted' },
      { delivery_id: 'x', webhook_id: null, ...failed },
    )
    expect(sendable()).toEqual([])
  })
})
