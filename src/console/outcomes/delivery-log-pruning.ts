// Forgets what the delivery log has kept for long enough, in steps that take milliseconds.
// Invariant: a step looks at a bounded number of rows, whatever there is to forget; as many steps follow on what is written
// that the log cannot grow past its bounds for long.
import type { DatabaseSync } from 'node:sqlite'
import { spanOf } from './delivery-log-tables.ts'

export interface LogBounds {
  /** Epoch milliseconds: what happened before goes. */
  readonly beforeMs: number
  /** Epoch milliseconds: sums of the time before go. */
  readonly sumsBeforeMs: number
  /** How many outcomes are kept at most: the ones read first go. */
  readonly rows: number
}

/** Half as many again as a batch brings. */
const rowsOfStep = 150
export class DeliveryLogPruning {
  readonly #statements: ReturnType<typeof prepared>

  constructor(database: DatabaseSync) {
    this.#statements = prepared(database)
  }

  /** Rows stand in the order in which they were read, which is nearly that of time. Within a transaction. */
  step({ beforeMs, sumsBeforeMs, rows }: LogBounds): void {
    const { first, last, forget, forgetSpans } = this.#statements
    forgetSpans.run(spanOf(sumsBeforeMs), rowsOfStep)
    const lowest = first.get()
    if (lowest === undefined) return
    const from = Number(lowest['n'])
    const beyond = Number(last.get()?.['n'] ?? 0) - rows
    if (Number(lowest['at']) < beforeMs || from <= beyond)
      forget.run(from, from + rowsOfStep, beforeMs, beyond)
  }

  /** Deliveries whose end was never told, of a slice of all keys. Within a transaction. */
  stale(from: Uint8Array, to: Uint8Array, beforeMs: number): void {
    const { stale, removeParked, oneLess } = this.#statements
    for (const { key, subject } of stale.all(from, to, beforeMs)) {
      removeParked.run(key as Uint8Array)
      oneLess.run(subject as number)
    }
  }
}

const prepared = (database: DatabaseSync) => ({
  first: database.prepare('SELECT n, at FROM attempt ORDER BY n LIMIT 1'),
  last: database.prepare('SELECT max(n) AS n FROM attempt'),
  forget: database.prepare('DELETE FROM attempt WHERE n >= ? AND n < ? AND (at < ? OR n <= ?)'),
  forgetSpans: database.prepare(
    'DELETE FROM span WHERE (bucket, subject) IN (SELECT bucket, subject FROM span WHERE bucket < ? LIMIT ?)',
  ),
  stale: database.prepare('SELECT key, subject FROM parked WHERE key >= ? AND key < ? AND due < ?'),
  removeParked: database.prepare('DELETE FROM parked WHERE key = ?'),
  oneLess: database.prepare('UPDATE subject SET parked = parked - 1 WHERE n = ?'),
})
