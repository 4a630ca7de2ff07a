// Ledgers made by hand: a run in which all is well, of which a test changes what it wants judged.
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import type { Arrived, Ledger, Order, ReadableRecord, WrittenOutcome } from '../../faults/oracle/ledger.ts'

export const startId = deliveryIdOf('start', 'w')
export const endId = deliveryIdOf('end', 'w')

export function order(eventId: 'start' | 'end', more: Partial<Order> = {}): Order {
  return {
    eventId,
    callId: 'call',
    eventType: eventId === 'start' ? 'call_start' : 'call_end',
    publishedAtMs: eventId === 'start' ? 1_000 : 1_010,
    deliveries: [{ deliveryId: deliveryIdOf(eventId, 'w'), webhookId: 'w', destination: 7 }],
    ...more,
  }
}

export function arrival(deliveryId: string, attempt: number, atMs: number): Arrived {
  return { destination: 7, deliveryId, attempt, atMs }
}

export function delivered(deliveryId: string, attempt: number, appendedAtMs: number): WrittenOutcome {
  return {
    outcome_id: `${deliveryId}/0/final`,
    delivery_id: deliveryId,
    replay: 0,
    attempt,
    result: 'delivered',
    final: true,
    reason: 'ok',
    status_code: 200,
    parked: null,
    appendedAtMs,
  }
}

/** A try that failed with 503; `parked`: its next one waits in a retry topic. */
export function failed(
  deliveryId: string,
  attempt: number,
  appendedAtMs: number,
  parked: WrittenOutcome['parked'] = null,
): WrittenOutcome {
  return {
    ...delivered(deliveryId, attempt, appendedAtMs),
    outcome_id: `${deliveryId}/0/a${attempt}`,
    result: 'retry_scheduled',
    final: false,
    reason: 'http_status',
    status_code: 503,
    parked,
  }
}

export function ended(
  deliveryId: string,
  result: 'cancelled' | 'failed' | 'expired',
  attempt: number,
  appendedAtMs: number,
): WrittenOutcome {
  const reason = result === 'cancelled' ? 'webhook_deleted' : 'http_status'
  return { ...delivered(deliveryId, attempt, appendedAtMs), result, reason, status_code: null }
}

export function eventRecord(eventId: string, offset: number): ReadableRecord {
  return {
    topic: 'events',
    partition: 0,
    offset,
    appendedAtMs: 1_000 + offset,
    content: { kind: 'event', eventId },
  }
}

export function parkedRecord(
  deliveryIds: readonly string[],
  parkedTimes: number,
  place: { readonly offset: number; readonly appendedAtMs: number; readonly topic?: string },
): ReadableRecord {
  return {
    topic: 'retries.1s',
    partition: 0,
    ...place,
    content: { kind: 'parked', deliveryIds, parkedTimes },
  }
}

/** Start and end of one call, each delivered at its first attempt; then both are committed. */
export function calmRun(more: Partial<Ledger> = {}): Ledger {
  return {
    orders: [order('start'), order('end')],
    deletions: new Map(),
    arrivals: [arrival(startId, 1, 1_100), arrival(endId, 1, 1_200)],
    outcomes: [delivered(startId, 1, 1_150), delivered(endId, 1, 1_250)],
    records: [eventRecord('start', 0), eventRecord('end', 1)],
    commits: [{ topic: 'events', partition: 0, atMs: 1_500, offset: 2, metadata: '' }],
    interruptions: [],
    ...more,
  }
}
