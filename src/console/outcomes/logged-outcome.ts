// What the delivery log keeps of an outcome, and what it gives back of it.
// Invariant: what a row is found and ordered by is told apart from what is only shown of it, which is one text: a row is
// written five thousand times for each time that it is read.
import { lastMomentMs, tellsOfRequest, verdictOf } from './outcome-fold.ts'
import type { WebhookOutcomeRecord } from '../../domain/records.ts'

/** Fields of the record that are shown, in the order in which they are kept: another order is another version of the file. */
const shown = [
  'outcome_id',
  'delivery_id',
  'replay',
  'event_id',
  'call_id',
  'webhook_id',
  'event_type',
  'attempt',
  'result',
  'reason',
  'final',
  'fault_owner',
  'status_code',
  'method',
  'origin',
  'queued_ms',
  'connect_ms',
  'first_byte_ms',
  'total_ms',
  'event_age_ms',
  'next_attempt_at',
  'excerpt',
  'redirect_location',
  'cut_values',
  'written_at',
] as const satisfies readonly (keyof WebhookOutcomeRecord)[]

export type ShownOutcome = Pick<WebhookOutcomeRecord, (typeof shown)[number]>

/** `failed` and `try_failed` are what a client looks for; `waits` and `other` tell of nothing that went wrong. */
export const loggedKinds = ['waits', 'delivered', 'other', 'failed', 'try_failed'] as const
export type LoggedKind = (typeof loggedKinds)[number]

export interface LoggedOutcome {
  readonly accountId: string
  /** Null: it stands for the whole event. */
  readonly webhookId: string | null
  readonly callId: string
  readonly outcomeId: string
  readonly deliveryId: string
  readonly replay: number
  /** When the outcome was made up, epoch milliseconds; the record's own time where that is no moment. */
  readonly atMs: number
  readonly kind: LoggedKind
  readonly isFinal: boolean
  /** It tells of a request. */
  readonly tried: boolean
  /** It was put off because the breaker of its lane was open. */
  readonly breakerOpen: boolean
  /** Age of the event in milliseconds; null unless it was delivered at the first attempt. */
  readonly delayMs: number | null
  /** When its next attempt is due, epoch milliseconds; null where none is to come. */
  readonly dueAtMs: number | null
  readonly text: string
}

/** `recordedAtMs`: of the record, epoch milliseconds. */
export function loggedOutcome(record: WebhookOutcomeRecord, recordedAtMs: number): LoggedOutcome {
  const { result, written_at: writtenAt, next_attempt_at: nextAttemptAt } = record
  const atMs = Math.abs(writtenAt) > lastMomentMs ? recordedAtMs : writtenAt
  const waits = !record.final && (result === 'retry_scheduled' || result === 'deferred')
  return {
    accountId: record.account_id,
    webhookId: record.webhook_id,
    callId: record.call_id,
    outcomeId: record.outcome_id,
    deliveryId: record.delivery_id,
    replay: record.replay,
    atMs,
    kind: kindOf(record),
    isFinal: record.final,
    tried: tellsOfRequest(record),
    breakerOpen: result === 'deferred' && record.reason === 'breaker_open',
    delayMs: result === 'delivered' && record.attempt === 1 ? Math.max(0, record.event_age_ms) : null,
    dueAtMs: waits ? (nextAttemptAt ?? atMs) : null,
    text: JSON.stringify(shown.map((name) => record[name])),
  }
}

/** @throws where the text is none that `loggedOutcome` made: the file is damaged */
export function shownOutcome(text: string): ShownOutcome {
  const values = JSON.parse(text) as readonly unknown[]
  return Object.fromEntries(shown.map((name, at) => [name, values[at]])) as unknown as ShownOutcome
}

function kindOf(record: WebhookOutcomeRecord): LoggedKind {
  if (record.result === 'retry_scheduled') return 'try_failed'
  const verdict = record.final ? verdictOf(record.result) : null
  switch (verdict) {
    case 'delivered':
    case 'failed':
      return verdict
    case 'cancelled':
      return 'other'
    case null:
      return record.result === 'deferred' ? 'waits' : 'other'
  }
}
