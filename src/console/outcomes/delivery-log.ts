// What happened to calls, read from the delivery log: the attempts of a webhook or a call, newest first.
// Invariants: every question names its account and finds nothing of another one; a page costs the rows that it shows,
// however many there are before it.
import type { DatabaseSync } from 'node:sqlite'
import { cursorOf, placeOf } from './delivery-log-cursor.ts'
import type { LogPlace } from './delivery-log-cursor.ts'
import { callNumber, deliveryKey, subjectName } from './delivery-log-tables.ts'
import { loggedKinds, shownOutcome } from './logged-outcome.ts'
import type { LoggedKind, ShownOutcome } from './logged-outcome.ts'
import type { Standing } from './outcome-fold.ts'

export interface Attempt {
  readonly outcome: ShownOutcome
  /** It ended without being delivered, and nothing newer is known of its delivery: it may be sent again. */
  readonly sendable: boolean
}

export interface AttemptsPage {
  /** Newest first. */
  readonly attempts: readonly Attempt[]
  readonly next: string | null
}

export interface AttemptsRequest {
  /** From 1. */
  readonly limit: number
  /** What an earlier page named as its next; null: from the newest on. */
  readonly after: string | null
}

export interface WebhookAttemptsRequest extends AttemptsRequest {
  readonly only: 'all' | 'failed'
  /** Epoch milliseconds, from `sinceMs` on and before `untilMs`. */
  readonly sinceMs: number
  readonly untilMs: number
}

/** How a delivery has ended, if it has. */
export type StandingOf = (key: Uint8Array) => Standing | null

/** A call has a start and an end for some webhooks. Of one with more outcomes than these, some are not shown. */
const mostOfCall = 20_000

export class DeliveryLog {
  readonly #statements: ReturnType<typeof prepared>
  readonly #standingOf: StandingOf

  constructor(database: DatabaseSync, standingOf: StandingOf) {
    this.#statements = prepared(database)
    this.#standingOf = standingOf
  }

  /** Null: `after` is no place in a list. */
  ofWebhook(accountId: string, webhookId: string, request: WebhookAttemptsRequest): AttemptsPage | null {
    const { limit, only, sinceMs, untilMs } = request
    const place = placeAfter(request)
    if (place === null) return null
    const n = this.#statements.subject.get(subjectName(accountId, webhookId))?.['n']
    if (n === undefined) return nothing
    // What is before a moment is behind the place of the smallest mark there.
    const from = place.atMs < untilMs ? place : { atMs: untilMs, mark: -1 }
    const rows = this.#statements[only].all(Number(n), from.atMs, from.mark, sinceMs, limit + 1)
    return this.#page(rows, limit)
  }

  /** Of all webhooks of the account. Null: `after` is no place in a list. */
  ofCall(accountId: string, callId: string, request: AttemptsRequest): AttemptsPage | null {
    const place = placeAfter(request)
    if (place === null) return null
    const call = callNumber(accountId, callId)
    const { atMs, mark } = place
    const rows = this.#statements.ofCall.all(call, mostOfCall, atMs, mark, accountId, request.limit + 1)
    return this.#page(rows, request.limit, callId)
  }

  #page(rows: readonly Row[], limit: number, callId?: string): AttemptsPage {
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const attempts = shown.map((row) => this.#attempt(row))
    const isMore = rows.length > limit && last !== undefined
    return {
      attempts: attempts.filter(({ outcome }) => callId === undefined || outcome.call_id === callId),
      next: isMore ? cursorOf({ atMs: Number(last['at']), mark: Number(last['mark']) }) : null,
    }
  }

  #attempt(row: Row): Attempt {
    const outcome = shownOutcome(String(row['text']))
    const kind = loggedKinds[Number(row['kind'])] ?? 'other'
    return { outcome, sendable: this.#isSendable(outcome, kind) }
  }

  #isSendable(
    { webhook_id: webhookId, delivery_id, replay, final }: ShownOutcome,
    kind: LoggedKind,
  ): boolean {
    if (webhookId === null || !final || kind !== 'failed') return false
    const key = deliveryKey(webhookId, delivery_id)
    const standing = this.#standingOf(key)
    if (standing !== null && (standing.verdict !== 'failed' || standing.replay > replay)) return false
    const waiting = this.#statements.waiting.get(key)?.['replay']
    return waiting === undefined || Number(waiting) <= replay
  }
}

type Row = Readonly<Record<string, unknown>>

const nothing: AttemptsPage = { attempts: [], next: null }
const newest: LogPlace = { atMs: Number.MAX_SAFE_INTEGER, mark: 0 }

function placeAfter({ after }: AttemptsRequest): LogPlace | null {
  return after === null ? newest : placeOf(after)
}

const prepared = (database: DatabaseSync) => {
  const ofWebhook = (more: string) =>
    database.prepare(
      `SELECT at, mark, kind, text FROM attempt
       WHERE subject = ? AND (at, mark) < (?, ?) AND at >= ? ${more} ORDER BY at DESC, mark DESC LIMIT ?`,
    )
  return {
    subject: database.prepare('SELECT n FROM subject WHERE name = ?'),
    all: ofWebhook(''),
    failed: ofWebhook('AND kind >= 3'),
    ofCall: database.prepare(
      `SELECT attempt.at, attempt.mark, kind, text
       FROM (SELECT n, at, mark FROM attempt WHERE call = ? LIMIT ?) AS of_call
         JOIN attempt ON attempt.n = of_call.n JOIN subject ON subject.n = attempt.subject
       WHERE (of_call.at, of_call.mark) < (?, ?) AND subject.account = ?
       ORDER BY of_call.at DESC, of_call.mark DESC LIMIT ?`,
    ),
    waiting: database.prepare('SELECT replay FROM parked WHERE key = ?'),
  }
}
