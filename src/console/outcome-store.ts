// Counts per webhook in an embedded database, with the place in the topic up to which they count.
// Invariant: a place is written in the same transaction as what it covers, so whatever ends the process, reading
// on from the stored places gives the counts of an undisturbed reading. The file is a cache of the topic: one that
// is lost, unreadable or of another version is moved aside and filled anew with what the topic still has.
import { createHash } from 'node:crypto'
import type { StatementSync } from 'node:sqlite'
import { standingAfter } from './outcome-fold.ts'
import type { CountedOutcome, Standing, Verdict } from './outcome-fold.ts'
import { openStoreFile, removeStoreFile } from './outcome-store-file.ts'
import type { StoreFile } from './outcome-store-file.ts'

export interface WebhookCounts {
  /** Deliveries since the webhook exists, as far as the topic's records were read. */
  readonly delivered: number
  readonly failed: number
  /** Epoch milliseconds of the newest outcome that tells of a request. */
  readonly lastAttemptAtMs: number | null
}

/** The last record of a partition that is counted; the fingerprint tells it from another topic's at the same offset. */
export interface LastRead {
  readonly offset: bigint
  readonly fingerprint: Uint8Array
}

export interface OutcomeBatch {
  readonly partition: number
  readonly outcomes: readonly StoredOutcome[]
  /** The last record that the batch covers, whether it was an outcome or not. */
  readonly lastRead: LastRead
}

export interface StoredOutcome extends CountedOutcome {
  /** Epoch milliseconds of the record: the topic forgets by it. */
  readonly recordedAtMs: number
}

export interface OutcomeStoreOptions {
  readonly file: string
  readonly topic: string
  /** The counts begin at zero: why. */
  emptied(reason: string): void
}

/** One slice is pruned at a time, so that no step takes long however many deliveries are known. */
export const pruneSlices = 4_096

const dayMs = 86_400_000
const nothing: WebhookCounts = { delivered: 0, failed: 0, lastAttemptAtMs: null }
const verdicts: readonly Verdict[] = ['delivered', 'failed', 'cancelled']
const beyondEveryKey = Buffer.alloc(17, 0xff)

const prepareStatements = ({ database }: StoreFile) => {
  const places = database.prepare('SELECT partition, last_offset, fingerprint FROM place')
  places.setReadBigInts(true)
  return {
    places,
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    counts: database.prepare('SELECT delivered, failed, last_attempt_at FROM webhook WHERE id = ?'),
    add: database.prepare(
      `INSERT INTO webhook (id, delivered, failed, last_attempt_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         delivered = delivered + excluded.delivered,
         failed = failed + excluded.failed,
         last_attempt_at = coalesce(max(last_attempt_at, excluded.last_attempt_at),
                                    last_attempt_at, excluded.last_attempt_at)`,
    ),
    delivery: database.prepare('SELECT standing, day FROM delivery WHERE key = ?'),
    putDelivery: database.prepare('INSERT OR REPLACE INTO delivery (key, standing, day) VALUES (?, ?, ?)'),
    putPlace: database.prepare(
      'INSERT OR REPLACE INTO place (partition, last_offset, fingerprint) VALUES (?, ?, ?)',
    ),
    prune: database.prepare('DELETE FROM delivery WHERE key >= ? AND key < ? AND day < ?'),
  } satisfies Record<string, StatementSync>
}

interface Tally {
  delivered: number
  failed: number
  cancelled: number
  lastAttemptAtMs: number | null
}

/** Every method is synchronous; any may throw SQLite's error, which `isUnusable` sorts. */
export class OutcomeStore {
  readonly #options: OutcomeStoreOptions
  #file: StoreFile
  #statements: ReturnType<typeof prepareStatements>

  /** @throws StoreFileRefused where the place does not let us have a file there. */
  constructor(options: OutcomeStoreOptions) {
    this.#options = options
    this.#file = openStoreFile(options)
    this.#statements = prepareStatements(this.#file)
  }

