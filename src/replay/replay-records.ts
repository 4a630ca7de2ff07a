// What is written to send deliveries again: a parked record that is due at once, for one delivery, or for several of one
// event where they can share it.
// Invariants: an event is taken only for the delivery whose id follows from it, so a topic that was made anew gives nobody
// a wrong one; and the horizon counts from now, because that of the event has passed for most of what failed.
import type { CallEvent, EventType } from '../domain/call-event.ts'
import { untouched } from '../domain/delivery.ts'
import type { EventFound } from '../domain/event-found.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import type { FailedDelivery } from './delivery-ledger.ts'

export interface ReplayRules {
  /** As workers compute it. */
  deliveryIdOf(eventId: string, webhookId: string): string
  /** Epoch milliseconds of an event, as far as its own time is believed. */
  eventTimeOf(event: CallEvent, recordTimestampMs: number): number
  /** Milliseconds from now during which each type is worth delivering. */
  readonly horizonMs: Readonly<Record<EventType, number>>
  /** A webhook's own, in milliseconds; null: it has none. */
  horizonOf(webhookId: string): number | null
  /** Deliveries of one record. */
  readonly chunkSize: number
}

export interface ReplayedRecord {
  readonly parked: ParkedDelivery
  readonly mark: ReplayMark
}

/** Without the run that asks. */
interface UnmarkedRecord {
  readonly parked: ParkedDelivery
  readonly mark: Pick<ReplayMark, 'replay' | 'deliveryIds'>
}

export interface DueDelivery extends FailedDelivery {
  readonly event: EventFound | undefined
}

export type UnsentDelivery = {
  readonly deliveryId: string
  readonly why: 'event_expired' | 'event_changed' | 'event_unreadable'
}

export function recordsFor(
  due: readonly DueDelivery[],
  rules: ReplayRules,
  nowMs: number,
): { readonly records: readonly UnmarkedRecord[]; readonly unsent: readonly UnsentDelivery[] } {
  const unsent: UnsentDelivery[] = []
  const shared = new Map<string, UnmarkedRecord[]>()
  for (const delivery of due) {
    const { deliveryId, webhookId, source, event: found } = delivery
    if (found?.kind !== 'event') {
      unsent.push({ deliveryId, why: found?.kind === 'unreadable' ? 'event_unreadable' : 'event_expired' })
      continue
    }
    if (rules.deliveryIdOf(found.event.event_id, webhookId) !== deliveryId) {
      unsent.push({ deliveryId, why: 'event_changed' })
      continue
    }
    const record = recordOf(delivery, found, rules, nowMs)
    const key = [source.topic, source.partition, source.offset, record.mark.replay, record.parked.expiresAtMs]
    add(shared, key.join('/'), record, rules.chunkSize)
  }
  return { records: [...shared.values()].flat(), unsent }
}

function recordOf(
  { deliveryId, webhookId, replay, source }: DueDelivery,
  { event, eventBytes, timestampMs, trace }: Extract<EventFound, { readonly kind: 'event' }>,
  rules: ReplayRules,
  nowMs: number,
): UnmarkedRecord {
  const horizonMs = rules.horizonMs[event.event_type]
  const parked: ParkedDelivery = {
    eventBytes,
    callId: event.call_id,
    webhookIds: [webhookId as WebhookId],
    replay: replay + 1,
    progress: { ...untouched, parkedTimes: 1 },
    eventTimeMs: rules.eventTimeOf(event, timestampMs),
    expiresAtMs: nowMs + Math.min(horizonMs, rules.horizonOf(webhookId) ?? horizonMs),
    source,
    trace,
  }
  return { parked, mark: { replay: replay + 1, deliveryIds: [deliveryId] } }
}

function add(
  shared: Map<string, UnmarkedRecord[]>,
  key: string,
  { parked, mark }: UnmarkedRecord,
  chunkSize: number,
): void {
  const records = shared.get(key) ?? []
  shared.set(key, records)
  const last = records.at(-1)
  if (last === undefined || last.mark.deliveryIds.length >= chunkSize) {
    records.push({ parked, mark })
    return
  }
  records[records.length - 1] = {
    parked: { ...last.parked, webhookIds: [...last.parked.webhookIds, ...parked.webhookIds] },
    mark: { ...last.mark, deliveryIds: [...last.mark.deliveryIds, ...mark.deliveryIds] },
  }
}
