// The tables of the delivery log, beside those of the counts in the same file, and the numbers that stand in them.
// Invariant: rows are found by hashes and numbers, and each row is looked at again before it is shown; so that two that
// share a hash, by chance or by somebody's work, never show one account what is another's.
import { hash } from 'node:crypto'

/**
 * `attempt`: an outcome each. Its place in a list (`at`, then `mark`) never changes, whatever a repeat says, so that paging
 * neither skips nor repeats. `subject`: a webhook of an account, with what its health follows from; without a webhook, what
 * happened to whole events of the account. `parked`: deliveries that wait. `span`: ends within five minutes.
 *
 * A million rows of 2,000 webhooks, measured (one core that is shared): written at 14,000 a second in batches of 200, and
 * of 100 no slower; pages read in 0.2 ms however deep; 394 bytes a row; the process at 130 MB. One index for identity and
 * call, which has the time too, instead of one each: 10,000 a second. Hence a call's page sorts the entries of that call, of
 * which there are few.
 */
export const logTables = `
  CREATE TABLE subject (
    n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, account TEXT NOT NULL, parked INTEGER NOT NULL,
    delivered_at INTEGER, tried_at INTEGER, open_since INTEGER, open_at INTEGER) STRICT;
  CREATE TABLE attempt (
    n INTEGER PRIMARY KEY, subject INTEGER NOT NULL, at INTEGER NOT NULL, mark INTEGER NOT NULL,
    call INTEGER NOT NULL, kind INTEGER NOT NULL, delay INTEGER, text TEXT NOT NULL) STRICT;
  CREATE UNIQUE INDEX attempt_of_call ON attempt (call, mark, at);
  CREATE INDEX attempt_of_subject ON attempt (subject, at, mark);
  CREATE INDEX attempt_failed ON attempt (subject, at, mark) WHERE kind >= 3;
  CREATE TABLE parked (
    key BLOB PRIMARY KEY, subject INTEGER NOT NULL, replay INTEGER NOT NULL, due INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE INDEX parked_of_subject ON parked (subject, due);
  CREATE TABLE span (
    bucket INTEGER NOT NULL, subject INTEGER NOT NULL, delivered INTEGER NOT NULL, failed INTEGER NOT NULL,
    PRIMARY KEY (bucket, subject)) STRICT, WITHOUT ROWID;
`

/** What the health of a webhook follows from: epoch milliseconds; null: it has not been. */
export interface SubjectMarks {
  readonly deliveredAt: number | null
  readonly triedAt: number | null
  /** Since when, and when last, deliveries were put off by an open breaker. */
  readonly openSince: number | null
  readonly openAt: number | null
}

/** By its name. */
export const findSubject =
  'SELECT n, parked, delivered_at, tried_at, open_since, open_at FROM subject WHERE name = ?'

/** `row`: what `findSubject` found, if anything. */
export function marksOf(row: Readonly<Record<string, unknown>> | undefined): SubjectMarks {
  return {
    deliveredAt: orNull(row?.['delivered_at']),
    triedAt: orNull(row?.['tried_at']),
    openSince: orNull(row?.['open_since']),
    openAt: orNull(row?.['open_at']),
  }
}

export function orNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

export const spanMs = 300_000

export function spanOf(atMs: number): number {
  return Math.floor(atMs / spanMs)
}

/** `webhookId` null: the account's whole events. */
export function subjectName(accountId: string, webhookId: string | null): string {
  return JSON.stringify(webhookId === null ? [accountId] : [accountId, webhookId])
}

export function callNumber(accountId: string, callId: string): number {
  return numberFrom(JSON.stringify([accountId, callId]))
}

/**
 * With the call's number it is 96 bits: in 10^10 rows the odds that any two share both are 1 in 10^9. Of the call, too, so
 * that two rows of one moment differ in it whatever ids a producer has given twice.
 */
export function markOf(callId: string, outcomeId: string): number {
  return numberFrom(JSON.stringify([callId, outcomeId]))
}

/**
 * Ids come from outside in any length; a hash makes each 16 bytes. With 10^10 deliveries the odds that any two of
 * them share one are 1 in 10^19. A webhook id holds no line feed, so no two pairs read alike.
 */
export function deliveryKey(webhookId: string, deliveryId: string): Uint8Array {
  return hash('sha256', `${webhookId}\n${deliveryId}`, 'buffer').subarray(0, 16)
}

/** 48 bits: a number that a double holds. */
function numberFrom(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6)
}
