// What the API tells of deliveries, as types. Invariant: what a receiver answered, and whatever else comes from outside,
// is shown as text; a word that this page does not know yet is shown as one that it does not know.
import type { EventType } from '../../../domain/call-event.ts'
import type { FaultOwner, OutcomeReason, OutcomeResult } from '../../../domain/outcome.ts'
import type { CurrentWebhook } from '../wire.ts'

export type LoggedResult = OutcomeResult | 'unknown'
export type LoggedReason = OutcomeReason | 'unknown'
export type LoggedOwner = FaultOwner | 'unknown'

/** One attempt, or one decision not to attempt. Times are ISO 8601, durations milliseconds. */
export interface LoggedAttempt {
  readonly outcome_id: string
  readonly delivery_id: string
  /** 0: as the event caused it; 1 and up: each time it was sent again. */
  readonly replay: number
  readonly event_id: string
  readonly call_id: string
  /** Null: of no webhook alone, an event that was for too many. */
  readonly webhook_id: string | null
  readonly event_type: EventType | 'unknown'
  /** Requests begun so far; 0: none. */
  readonly attempt: number
  readonly result: LoggedResult
  readonly reason: LoggedReason
  readonly final: boolean
  readonly fault_owner: LoggedOwner | null
  readonly status_code: number | null
  readonly method: string | null
  readonly origin: string | null
  readonly queued_ms: number | null
  readonly connect_ms: number | null
  readonly first_byte_ms: number | null
  readonly total_ms: number | null
  readonly event_age_ms: number
  readonly next_attempt_at: string | null
  readonly excerpt: string | null
  readonly redirect_origin: string | null
  readonly cut_values: readonly string[]
  readonly at: string
  /** Whether it ended without having been delivered, so that it may be sent again. */
  readonly sendable: boolean
}

export interface LogPage {
  /** Newest first. */
  readonly attempts: readonly LoggedAttempt[]
  readonly next: string | null
  /** Null: not counted. */
  readonly total: number | null
}

export interface Counted {
  readonly delivered: number
  readonly failed: number
}

export interface Health {
  readonly hour: Counted
  readonly day: Counted
  /** An entry per hour, oldest first. */
  readonly chart: readonly (Counted & { readonly from: string })[]
  /** From the event to its first attempt's success; null: nothing was delivered. */
  readonly delay_ms: { readonly p50: number; readonly p95: number } | null
  readonly breaker: 'closed' | 'open' | 'trying'
  readonly breaker_since: string | null
  readonly parked: { readonly count: number; readonly next_due: string | null }
  readonly suspension: Suspension | null
}

export interface Suspension {
  readonly state: 'watched' | 'suspended' | 'cleared' | 'unknown'
  readonly since: string
  readonly cause: 'only_failures' | 'gone' | 'unknown' | null
  /** That failed. */
  readonly attempts: number
  /** Null: not known. */
  readonly last_reason: LoggedReason | null
  readonly last_status: number | null
  readonly first_failed_at: string | null
}

export type LiftedWebhook = CurrentWebhook

/** Deliveries that are to be sent again. */
export type ReplayChoice =
  { readonly delivery_ids: readonly string[] } | { readonly since: string; readonly until: string }

export interface Replay {
  readonly replay_id: string
  readonly state: 'counting' | 'counted' | 'sending' | 'done' | 'failed' | 'another_runs'
  /** Share of the outcomes that were read, 0 to 1. */
  readonly read: number
  readonly count: number | null
  readonly sent: number
  /** Delivered, or sent again by somebody else, since they were counted. */
  readonly passed_over: number
  readonly unsent: readonly { readonly why: string; readonly count: number }[]
  readonly left: number
  readonly error: string | null
}
