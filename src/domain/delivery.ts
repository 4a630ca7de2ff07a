// A delivery: one event for one webhook. The webhook is named, not held: its newest version is looked up
// when each attempt begins, so an address fixed meanwhile is used and a deletion takes effect.
import type { CallEvent } from './call-event.ts'
import type { DeliveryId, WebhookId } from './ids.ts'
import type { RecordPosition } from './record-position.ts'
import type { WebhookOutcomeRecord } from './records.ts'
import type { TraceContext } from './trace-context.ts'

export interface Delivery {
  readonly deliveryId: DeliveryId
  /** 0 for the original; each replay asked for by an operator counts one up. */
  readonly replay: number
  readonly event: CallEvent
  /** The event's record value as it was read: what is parked where the delivery has to wait. */
  readonly eventBytes: Uint8Array
  readonly webhookId: WebhookId
  /** Where the event was first read. */
  readonly source: RecordPosition
  /** Epoch milliseconds of the event, as far as its own time is trusted. */
  readonly eventTimeMs: number
  /** Epoch milliseconds; an attempt that would begin later ends the delivery instead. */
  readonly expiresAtMs: number
  /** How far it had come when this process took it. */
  readonly progress: DeliveryProgress
  /** What led to it; null: it is part of no trace. */
  readonly trace: TraceContext | null
}

/** What a delivery carries along from one parking to the next. */
export interface DeliveryProgress {
  /** Requests begun. */
  readonly attempts: number
  /** Times that it was parked without an attempt, because its receiver could not take it. */
  readonly deferrals: number
  /** Times that it was parked in all; rises by one with every record of the same chain. */
  readonly parkedTimes: number
  /** The place in the schedule of delays at which its next failed attempt waits, from 0. */
  readonly backoffStep: number
  /** Epoch milliseconds before which no attempt begins: the receiver asked for it. */
  readonly notBeforeMs: number | null
  /** Epoch milliseconds at which a receiver that is only full should have room; null: the topic's delay decides. */
  readonly expectedAtMs: number | null
  /** What became of the last attempt; null: none was begun, or it is not known. */
  readonly lastFault: LastFault | null
}

/** As the outcome of the attempt has it, which its maker may not have come to write. */
export interface LastFault {
  readonly reason: Exclude<WebhookOutcomeRecord['reason'], 'unknown'>
  readonly faultOwner: Exclude<WebhookOutcomeRecord['fault_owner'], 'unknown' | null>
  readonly statusCode: number | null
}

/** Of a delivery that nobody has had in hand yet. */
export const untouched: DeliveryProgress = {
  attempts: 0,
  deferrals: 0,
  parkedTimes: 0,
  backoffStep: 0,
  notBeforeMs: null,
  expectedAtMs: null,
  lastFault: null,
}

/** Partition and offset of a webhook's version in the config topic. */
export interface ConfigPosition {
  readonly partition: number
  readonly offset: bigint
}
