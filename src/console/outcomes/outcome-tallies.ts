// How many deliveries of each webhook ended well and badly, in the store's file, within the transaction of whoever calls.
// Invariant: a delivery is known by a key and counts once, however often it is told.
import type { DatabaseSync } from 'node:sqlite'
import { deliveryKey } from './delivery-log-tables.ts'
import { standingAfter } from './outcome-fold.ts'
import type { CountedOutcome, Standing, Verdict } from './outcome-fold.ts'

export interface WebhookCounts {
  /** Deliveries since the webhook exists, as far as the topic's records were read. */
  readonly delivered: number
  readonly failed: number
  /** Epoch milliseconds of the newest outcome that tells of a request. */
  readonly lastAttemptAtMs: number | null
}

export interface StoredOutcome extends CountedOutcome {
  /** Epoch milliseconds of the record: the topic forgets by it. */
  readonly recordedAtMs: number
}

const hourMs = 3_600_000
/** Of a webhook of which nothing is known. */
export const nothing: WebhookCounts = { delivered: 0, failed: 0, lastAttemptAtMs: null }
const verdicts: readonly Verdict[] = ['delivered', 'failed', 'cancelled']

interface Tally {
  delivered: number
  failed: number
  cancelled: number
  lastAttemptAtMs: number | null
}

export class OutcomeTallies {
  readonly #statements: ReturnType<typeof prepared>

  constructor(database: DatabaseSync) {
    this.#statements = prepared(database)
  }

  of(webhookId: string): WebhookCounts {
    const row = this.#statements.counts.get(webhookId)
    if (row === undefined) return nothing
    const lastAttemptAtMs = row['last_attempt_at'] === null ? null : Number(row['last_attempt_at'])
    return { delivered: Number(row['delivered']), failed: Number(row['failed']), lastAttemptAtMs }
  }

  /** Null: none of its replays has ended. */
  standing(key: Uint8Array): Standing | null {
    const row = this.#statements.delivery.get(key)
    return row === undefined ? null : standingOf(Number(row['standing']))
  }

  /** Epoch milliseconds at the begin of the hour of its last end; null: it has not ended. */
  endedHourMs(webhookId: string, deliveryId: string): number | null {
    const row = this.#statements.delivery.get(deliveryKey(webhookId, deliveryId))
    return row === undefined ? null : Number(row['hour']) * hourMs
  }

  apply(outcomes: readonly StoredOutcome[]): void {
    const tallies = new Map<string, Tally>()
    for (const outcome of outcomes) {
      const tally = tallyOf(tallies, outcome.webhookId)
      if (outcome.triedAtMs !== null)
        tally.lastAttemptAtMs = Math.max(tally.lastAttemptAtMs ?? outcome.triedAtMs, outcome.triedAtMs)
      if (outcome.standing !== null) this.#stand(outcome, outcome.standing, tally)
    }
    for (const [id, { delivered, failed, lastAttemptAtMs }] of tallies) {
      if (delivered !== 0 || failed !== 0 || lastAttemptAtMs !== null)
        this.#statements.add.run(id, delivered, failed, lastAttemptAtMs)
    }
  }

  /** Forgets the deliveries of a slice of all keys that were last recorded before a moment; they stay counted. */
  forget(from: Uint8Array, to: Uint8Array, beforeMs: number): void {
    this.#statements.forget.run(from, to, Math.floor(beforeMs / hourMs))
  }

  #stand(outcome: StoredOutcome, newer: Standing, tally: Tally): void {
    const key = deliveryKey(outcome.webhookId, outcome.deliveryId)
    const row = this.#statements.delivery.get(key)
    const before = row === undefined ? null : standingOf(Number(row['standing']))
    const after = standingAfter(before, newer)
    const known = { standing: Number(row?.['standing'] ?? -1), hour: Number(row?.['hour'] ?? 0) }
    const next = {
      standing: numberOf(after),
      hour: Math.max(known.hour, Math.floor(outcome.recordedAtMs / hourMs)),
    }
    if (next.standing !== known.standing || next.hour !== known.hour)
      this.#statements.putDelivery.run(key, next.standing, next.hour)
    if (before !== null) tally[before.verdict] -= 1
    tally[after.verdict] += 1
  }
}

const prepared = (database: DatabaseSync) => ({
  counts: database.prepare('SELECT delivered, failed, last_attempt_at FROM webhook WHERE id = ?'),
  add: database.prepare(
    `INSERT INTO webhook (id, delivered, failed, last_attempt_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       delivered = delivered + excluded.delivered,
       failed = failed + excluded.failed,
       last_attempt_at = coalesce(max(last_attempt_at, excluded.last_attempt_at),
                                  last_attempt_at, excluded.last_attempt_at)`,
  ),
  delivery: database.prepare('SELECT standing, hour FROM delivery WHERE key = ?'),
  putDelivery: database.prepare('INSERT OR REPLACE INTO delivery (key, standing, hour) VALUES (?, ?, ?)'),
  forget: database.prepare('DELETE FROM delivery WHERE key >= ? AND key < ? AND hour < ?'),
})

function tallyOf(tallies: Map<string, Tally>, webhookId: string): Tally {
  const known = tallies.get(webhookId)
  if (known !== undefined) return known
  const tally: Tally = { delivered: 0, failed: 0, cancelled: 0, lastAttemptAtMs: null }
  tallies.set(webhookId, tally)
  return tally
}

/** Replay and verdict in one number, which is a byte for nearly every row. */
function numberOf({ replay, verdict }: Standing): number {
  return replay * verdicts.length + verdicts.indexOf(verdict)
}

function standingOf(number: number): Standing {
  const replay = Math.floor(number / verdicts.length)
  return { replay, verdict: verdicts[number - replay * verdicts.length] ?? 'cancelled' }
}
