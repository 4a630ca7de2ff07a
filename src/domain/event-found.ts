// What stands where an outcome says that its event was: the event with its own bytes, or why there is none.
import type { CallEvent } from './call-event.ts'
import type { TraceContext } from './trace-context.ts'

export type EventFound =
  | {
      readonly kind: 'event'
      readonly event: CallEvent
      /** The record's value, a copy. */
      readonly eventBytes: Uint8Array
      /** Epoch milliseconds of its record. */
      readonly timestampMs: number
      /** That of its record: a replay goes on in it. */
      readonly trace: TraceContext | null
    }
  /** No record is there: past the retention, or the topic is another one by now. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'unreadable' }
