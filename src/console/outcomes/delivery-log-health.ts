// How a webhook fares, from what the delivery log holds of it: shares delivered, delay, breaker, what waits.
// Invariant: an answer costs the same for a webhook with one delivery a day and for one with a thousand a second, for it
// is made of sums by five minutes, of marks that are kept beside the rows, and of a bounded number of rows.
import type { DatabaseSync } from 'node:sqlite'
import { findSubject, marksOf, orNull, spanMs, spanOf, subjectName } from './delivery-log-tables.ts'
import type { SubjectMarks } from './delivery-log-tables.ts'

export interface Ends {
  readonly delivered: number
  readonly failed: number
}

export interface WebhookHealth {
  readonly hour: Ends
  readonly day: Ends
  /** Of the 24 hours up to now, the oldest first. */
  readonly chart: readonly (Ends & { readonly fromMs: number })[]
  /** Age of the event when it was delivered, at the first attempt, within the last hour; milliseconds. Null: none was. */
  readonly delay: { readonly p50Ms: number; readonly p95Ms: number } | null
  readonly breaker: 'closed' | 'open' | 'trying'
  /** Epoch milliseconds of the first delivery that it put off; null while it is closed. */
  readonly breakerSinceMs: number | null
  readonly parked: { readonly count: number; readonly nextDueMs: number | null }
}

const hours = 24
const spansOfHour = 3_600_000 / spanMs
/** The newest of the last hour stand for all of them. */
const delaysLookedAt = 500
/** An open breaker lets a probe through after a minute at most, a fifth more by chance. */
const longestOpenMs = 72_000

export class DeliveryLogHealth {
  readonly #statements: ReturnType<typeof prepared>

  constructor(database: DatabaseSync) {
    this.#statements = prepared(database)
  }

  of(accountId: string, webhookId: string, nowMs: number): WebhookHealth {
    const row = this.#statements.subject.get(subjectName(accountId, webhookId))
    const n = row === undefined ? null : Number(row['n'])
    const chart = this.#chart(n, nowMs)
    const nextDue = n === null ? undefined : this.#statements.nextDue.get(n)?.['due']
    return {
      hour: chart.at(-1) ?? none,
      day: chart.reduce<Ends>(added, none),
      chart,
      delay: n === null ? null : this.#delay(n, nowMs),
      ...breakerOf(marksOf(row), nowMs),
      parked: { count: Number(row?.['parked'] ?? 0), nextDueMs: orNull(nextDue) },
    }
  }

  #chart(n: number | null, nowMs: number): WebhookHealth['chart'] {
    const last = spanOf(nowMs)
    return Array.from({ length: hours }, (_, index) => {
      const from = last + 1 - (hours - index) * spansOfHour
      const ends = Array.from({ length: spansOfHour }, (_span, at) => this.#ends(n, from + at))
      return { fromMs: from * spanMs, ...ends.reduce(added, none) }
    })
  }

  #ends(n: number | null, bucket: number): Ends {
    const row = n === null ? undefined : this.#statements.span.get(bucket, n)
    return row === undefined ? none : { delivered: Number(row['delivered']), failed: Number(row['failed']) }
  }

  #delay(n: number, nowMs: number): WebhookHealth['delay'] {
    const rows = this.#statements.delays.all(n, nowMs - 3_600_000, delaysLookedAt)
    const delays = rows.map((row) => Number(row['delay'])).sort((one, other) => one - other)
    const at = (share: number): number => delays[Math.ceil(delays.length * share) - 1] ?? 0
    return delays.length === 0 ? null : { p50Ms: at(0.5), p95Ms: at(0.95) }
  }
}

const none: Ends = { delivered: 0, failed: 0 }

function added(one: Ends, other: Ends): Ends {
  return { delivered: one.delivered + other.delivered, failed: one.failed + other.failed }
}

/** Workers do not tell how their breakers stand; what they put off because of one does. */
function breakerOf(
  { deliveredAt, triedAt, openSince, openAt }: SubjectMarks,
  nowMs: number,
): Pick<WebhookHealth, 'breaker' | 'breakerSinceMs'> {
  const isOver = openSince === null || openAt === null || (deliveredAt !== null && deliveredAt >= openSince)
  if (isOver) return { breaker: 'closed', breakerSinceMs: null }
  const isTried = (triedAt !== null && triedAt > openAt) || nowMs - openAt > longestOpenMs
  return { breaker: isTried ? 'trying' : 'open', breakerSinceMs: openSince }
}

const prepared = (database: DatabaseSync) => ({
  subject: database.prepare(findSubject),
  span: database.prepare('SELECT delivered, failed FROM span WHERE bucket = ? AND subject = ?'),
  delays: database.prepare(
    `SELECT delay FROM (SELECT delay FROM attempt WHERE subject = ? AND at >= ? ORDER BY at DESC LIMIT ?)
     WHERE delay IS NOT NULL`,
  ),
  nextDue: database.prepare('SELECT min(due) AS due FROM parked WHERE subject = ?'),
})
