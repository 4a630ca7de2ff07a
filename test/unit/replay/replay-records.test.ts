import { expect, it } from '@jest/globals'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { recordsFor } from '../../../src/replay/replay-records.ts'
import type { EventFound } from '../../../src/domain/event-found.ts'
import type { DueDelivery, ReplayRules } from '../../../src/replay/replay-records.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'

const { start, end } = simulateCall(7, 'acc', 1_700_000_000_000)
if (start === null) throw new Error('the call was connected')
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), recorded: 'yes', traceState: '' } as const
const found = (event: NonNullable<typeof start>): EventFound => ({
  kind: 'event',
  event: event as CallEvent,
  eventBytes: Buffer.from(event.event_id),
  timestampMs: 5,
  trace,
})

const rules: ReplayRules = {
  deliveryIdOf,
  eventTimeOf: (event, timestampMs) => event.occurred_at + timestampMs,
  horizonMs: { call_start: 600, call_end: 9_000 },
  horizonOf: (webhookId) => ({ brief: 400, patient: 1e9 })[webhookId] ?? null,
  chunkSize: 2,
}

function due(webhookId: string, changes: Partial<DueDelivery> = {}, event = end): DueDelivery {
  return {
    deliveryId: deliveryIdOf(event.event_id, webhookId),
    webhookId,
    result: 'failed',
    reason: 'http_status',
    replay: 0,
    source: { topic: 'call-events', partition: 3, offset: 42n },
    event: found(event),
    ...changes,
  }
}

const recordsOf = (...all: DueDelivery[]) => recordsFor(all, rules, 1_000)

it('parks the event’s own bytes, untouched, under the next replay and with a horizon from now', () => {
  const { records, unsent } = recordsOf(due('w', { replay: 4 }), due('v', {}, start))
  expect(unsent).toEqual([])
  expect(records.map(({ parked }) => [parked.replay, parked.expiresAtMs])).toEqual([
    [5, 10_000],
    [1, 1_600],
  ])
  expect(records[0]).toMatchObject({
    parked: {
      eventBytes: Buffer.from(end.event_id),
      callId: end.call_id,
      webhookIds: ['w'],
      progress: { attempts: 0, deferrals: 0, parkedTimes: 1 },
      eventTimeMs: end.occurred_at + 5,
      source: { partition: 3, offset: 42n },
      trace,
    },
    mark: { replay: 5, deliveryIds: [due('w').deliveryId] },
  })
})

it('counts a webhook’s own horizon from now, too, and never beyond the operator’s', () => {
  const { records } = recordsOf(due('brief'), due('patient'))
  expect(records.map(({ parked }) => parked.expiresAtMs)).toEqual([1_400, 10_000])
})

it('shares a record among deliveries of one event, replay and horizon, up to a chunk', () => {
  const { records } = recordsOf(due('a'), due('b'), due('c'), due('d', { replay: 1 }), due('brief'))
  expect(records.map(({ parked }) => parked.webhookIds)).toEqual([['a', 'b'], ['c'], ['d'], ['brief']])
  expect(records[0]?.mark.deliveryIds).toEqual([due('a').deliveryId, due('b').deliveryId])
})

it('gives nobody another event: where the topic was made anew, nothing is sent', () => {
  const { records, unsent } = recordsOf(due('a', { event: found(start) }), due('b'))
  expect(records.flatMap(({ parked }) => parked.webhookIds)).toEqual(['b'])
  expect(unsent).toEqual([{ deliveryId: due('a').deliveryId, why: 'event_changed' }])
})

it('says what cannot be sent any more', () => {
  const { records, unsent } = recordsOf(
    due('a', { event: { kind: 'expired' } }),
    due('b', { event: undefined }),
    due('c', { event: { kind: 'unreadable' } }),
  )
  expect(records).toEqual([])
  expect(unsent.map(({ why }) => why)).toEqual(['event_expired', 'event_expired', 'event_unreadable'])
})
