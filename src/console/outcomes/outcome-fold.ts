// What an outcome means for the counts of its webhook, and what a later outcome of the same delivery changes.
// Invariant: folding the same records again, from any earlier point on and to at least the same end, changes
// nothing. A delivery counts once, whatever was repeated after a crash or replayed by the operator.
import type { WebhookOutcomeRecord } from '../../domain/records.ts'

/** Cancelled counts as neither: the webhook was deleted or disabled, or nothing was to be sent, so nobody failed. */
export type Verdict = 'delivered' | 'failed' | 'cancelled'

/** How a delivery stands: the replay that was counted last, and how it ended. */
export interface Standing {
  readonly replay: number
  readonly verdict: Verdict
}

/** What is counted of one outcome. */
export interface CountedOutcome {
  readonly webhookId: string
  readonly deliveryId: string
  /** Null where the outcome is not a final one. */
  readonly standing: Standing | null
  /** Epoch milliseconds; null where the outcome does not tell of a request. */
  readonly triedAtMs: number | null
}

/** The last moment that a `Date` can hold: beyond it a time cannot be shown. */
export const lastMomentMs = 8_640_000_000_000_000

/** Null where there is nothing to count: no webhook, or neither an end nor a request. */
export function countedOutcome(record: WebhookOutcomeRecord): CountedOutcome | null {
  const { webhook_id: webhookId, delivery_id: deliveryId, replay } = record
  if (webhookId === null) return null
  const verdict = record.final ? verdictOf(record.result) : null
  const triedAtMs = tellsOfRequest(record) ? record.written_at : null
  if (verdict === null && triedAtMs === null) return null
  return { webhookId, deliveryId, standing: verdict === null ? null : { replay, verdict }, triedAtMs }
}

/**
 * The newest replay counts, and of one replay the last record; but what was delivered once stays delivered,
 * because the receiver has it.
 */
export function standingAfter(before: Standing | null, newer: Standing): Standing {
  if (before === null) return newer
  if (before.verdict === 'delivered') return before
  return newer.verdict === 'delivered' || newer.replay >= before.replay ? newer : before
}

/** Null: no end that we know. */
export function verdictOf(result: WebhookOutcomeRecord['result']): Verdict | null {
  switch (result) {
    case 'delivered':
    case 'cancelled':
      return result
    case 'shadowed':
      return 'cancelled'
    case 'failed':
    case 'rejected':
    case 'expired':
      return 'failed'
    // A later version's result, or a record that contradicts itself: no end that we know.
    case 'unknown':
    case 'retry_scheduled':
    case 'deferred':
      return null
  }
}

/** `attempt` counts earlier requests too, so a delivery that is cancelled or expires later may carry one. */
export function tellsOfRequest({ attempt, queued_ms, result, written_at }: WebhookOutcomeRecord): boolean {
  if (attempt <= 0 || queued_ms === null || Math.abs(written_at) > lastMomentMs) return false
  return result === 'delivered' || result === 'failed' || result === 'retry_scheduled'
}
