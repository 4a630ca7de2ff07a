// What happened, as typed facts. Metrics, log lines and outcome records are projections of these, so that
// one event never has two stories. Nothing here names a path, a query, a header or a rendered value.
import type { Outcome, OutcomeReason } from './outcome.ts'
import type { LiftCause, SuspensionCause } from './suspension.ts'
import type { PauseScope } from './pause-scope.ts'
import type { TlsVerification } from './webhook-rules.ts'

export type SkipReason = 'no_webhook' | 'unknown_event_type'

export type Observation =
  /** Told when it is over; what was blocked was not begun. */
  | { readonly kind: 'attempt_begun'; readonly tlsVerification: TlsVerification }
  | {
      readonly kind: 'outcome'
      readonly outcome: Outcome
      readonly detail: string | null
      /** Of the trace that the delivery is part of, where it is of one. */
      readonly traceId?: string
    }
  | { readonly kind: 'event_taken'; readonly eventType: string; readonly ageMs: number }
  | { readonly kind: 'event_skipped'; readonly reason: SkipReason }
  | { readonly kind: 'event_time_distrusted'; readonly differenceMs: number }
  | {
      readonly kind: 'dead_lettered'
      readonly reason: string
      readonly partition: number
      readonly offset: bigint
    }
  | { readonly kind: 'webhook_invalid'; readonly webhookId: string; readonly faults: readonly string[] }
  /** Its newest version asks for that, and the operator allows it. */
  | { readonly kind: 'webhook_unverified'; readonly webhookId: string; readonly origin: string }
  | { readonly kind: 'webhook_key_moved'; readonly webhookId: string }
  | {
      readonly kind: 'table_changed'
      readonly webhooks: number
      readonly invalid: number
      readonly unverified: number
    }
  /** Told every few seconds until it is ready. `part`: 0 to 1 of what has to be read. */
  | { readonly kind: 'table_reading'; readonly webhooks: number; readonly part: number }
  | { readonly kind: 'table_ready'; readonly webhooks: number; readonly tookMs: number }
  | { readonly kind: 'table_reset'; readonly partition: number; readonly reason: string }
  /** As the operator's record has it; nulls where that says nothing, or cannot be read. */
  | {
      readonly kind: 'pause'
      readonly key: string
      readonly state: 'paused' | 'lifted'
      readonly by: string | null
      readonly why: string | null
    }
  | { readonly kind: 'pauses_reset'; readonly partition: number; readonly reason: string }
  /** How many of each kind are in force. */
  | { readonly kind: 'pauses'; readonly inForce: Readonly<Record<PauseScope['kind'], number>> }
  /** `first`: it has an outcome of its own; the others are only counted. */
  | {
      readonly kind: 'deferred'
      readonly reason: OutcomeReason
      readonly first: boolean
      readonly webhookId: string
      readonly accountId: string
      /** Null where the webhook was not looked up. */
      readonly origin: string | null
    }
  /** What was written about a webhook that fails, or failed; by the one worker that judges. Nulls: it is not known. */
  | {
      readonly kind: 'verdict'
      readonly verdict: 'watched' | SuspensionCause | 'cleared' | 'lifted' | 'forgotten'
      readonly webhookId: string
      readonly accountId: string | null
      readonly attempts: number | null
      readonly reason: string | null
      readonly statusCode: number | null
      readonly liftedBy: LiftCause | null
    }
  | { readonly kind: 'parked'; readonly delayMs: number }
  | { readonly kind: 'chunked'; readonly chunks: number }
  | { readonly kind: 'moved_on' }
  | { readonly kind: 'copy_dropped' }
  | {
      readonly kind: 'breaker'
      readonly of: 'webhook' | 'origin'
      readonly name: string
      readonly change: 'opened' | 'closed'
    }
  | { readonly kind: 'assigned'; readonly partitions: readonly number[]; readonly epoch: number }
  | { readonly kind: 'committed'; readonly partitions: number }
  | { readonly kind: 'commit_failed'; readonly error: string }
  | { readonly kind: 'stalled'; readonly stalledMs: number }
  | { readonly kind: 'start_gate'; readonly state: 'open' | 'closed'; readonly why: string }
  /** A reader's position was gone from the log, and it goes on with the oldest record that is left. */
  | { readonly kind: 'out_of_range'; readonly topic: string; readonly partition: number }
  /** A reader of Kafka was ended, and is built anew. */
  | { readonly kind: 'client_rebuilt'; readonly where: string }
  /** Told for each span that finds the queue full, and for each batch that the collector did not take. */
  | {
      readonly kind: 'spans_lost'
      readonly why: 'queue_full' | 'not_taken'
      readonly spans: number
      readonly error: string | null
    }
  /** Lines of the log that were not written, because many like them were or because nobody reads them. */
  | { readonly kind: 'log_line_lost'; readonly why: 'sampled' | 'output_full' }
  | { readonly kind: 'trouble'; readonly where: string; readonly error: string }
