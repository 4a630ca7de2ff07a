// event × table → deliveries, with a reason where there is none. A fan-out that is too large for one record's progress
// becomes chunks: each is parked as a record of its own, hence a unit of progress of its own.
import type { CallEvent } from '../domain/call-event.ts'
import type { Delivery, DeliveryProgress } from '../domain/delivery.ts'
import { untouched } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { TraceContext } from '../domain/trace-context.ts'
import { deliveryIdOf } from './delivery-id.ts'
import type { EventTime } from './event-time.ts'

export type Join =
  | { readonly kind: 'no_match' }
  /** More webhooks than one event may fan out to: none is delivered, one outcome says so. */
  | { readonly kind: 'too_many'; readonly matches: number }
  | { readonly kind: 'deliveries'; readonly deliveries: readonly Delivery[] }
  | { readonly kind: 'chunks'; readonly chunks: readonly ParkedDelivery[] }

export interface JoinedEvent {
  readonly event: CallEvent
  /** The event's record value. */
  readonly eventBytes: Uint8Array
  readonly source: RecordPosition
  readonly time: Pick<EventTime, 'eventTimeMs' | 'expiresAtMs'>
  /** Of what takes it; null: it is part of no trace. */
  readonly trace: TraceContext | null
}

export interface FanoutBounds {
  /** Webhooks that one event may match: 1 or more. */
  readonly limit: number
  /** Webhooks that are delivered to from one record: 1 or more. */
  readonly chunkSize: number
}

/** The horizon that a webhook asks for, in milliseconds; null: the operator's. */
export type HorizonOf = (webhookId: WebhookId) => number | null

/** `webhookIds`: what the table found for the event's account and type. */
export function join(
  joined: JoinedEvent,
  webhookIds: Iterable<WebhookId>,
  horizonOf: HorizonOf,
  { limit, chunkSize }: FanoutBounds,
): Join {
  const ids = [...webhookIds]
  if (ids.length === 0) return { kind: 'no_match' }
  if (ids.length > limit) return { kind: 'too_many', matches: ids.length }
  if (ids.length > chunkSize) return { kind: 'chunks', chunks: chunksOf(joined, ids, chunkSize) }
  const about = { ...joined, replay: 0, progress: untouched }
  return { kind: 'deliveries', deliveries: ids.map((id) => deliveryOf(about, id, horizonOf(id))) }
}

/**
 * The deliveries of a parked record. Those of a chunk are as new as those of an event; any other carries its horizon
 * along as it was fixed, a replay too: whoever asked for it has counted the webhook's own from then, and counted from the
 * event it would be over before the first try.
 */
export function resume(
  { webhookIds, replay, progress, eventBytes, source, eventTimeMs, expiresAtMs, trace }: ParkedDelivery,
  event: CallEvent,
  horizonOf: HorizonOf,
): readonly Delivery[] {
  const about = { event, eventBytes, source, replay, progress, time: { eventTimeMs, expiresAtMs }, trace }
  const isNew = replay === 0 && progress.attempts + progress.deferrals === 0
  return webhookIds.map((id) => deliveryOf(about, id, isNew ? horizonOf(id) : null))
}

function deliveryOf(
  {
    event,
    eventBytes,
    source,
    time: { eventTimeMs, expiresAtMs },
    replay,
    progress,
    trace,
  }: JoinedEvent & { readonly replay: number; readonly progress: DeliveryProgress },
  webhookId: WebhookId,
  horizonMs: number | null,
): Delivery {
  return {
    deliveryId: deliveryIdOf(event.event_id, webhookId),
    replay,
    event,
    eventBytes,
    webhookId,
    source,
    eventTimeMs,
    expiresAtMs: horizonMs === null ? expiresAtMs : Math.min(expiresAtMs, eventTimeMs + horizonMs),
    progress,
    trace,
  }
}

function chunksOf(
  { event, eventBytes, source, time: { eventTimeMs, expiresAtMs }, trace }: JoinedEvent,
  ids: readonly WebhookId[],
  chunkSize: number,
): readonly ParkedDelivery[] {
  const progress = { ...untouched, parkedTimes: 1 }
  const common = {
    eventBytes,
    callId: event.call_id,
    replay: 0,
    progress,
    eventTimeMs,
    expiresAtMs,
    source,
    trace,
  }
  return Array.from({ length: Math.ceil(ids.length / chunkSize) }, (_, index) => ({
    ...common,
    webhookIds: ids.slice(index * chunkSize, (index + 1) * chunkSize),
  }))
}
