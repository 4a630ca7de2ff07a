// The log against a model that remembers every record: paging gives what was there at its start, each row once and newest
// first, whatever comes meanwhile; and reading again, from wherever, changes nothing.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { AttemptsPage } from '../../src/console/outcomes/delivery-log.ts'
import type { OutcomeStore } from '../../src/console/outcomes/outcome-store.ts'
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { foldInto, openLogStore } from '../unit/console/log-samples.ts'
import { outcomeRecord } from '../unit/console/outcome-samples.ts'

const webhooks = ['w0', 'w1', '__proto__']
const results = ['delivered', 'failed', 'cancelled', 'retry_scheduled', 'deferred', 'unknown'] as const

/** Few moments and few ids, so that rows tie and outcomes repeat. */
const anyRecord: fc.Arbitrary<WebhookOutcomeRecord> = fc
  .record({
    webhook_id: fc.constantFrom(...webhooks, null),
    account_id: fc.constantFrom('a', 'a', 'b'),
    delivery_id: fc.constantFrom('d', 'e', 'f', 'g', 'h'),
    call_id: fc.constantFrom('c', 'k'),
    replay: fc.constantFrom(0, 0, 1),
    attempt: fc.nat(2),
    result: fc.constantFrom(...results),
    written_at: fc.integer({ min: 1_000, max: 1_006 }),
  })
  .map((given) => {
    const final = !['retry_scheduled', 'deferred', 'unknown'].includes(given.result)
    const next_attempt_at = final ? null : given.written_at + given.attempt
    const webhook = given.webhook_id ?? 'whole'
    // As ids are made: of the event's own for each webhook.
    const delivery_id = `${given.account_id}-${webhook}-${given.delivery_id}`
    return outcomeRecord({ ...given, delivery_id, final, next_attempt_at, call_id: given.call_id })
  })

function withStore(work: (store: OutcomeStore) => void): void {
  // Without a file: opening hundreds of them takes longer than all that is tried here.
  const store = openLogStore(':memory:')
  try {
    work(store)
  } finally {
    store.close()
  }
}

interface Place {
  readonly id: string
  /** Of the first record under this id. */
  readonly at: number
  readonly last: WebhookOutcomeRecord
}

/** Per account, webhook (or call) and id. */
function placesOf(records: readonly WebhookOutcomeRecord[]): readonly Place[] {
  const places = new Map<string, Place>()
  for (const record of records) {
    const id = `${record.call_id} ${record.outcome_id}`
    const known = places.get(id)
    const last = known?.last.result === 'delivered' && record.result !== 'delivered' ? known.last : record
    places.set(id, { id, at: known?.at ?? record.written_at, last })
  }
  return [...places.values()]
}

const idOf = ({ call_id, outcome_id }: Pick<WebhookOutcomeRecord, 'call_id' | 'outcome_id'>): string =>
  `${call_id} ${outcome_id}`

type Ask = (after: string | null) => AttemptsPage | null

/** Pages to the end; `between` is called before each page but the first. */
function pagesOf(ask: Ask, between: () => void): readonly string[] {
  const seen: string[] = []
  for (let page = ask(null); ;) {
    if (page === null) throw new Error('a place that a page has named is none')
    seen.push(...page.attempts.map(({ outcome }) => idOf(outcome)))
    if (page.next === null) return seen
    between()
    page = ask(page.next)
  }
}

it('paging gives each row that was there at its start once, newest first, whatever comes meanwhile', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 40 }),
      fc.array(anyRecord, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (before, later, limit) =>
        withStore((store) => {
          foldInto(store, before)
          const asks: readonly (readonly [Ask, (record: WebhookOutcomeRecord) => boolean])[] = [
            [
              (after) =>
                store.log.ofWebhook('a', 'w0', { limit, after, only: 'all', sinceMs: 0, untilMs: 9e15 }),
              ({ account_id, webhook_id }) => account_id === 'a' && webhook_id === 'w0',
            ],
            [
              (after) => store.log.ofCall('a', 'c', { limit, after }),
              ({ account_id, call_id }) => account_id === 'a' && call_id === 'c',
            ],
          ]
          const waiting = [...later]
          for (const [ask, isMine] of asks) {
            const there = placesOf(
              [...before, ...later.slice(0, later.length - waiting.length)].filter(isMine),
            )
            const seen = pagesOf(ask, () => foldInto(store, waiting.splice(0, 3)))
            const expected = new Map(there.map(({ id, at }) => [id, at]))
            const known = seen.filter((id) => expected.has(id))
            expect(known.toSorted()).toEqual([...expected.keys()].toSorted())
            const times = known.map((id) => expected.get(id) ?? 0)
            expect(times).toEqual(times.toSorted((one, other) => other - one))
            expect(new Set(seen).size).toBe(seen.length)
          }
        }),
    ),
    { numRuns: 150 },
  )
})

it('reading again, from any point and as often as may be, changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 4 }),
      (records, points) =>
        withStore((store) => {
          const all = { limit: 100, after: null, only: 'all', sinceMs: 0, untilMs: 9e15 } as const
          const seen = () =>
            ['a', 'b'].map((account) => [
              ...webhooks.map((id) => [
                store.log.ofWebhook(account, id, all),
                store.health.of(account, id, 1_100),
              ]),
              store.log.ofCall(account, 'c', { limit: 100, after: null }),
            ])
          foldInto(store, records)
          const once = seen()
          for (const from of points) foldInto(store, records.slice(from))
          expect(seen()).toEqual(once)
          const shown = store.log.ofCall('a', 'c', { limit: 100, after: null })?.attempts ?? []
          const words = new Map(
            placesOf(records.filter(({ account_id, call_id }) => account_id === 'a' && call_id === 'c')).map(
              ({ id, last }) => [id, last.result],
            ),
          )
          expect(new Map(shown.map(({ outcome }) => [idOf(outcome), outcome.result]))).toEqual(words)
        }),
    ),
    { numRuns: 150 },
  )
})
