// A delivery: one event for one webhook. The webhook is named, not held: its newest version is looked up
// when each attempt begins, so an address fixed meanwhile is used and a deletion takes effect.
import type { CallEvent } from './call-event.ts'
import type { DeliveryId, WebhookId } from './ids.ts'
import type { RecordPosition } from './record-position.ts'

export interface Delivery {
  readonly deliveryId: DeliveryId
  /** 0 for the original; each replay asked for by an operator counts one up. */
  readonly replay: number
  readonly event: CallEvent
  readonly webhookId: WebhookId
  readonly source: RecordPosition
  /** Epoch milliseconds of the event, as far as its own time is trusted. */
  readonly eventTimeMs: number
  /** Epoch milliseconds; an attempt that would begin later ends the delivery instead. */
  readonly expiresAtMs: number
}

/** Partition and offset of a webhook's version in the config topic. */
export interface ConfigPosition {
  readonly partition: number
  readonly offset: bigint
}
