// A call event as it was decoded: flat, each stored call parameter under its own name.
// Invariant: the ids are present and non-empty, and the type is one that this version knows.
import type { AccountId, CallId, EventId } from './ids.ts'
import type { CallEventRecord } from './records.ts'

/** `call_start` means that the connection was established; a missed call has only a `call_end`. */
export type EventType = 'call_start' | 'call_end'

export const eventTypes: readonly EventType[] = ['call_start', 'call_end']

export interface CallEvent extends CallEventRecord {
  readonly event_id: EventId
  readonly event_type: EventType
  readonly call_id: CallId
  readonly account_id: AccountId
}