  /** An entry for each id asked for. */
  counts(webhookIds: readonly string[]): Map<string, WebhookCounts> {
    return new Map(
      webhookIds.map((id) => {
        const row = this.#statements.counts.get(id)
        if (row === undefined) return [id, nothing]
        const lastAttemptAtMs = row['last_attempt_at'] === null ? null : Number(row['last_attempt_at'])
        return [id, { delivered: Number(row['delivered']), failed: Number(row['failed']), lastAttemptAtMs }]
      }),
    )
  }

  lastRead(): Map<number, LastRead> {
    return new Map(
      this.#statements.places.all().map(({ partition, last_offset, fingerprint }) => {
        return [Number(partition), { offset: last_offset as bigint, fingerprint: fingerprint as Uint8Array }]
      }),
    )
  }

  /** All of the batch or, where it throws, nothing of it. */
  apply({ partition, outcomes, lastRead }: OutcomeBatch): void {
    const { begin, commit, rollback, add, putPlace } = this.#statements
    begin.run()
    try {
      const tallies = new Map<string, Tally>()
      for (const outcome of outcomes) {
        const tally = tallyOf(tallies, outcome.webhookId)
        if (outcome.triedAtMs !== null)
          tally.lastAttemptAtMs = Math.max(tally.lastAttemptAtMs ?? outcome.triedAtMs, outcome.triedAtMs)
        if (outcome.standing !== null) this.#stand(outcome, outcome.standing, tally)
      }
      for (const [id, { delivered, failed, lastAttemptAtMs }] of tallies) {
        if (delivered !== 0 || failed !== 0 || lastAttemptAtMs !== null)
          add.run(id, delivered, failed, lastAttemptAtMs)
      }
      putPlace.run(partition, lastRead.offset, lastRead.fingerprint)
      commit.run()
    } catch (error) {
      // SQLite may have rolled back by itself, as it does where the disk is full.
      if (this.#file.database.isTransaction) rollback.run()
      throw error
    }
  }

  /** Forgets the deliveries of one slice that were last recorded before a moment; they stay counted. */
  prune(slice: number, beforeMs: number): void {
    const bound = (index: number): Buffer => Buffer.of(index >> 4, (index & 15) << 4)
    const upper = slice + 1 === pruneSlices ? beyondEveryKey : bound(slice + 1)
    this.#statements.prune.run(bound(slice), upper, Math.floor(beforeMs / dayMs))
  }

  /** Moves the file aside and begins with nothing. Where this throws, it can be tried again. */
  startOver(reason: string): void {
    this.#file.close()
    removeStoreFile(this.#options.file)
    this.#options.emptied(reason)
    this.#file = openStoreFile(this.#options)
    this.#statements = prepareStatements(this.#file)
  }

  close(): void {
    this.#file.close()
  }

  #stand(outcome: StoredOutcome, newer: Standing, tally: Tally): void {
    const key = deliveryKey(outcome)
    const row = this.#statements.delivery.get(key)
    const before = row === undefined ? null : standingOf(Number(row['standing']))
    const after = standingAfter(before, newer)
    const known = { standing: Number(row?.['standing'] ?? -1), day: Number(row?.['day'] ?? 0) }
    const next = {
      standing: numberOf(after),
      day: Math.max(known.day, Math.floor(outcome.recordedAtMs / dayMs)),
    }
    if (next.standing !== known.standing || next.day !== known.day)
      this.#statements.putDelivery.run(key, next.standing, next.day)
    if (before !== null) tally[before.verdict] -= 1
    tally[after.verdict] += 1
  }
}

/** Of a record's bytes and time: what stands at an offset in another topic of the same name differs in it. */
export function fingerprintOf(record: {
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}): Uint8Array {
  const hash = createHash('sha256').update(`${record.timestampMs}/${record.key?.byteLength ?? -1}/`)
  return hash
    .update(record.key ?? '')
    .update(record.value ?? '')
    .digest()
    .subarray(0, 16)
}

/**
 * Ids come from outside in any length; a hash makes each 16 bytes. With 10^10 deliveries the odds that any two of
 * them share one are 1 in 10^19. A webhook id holds no line feed, so no two pairs read alike.
 */
function deliveryKey({ webhookId, deliveryId }: StoredOutcome): Uint8Array {
  return createHash('sha256').update(`${webhookId}\n${deliveryId}`).digest().subarray(0, 16)
}

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
