// The id that a receiver sees as `webhook-id`: computed from the event and the webhook, so that every attempt,
// every process and every restart after a crash name the same delivery alike.
import { hash } from 'node:crypto'
import type { DeliveryId } from '../domain/ids.ts'

/** A constant of the product; published in the outcome schema's docs. Changing it would rename every delivery. */
export const deliveryNamespace = '7df02390-93c7-4127-a380-b1774743274e'

const namespaceBytes = Buffer.from(deliveryNamespace.replaceAll('-', ''), 'hex')

/** UUIDv5 (RFC 9562, section 5.5) of the event id, a line feed and the webhook id, as UTF-8. */
export function deliveryIdOf(eventId: string, webhookId: string): DeliveryId {
  const name = Buffer.from(`${eventId}\n${webhookId}`)
  const digest = hash('sha1', Buffer.concat([namespaceBytes, name]), 'hex')
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16)
  const third = `5${digest.slice(13, 16)}`
  const fourth = `${variant}${digest.slice(17, 20)}`
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${third}-${fourth}-${digest.slice(20, 32)}` as DeliveryId
}
