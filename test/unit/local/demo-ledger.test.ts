import { describe, expect, it } from '@jest/globals'
import { finalOutcomeId } from '../../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { outcomeRecordOf } from '../../../src/kafka/outcome-record.ts'
import { DemoLedger } from '../../../src/local/demo-ledger.ts'
import { demoAccount, demoWebhooks } from '../../../src/local/demo-webhooks.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'
import { anOutcome } from '../telemetry/an-outcome.ts'

const webhooks = demoWebhooks(80).map(({ record }) => record)
const { start, end } = simulateCall(0, demoAccount, 0)
const events = start === null ? [end] : [start, end]

/** The final outcomes that the events should lead to. */
const expectedIds = events.flatMap((event) =>
  webhooks
    .filter(({ event_types }) => event_types.includes(event.event_type))
    .map(({ webhook_id }) => finalOutcomeId(deliveryIdOf(event.event_id, webhook_id), 0)),
)
const outcome = (id: string, more: object = {}) => ({
  ...outcomeRecordOf(anOutcome({}), 'w'),
  outcome_id: id,
  final: true,
  ...more,
})

describe("the demo's ledger", () => {
  it('expects a delivery per event and webhook that asks for it', () => {
    const ledger = new DemoLedger()
    expect(ledger.missing()).toBe(0)
    ledger.call(events, webhooks)
    expect([ledger.calls, ledger.expected, ledger.missing()]).toEqual([
      1,
      expectedIds.length,
      expectedIds.length,
    ])
    ledger.call([simulateCall(0, 'somebody else', 0).end], webhooks)
    expect(ledger.expected).toBe(expectedIds.length)
  })

  it('is settled when every delivery has its own final outcome, not when there are as many', async () => {
    const ledger = new DemoLedger()
    ledger.call(events, webhooks)
    let settled = false
    const whenSettled = ledger.settled().then(() => {
      settled = true
      return settled
    })
    for (const id of expectedIds.slice(1)) ledger.outcome(outcome(id))
    ledger.outcome(outcome('of a delivery that nobody expected'))
    ledger.outcome(outcome(expectedIds[1] ?? ''))
    ledger.outcome(outcome(expectedIds[0] ?? '', { final: false }))
    expect([ledger.missing(), ledger.retries, settled]).toEqual([1, 1, false])
    ledger.outcome(outcome(expectedIds[0] ?? ''))
    expect(await whenSettled).toBe(true)
    await ledger.settled()
  })

  it('takes "delivered" for good, whatever is told of the same delivery later', () => {
    const ledger = new DemoLedger()
    ledger.outcome(outcome('a', { result: 'failed' }))
    ledger.outcome(outcome('a', { result: 'delivered' }))
    ledger.outcome(outcome('a', { result: 'failed' }))
    expect([ledger.results('delivered'), ledger.results('failed')]).toEqual([1, 0])
  })
})
