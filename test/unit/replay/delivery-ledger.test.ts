import { describe, expect, it } from '@jest/globals'
import type { WebhookOutcomeRecord } from '../../../src/domain/records.ts'
import { DeliveryLedger } from '../../../src/replay/delivery-ledger.ts'
import { planReplay } from '../../../src/replay/replay-plan.ts'
import type { ReplaySelection } from '../../../src/replay/replay-selection.ts'
import { everything, failedOutcome, idOf, sinceMs, untilMs } from './replayed.ts'

const mark = (event: number, replay: number, runId = 'other') => ({
  runId,
  selection: '',
  replay,
  deliveryIds: [idOf(event)],
})

function chosen(
  outcomes: readonly WebhookOutcomeRecord[],
  selection: Partial<ReplaySelection> = {},
  marks: readonly ReturnType<typeof mark>[] = [],
): readonly string[] {
  const ledger = new DeliveryLedger({ ...everything, ...selection }, 'run')
  for (const outcome of outcomes) ledger.outcome(outcome)
  for (const each of marks) ledger.asked(each)
  return [...planReplay(ledger).rows].flatMap((row) => {
    const standing = ledger.standing(row)
    return standing.kind === 'failed' ? [`${standing.failed.deliveryId}/${standing.failed.replay}`] : []
  })
}

const first = `${idOf(1)}/0`

describe('what is chosen', () => {
  it('is what ended without being delivered, under its newest replay', () => {
    expect(chosen([failedOutcome(1)])).toEqual([first])
    expect(chosen([failedOutcome(1), failedOutcome(1, { replay: 1 })])).toEqual([`${idOf(1)}/1`])
  })

  it('is never what was delivered, before or after it failed, under whatever replay', () => {
    const delivered = { result: 'delivered', reason: 'ok' } as const
    expect(chosen([failedOutcome(1), failedOutcome(1, delivered)])).toEqual([])
    expect(chosen([failedOutcome(1, delivered), failedOutcome(1)])).toEqual([])
    expect(chosen([failedOutcome(1, { ...delivered, replay: 1 }), failedOutcome(1)])).toEqual([])
    expect(chosen([failedOutcome(1), failedOutcome(1, { ...delivered, written_at: untilMs + 9 })])).toEqual(
      [],
    )
  })

  it('is not what is still on its way, or was put on its way again', () => {
    const tried = { final: false, result: 'retry_scheduled' } as const
    expect(chosen([failedOutcome(1, tried)])).toEqual([])
    expect(chosen([failedOutcome(1), failedOutcome(1, { ...tried, replay: 1 })])).toEqual([])
    expect(chosen([failedOutcome(1)], {}, [mark(1, 1)])).toEqual([])
    expect(chosen([failedOutcome(1), failedOutcome(1, { replay: 1 })], {}, [mark(1, 1)])).toEqual([
      `${idOf(1)}/1`,
    ])
  })

  it('is nothing that this run has asked for, however that ended', () => {
    expect(chosen([failedOutcome(1), failedOutcome(1, { replay: 1 })], {}, [mark(1, 1, 'run')])).toEqual([])
  })

  it('ended in the window: its last outcome counts, also where that is behind it', () => {
    expect(chosen([failedOutcome(1, { written_at: sinceMs })])).toEqual([first])
    expect(chosen([failedOutcome(1, { written_at: sinceMs - 1 })])).toEqual([])
    expect(chosen([failedOutcome(1, { written_at: untilMs - 1 })])).toEqual([first])
    expect(chosen([failedOutcome(1, { written_at: untilMs })])).toEqual([])
    expect(chosen([failedOutcome(1), failedOutcome(1, { replay: 1, written_at: untilMs })])).toEqual([])
  })

  it('is of the account, the webhook, the result and the reason asked for', () => {
    const expired = { result: 'expired', reason: 'horizon_passed' } as const
    const outcomes = [
      failedOutcome(1, { account_id: 'a' }),
      failedOutcome(2, { account_id: 'b', webhook_id: 'w2' }),
      failedOutcome(3, { ...expired, account_id: 'b' }),
      failedOutcome(4, { result: 'cancelled', reason: 'webhook_deleted', account_id: 'b' }),
    ]
    expect(chosen(outcomes, { accountId: 'a' })).toEqual([first])
    expect(chosen(outcomes, { deliveryIds: [idOf(3), idOf(4)] })).toEqual([`${idOf(3)}/0`])
    expect(chosen(outcomes, { webhookIds: ['w2'] })).toEqual([`${idOf(2, 'w2')}/0`])
    expect(chosen(outcomes, { reasons: ['horizon_passed'] })).toEqual([`${idOf(3)}/0`])
    expect(chosen(outcomes, { results: ['cancelled'] })).toEqual([`${idOf(4)}/0`])
    expect(chosen(outcomes)).toHaveLength(3)
  })

  it('is nothing that a later version has ended in a way that this one does not know', () => {
    expect(chosen([failedOutcome(1, { result: 'unknown' })])).toEqual([])
    expect(chosen([failedOutcome(1), failedOutcome(1, { result: 'unknown' })])).toEqual([])
  })

  it('goes in the order of the events, whatever order their outcomes came in', () => {
    const events = [9, 3, 700, 1, 2_000_000]
    const order = chosen(events.map((event) => failedOutcome(event)))
    expect(order).toEqual([1, 3, 9, 700, 2_000_000].map((event) => `${idOf(event)}/0`))
  })
})

it('counts exactly, by reason and webhook, and says what it left out', () => {
  const ledger = new DeliveryLedger(everything, 'run')
  for (let event = 0; event < 5_000; event += 1) {
    ledger.outcome(failedOutcome(event, { final: false, result: 'retry_scheduled' }))
    ledger.outcome(failedOutcome(event, { webhook_id: event % 5 === 0 ? 'w5' : 'w1' }))
  }
  for (let event = 1; event < 5_000; event += 5) ledger.asked(mark(event, 1, event < 100 ? 'run' : 'other'))
  ledger.outcome(failedOutcome(7_000, { webhook_id: null, delivery_id: '', reason: 'fanout_limit' }))
  ledger.outcome(failedOutcome(7_001, { delivery_id: 'no uuid' }))
  const plan = planReplay(ledger)
  expect(plan.rows).toHaveLength(4_000)
  expect(plan.byWebhook).toEqual([
    ['w1', 3_000],
    ['w5', 1_000],
  ])
  expect(plan.byReason).toEqual([['failed: http_status', 4_000]])
  expect(plan).toMatchObject({ alreadySent: 20, underWay: 980, failedAgain: 0 })
  expect(ledger.wholeEvents).toBe(1)
})
