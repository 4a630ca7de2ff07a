// event × table → deliveries, with a reason where there is none.
import type { CallEvent } from '../domain/call-event.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import { deliveryIdOf } from './delivery-id.ts'
import type { EventTime } from './event-time.ts'

export type Join =
  | { readonly kind: 'no_match' }
  /** More webhooks than one event may fan out to: none is delivered, one outcome says so. */
  | { readonly kind: 'too_many'; readonly matches: number }
  | { readonly kind: 'deliveries'; readonly deliveries: readonly Delivery[] }

/** `webhookIds`: what the table found for the event's account and type. `fanoutLimit`: 1 or more. */
export function join(
  { event, source, time }: { event: CallEvent; source: RecordPosition; time: EventTime },
  webhookIds: Iterable<WebhookId>,
  fanoutLimit: number,
): Join {
  const ids = [...webhookIds]
  if (ids.length === 0) return { kind: 'no_match' }
  if (ids.length > fanoutLimit) return { kind: 'too_many', matches: ids.length }
  const { eventTimeMs, expiresAtMs } = time
  return {
    kind: 'deliveries',
    deliveries: ids.map((webhookId) => ({
      deliveryId: deliveryIdOf(event.event_id, webhookId),
      replay: 0,
      event,
      webhookId,
      source,
      eventTimeMs,
      expiresAtMs,
    })),
  }
}
