// The id that a receiver sees as `webhook-id`: computed from the event and the webhook, so that every attempt,
// every process and every restart after a crash name the same delivery alike.
import { v5 } from 'uuid'
import type { DeliveryId } from '../domain/ids.ts'

/** A constant of the product; published in the outcome schema's docs. Changing it would rename every delivery. */
export const deliveryNamespace = '7df02390-93c7-4127-a380-b1774743274e'

/** UUIDv5 (RFC 9562, section 5.5) of the event id, a line feed and the webhook id, as UTF-8. */
export function deliveryIdOf(eventId: string, webhookId: string): DeliveryId {
  return v5(`${eventId}\n${webhookId}`.toWellFormed(), deliveryNamespace) as DeliveryId
}
