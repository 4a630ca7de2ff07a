// Writes outcomes into the delivery log, within the transaction of whoever calls.
// Invariant: folding the same records again, from any earlier point on and to at least the same end, changes nothing: per
// outcome id a row with `delivered` before all else, otherwise the last, at the place of the first.
import type { DatabaseSync } from 'node:sqlite'
import {
  callNumber,
  deliveryKey,
  findSubject,
  markOf,
  marksOf,
  spanOf,
  subjectName,
} from './delivery-log-tables.ts'
import type { SubjectMarks } from './delivery-log-tables.ts'
import { loggedKinds } from './logged-outcome.ts'
import type { LoggedKind, LoggedOutcome } from './logged-outcome.ts'

/** As the table has it, while a batch is folded. */
type Subject = { readonly n: number; parked: number } & {
  -readonly [Mark in keyof SubjectMarks]: SubjectMarks[Mark]
}

interface Tally {
  readonly bucket: number
  readonly subject: number
  delivered: number
  failed: number
}

/** Replay of the end that counts; null: none of its replays has ended. */
export type EndedReplay = (key: Uint8Array) => number | null

export class DeliveryLogFold {
  readonly #statements: ReturnType<typeof prepared>
  readonly #endedReplay: EndedReplay

  /** `endedReplay`: as of when the batch's ends were folded. */
  constructor(database: DatabaseSync, endedReplay: EndedReplay) {
    this.#statements = prepared(database)
    this.#endedReplay = endedReplay
  }

  apply(outcomes: readonly LoggedOutcome[]): void {
    const subjects = new Map<string, Subject>()
    const tallies = new Map<string, Tally>()
    for (const outcome of outcomes) {
      const subject = this.#subject(subjects, outcome)
      this.#note(outcome, subject)
      this.#row(outcome, subject, tallies)
      this.#wait(outcome, subject)
    }
    const { putSubject, addSpan } = this.#statements
    for (const { n, parked, deliveredAt, triedAt, openSince, openAt } of subjects.values())
      putSubject.run(parked, deliveredAt, triedAt, openSince, openAt, n)
    for (const { bucket, subject, delivered, failed } of tallies.values())
      if (delivered !== 0 || failed !== 0) addSpan.run(bucket, subject, delivered, failed)
  }

  #subject(subjects: Map<string, Subject>, { accountId, webhookId }: LoggedOutcome): Subject {
    const name = subjectName(accountId, webhookId)
    const known = subjects.get(name)
    if (known !== undefined) return known
    const row = this.#statements.subject.get(name)
    const subject: Subject = {
      n: row === undefined ? this.#newSubject(name, accountId) : Number(row['n']),
      parked: Number(row?.['parked'] ?? 0),
      ...marksOf(row),
    }
    subjects.set(name, subject)
    return subject
  }

  #newSubject(name: string, accountId: string): number {
    return Number(this.#statements.addSubject.run(name, accountId).lastInsertRowid)
  }

  /** Moments that only grow, whatever is told again. */
  #note({ atMs, kind, tried, breakerOpen }: LoggedOutcome, subject: Subject): void {
    if (kind === 'delivered') subject.deliveredAt = Math.max(subject.deliveredAt ?? atMs, atMs)
    if (tried) subject.triedAt = Math.max(subject.triedAt ?? atMs, atMs)
    const { deliveredAt, openSince, openAt } = subject
    if (!breakerOpen || (deliveredAt !== null && atMs <= deliveredAt)) return
    const goesOn = openSince !== null && (deliveredAt === null || openSince > deliveredAt)
    subject.openSince = goesOn ? Math.min(openSince, atMs) : atMs
    subject.openAt = Math.max(openAt ?? atMs, atMs)
  }

  #row(outcome: LoggedOutcome, subject: Subject, tallies: Map<string, Tally>): void {
    const { accountId, callId, outcomeId, atMs, kind, delayMs, text } = outcome
    const { row, addRow, replaceRow } = this.#statements
    const call = callNumber(accountId, callId)
    const mark = markOf(callId, outcomeId)
    const known = row.get(call, mark)
    if (known === undefined) {
      addRow.run(subject.n, atMs, mark, call, loggedKinds.indexOf(kind), delayMs, text)
      tally(tallies, subject, { atMs, kind, by: 1 })
      return
    }
    const before = loggedKinds[Number(known['kind'])] ?? 'other'
    if (before === 'delivered' && kind !== 'delivered') return
    const placeMs = Number(known['at'])
    replaceRow.run(loggedKinds.indexOf(kind), delayMs, text, Number(known['n']))
    tally(tallies, subject, { atMs: placeMs, kind: before, by: -1 })
    tally(tallies, subject, { atMs: placeMs, kind, by: 1 })
  }

  /** Waits until its replay, or a later one, has ended. */
  #wait({ webhookId, deliveryId, replay, dueAtMs, isFinal }: LoggedOutcome, subject: Subject): void {
    if (webhookId === null || (dueAtMs === null && !isFinal)) return
    const { parked, putParked, removeParked } = this.#statements
    const key = deliveryKey(webhookId, deliveryId)
    const row = parked.get(key)
    // Of an account that the webhook belonged to before: told there, and forgotten with the log.
    if (row !== undefined && Number(row['subject']) !== subject.n) return
    const waiting = row === undefined ? null : Number(row['replay'])
    if (dueAtMs === null) {
      if (waiting === null || waiting > replay) return
      removeParked.run(key)
      subject.parked -= 1
      return
    }
    const ended = this.#endedReplay(key)
    if ((ended !== null && ended >= replay) || (waiting !== null && waiting > replay)) return
    putParked.run(key, subject.n, replay, dueAtMs)
    if (waiting === null) subject.parked += 1
  }
}

const prepared = (database: DatabaseSync) => ({
  subject: database.prepare(findSubject),
  addSubject: database.prepare('INSERT INTO subject (name, account, parked) VALUES (?, ?, 0)'),
  putSubject: database.prepare(
    'UPDATE subject SET parked = ?, delivered_at = ?, tried_at = ?, open_since = ?, open_at = ? WHERE n = ?',
  ),
  row: database.prepare('SELECT n, at, kind FROM attempt WHERE call = ? AND mark = ?'),
  addRow: database.prepare(
    'INSERT INTO attempt (subject, at, mark, call, kind, delay, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ),
  replaceRow: database.prepare('UPDATE attempt SET kind = ?, delay = ?, text = ? WHERE n = ?'),
  addSpan: database.prepare(
    `INSERT INTO span (bucket, subject, delivered, failed) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET delivered = delivered + excluded.delivered, failed = failed + excluded.failed`,
  ),
  parked: database.prepare('SELECT replay, subject FROM parked WHERE key = ?'),
  putParked: database.prepare(
    'INSERT OR REPLACE INTO parked (key, subject, replay, due) VALUES (?, ?, ?, ?)',
  ),
  removeParked: database.prepare('DELETE FROM parked WHERE key = ?'),
})

interface Ending {
  readonly atMs: number
  readonly kind: LoggedKind
  readonly by: 1 | -1
}

function tally(tallies: Map<string, Tally>, subject: Subject, { atMs, kind, by }: Ending): void {
  if (kind !== 'delivered' && kind !== 'failed') return
  const bucket = spanOf(atMs)
  const name = `${bucket}/${subject.n}`
  const known = tallies.get(name) ?? { bucket, subject: subject.n, delivered: 0, failed: 0 }
  known[kind] += by
  tallies.set(name, known)
}
