// What the bytes of an event, or of a parked delivery, turn out to be.
import type { CallEvent } from './call-event.ts'
import type { DeadLetterReason } from './dead-letter-reason.ts'
import type { ParkedDelivery } from './parked-delivery.ts'

export type DecodedEvent =
  | { readonly kind: 'event'; readonly event: CallEvent }
  | { readonly kind: 'unknown_type' }
  | { readonly kind: 'undecodable'; readonly reason: DeadLetterReason; readonly detail: string }

export type DecodedParked =
  | { readonly kind: 'parked'; readonly parked: ParkedDelivery; readonly event: CallEvent }
  | Exclude<DecodedEvent, { readonly kind: 'event' }>
