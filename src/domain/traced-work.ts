// Pieces of work that a trace shows, and how they ended, in the project's own terms: what an exporter of spans makes of
// them is its own affair. Nothing here holds a path, a query, a header or a rendered value.
import type { AttemptResult } from './attempt.ts'
import type { AccountId, DeliveryId, EventId, WebhookId } from './ids.ts'
import type { OutcomeReason, OutcomeResult } from './outcome.ts'
import type { RecordPosition } from './record-position.ts'
import type { TraceContext } from './trace-context.ts'

export type TracedWork =
  /** From when a record was taken until all that it led to is acknowledged. */
  | { readonly kind: 'record'; readonly source: RecordPosition }
  /** One delivery in this process, waiting included. */
  | {
      readonly kind: 'delivery'
      readonly deliveryId: DeliveryId
      readonly webhookId: WebhookId
      readonly eventId: EventId
      readonly accountId: AccountId
    }
  | { readonly kind: 'rendering' }
  | { readonly kind: 'attempt'; readonly method: string; readonly origin: string; readonly attempt: number }
  | { readonly kind: 'outcome'; readonly result: OutcomeResult; readonly reason: OutcomeReason }
  | { readonly kind: 'parking'; readonly delayMs: number }

export type WorkEnding =
  | { readonly kind: 'done' }
  /** `reason`: one word of a closed list. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'attempted'; readonly result: AttemptResult }

export interface TracedSpan {
  /** For what it leads to. The parent's own where no spans are made; null: it is part of no trace. */
  readonly context: TraceContext | null
  /** Once. */
  end(ending: WorkEnding): void
}
