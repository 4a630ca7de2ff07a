// Webhooks whose receivers seem to be dead: what each process saw of them, and what was judged from it.
// Invariant: all of it is about one version of a webhook, by its place in the config topic; about another it says nothing.
import type { ConfigPosition } from './delivery.ts'
import type { AccountId, WebhookId } from './ids.ts'
import type { WebhookNoticeRecord, WebhookSuspensionRecord } from './records.ts'

export type SuspensionState = Exclude<WebhookSuspensionRecord['state'], 'unknown'>
export type SuspensionCause = Exclude<NonNullable<WebhookSuspensionRecord['cause']>, 'unknown'>
export type LiftCause = Exclude<NonNullable<WebhookNoticeRecord['lifted_by']>, 'unknown'>

export interface LastFailure {
  /** As outcomes have it; null: not known. */
  readonly reason: string | null
  readonly statusCode: number | null
}

/** As it is to be written. */
export interface Suspension {
  readonly webhookId: WebhookId
  readonly accountId: AccountId
  readonly state: SuspensionState
  /** The version that is judged. */
  readonly config: ConfigPosition
  /** Where the record of the watch stands that ended in this suspension. */
  readonly watchOffset: bigint | null
  /** Epoch milliseconds; of a cleared one, since when it is cleared. */
  readonly watchedSinceMs: number
  /** Epoch milliseconds; null where it is not suspended. */
  readonly suspendedSinceMs: number | null
  readonly cause: SuspensionCause | null
  readonly attempts: number
  readonly last: LastFailure
  /** Epoch milliseconds, as the next. */
  readonly firstFailedAtMs: number
  readonly lastFailedAtMs: number
}

/** As it stands in its topic. */
export interface HeldSuspension extends Suspension {
  /** Of its record: what is counted for it is counted since then. */
  readonly offset: bigint
}

/** What one process saw of a webhook, since the newest record about its version or, where there is none, its last success. */
export interface WebhookFact {
  readonly webhookId: WebhookId
  readonly accountId: AccountId
  readonly config: ConfigPosition
  /** Offset of that record; null: there was none. */
  readonly watchOffset: bigint | null
  /** Attempts that failed. */
  readonly failures: number
  /** Epoch milliseconds, as all times here; null where nothing failed. */
  readonly firstFailedAtMs: number | null
  readonly lastFailedAtMs: number | null
  readonly last: LastFailure
  /** Whether the receiver answered 410. */
  readonly gone: boolean
  readonly succeededAtMs: number | null
}

/** What the client should be told. */
export interface Notice {
  /** Null: it was suspended, and still is. */
  readonly liftedBy: LiftCause | null
  readonly atMs: number
  /** The suspension that it is about. */
  readonly of: Suspension & { readonly suspendedSinceMs: number; readonly cause: SuspensionCause }
}

/** What is to be written about one webhook, all of it or nothing. */
export interface Verdict {
  readonly webhookId: WebhookId
  /** Null: nothing is held against it any more. */
  readonly suspension: Suspension | null
  readonly notice: Notice | null
}
