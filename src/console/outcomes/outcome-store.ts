// What outcomes tell, in an embedded database: counts per webhook, the delivery log, and the place in the topic up to which
// both tell.
// Invariant: a place is written in the same transaction as what it covers, so whatever ends the process, reading
// on from the stored places gives what an undisturbed reading gives. The file is a cache of the topic: one that
// is lost, unreadable or of another version is moved aside and filled anew with what the topic still has.
import { createHash } from 'node:crypto'
import { DeliveryLog } from './delivery-log.ts'
import { DeliveryLogFold } from './delivery-log-fold.ts'
import { DeliveryLogHealth } from './delivery-log-health.ts'
import { DeliveryLogPruning } from './delivery-log-pruning.ts'
import type { LogBounds } from './delivery-log-pruning.ts'
import type { LoggedOutcome } from './logged-outcome.ts'
import { openStoreFile, removeStoreFile } from './outcome-store-file.ts'
import type { StoreFile } from './outcome-store-file.ts'
import { OutcomeTallies } from './outcome-tallies.ts'
import type { StoredOutcome, WebhookCounts } from './outcome-tallies.ts'

/** The last record of a partition that is counted; the fingerprint tells it from another topic's at the same offset. */
export interface LastRead {
  readonly offset: bigint
  readonly fingerprint: Uint8Array
}

export interface OutcomeBatch {
  readonly partition: number
  /** For the counts. */
  readonly outcomes: readonly StoredOutcome[]
  /** For the log. */
  readonly logged: readonly LoggedOutcome[]
  /** The last record that the batch covers, whether it was an outcome or not. */
  readonly lastRead: LastRead
}

export interface OutcomeStoreOptions {
  readonly file: string
  readonly topic: string
  /** The counts begin at zero: why. */
  emptied(reason: string): void
}

/** One slice is pruned at a time, so that no step takes long however many deliveries are known. */
export const pruneSlices = 4_096

const beyondEveryKey = Buffer.alloc(17, 0xff)

/** Every method is synchronous; any may throw SQLite's error, which `isUnusable` sorts. */
export class OutcomeStore {
  readonly #options: OutcomeStoreOptions
  #open: ReturnType<typeof openParts>

  /** @throws StoreFileRefused where the place does not let us have a file there. */
  constructor(options: OutcomeStoreOptions) {
    this.#options = options
    this.#open = openParts(openStoreFile(options))
  }

  /** Asked for anew each time: the file may be begun anew. */
  get log(): DeliveryLog {
    return this.#open.log
  }

  get health(): DeliveryLogHealth {
    return this.#open.health
  }

  /** An entry for each id asked for. */
  counts(webhookIds: readonly string[]): Map<string, WebhookCounts> {
    return new Map(webhookIds.map((id) => [id, this.#open.tallies.of(id)]))
  }

  /** Epoch milliseconds, the begin of an hour; null: none of its replays has ended. */
  endedHourMs(webhookId: string, deliveryId: string): number | null {
    return this.#open.tallies.endedHourMs(webhookId, deliveryId)
  }

  lastRead(): Map<number, LastRead> {
    return new Map(
      this.#open.statements.places.all().map(({ partition, last_offset, fingerprint }) => {
        return [Number(partition), { offset: last_offset as bigint, fingerprint: fingerprint as Uint8Array }]
      }),
    )
  }

  /** All of the batch or, where it throws, nothing of it. */
  apply({ partition, outcomes, logged, lastRead }: OutcomeBatch): void {
    const { tallies, fold, statements } = this.#open
    this.#transaction(() => {
      tallies.apply(outcomes)
      fold.apply(logged)
      statements.putPlace.run(partition, lastRead.offset, lastRead.fingerprint)
    })
  }

  /**
   * Forgets the deliveries of one slice that were last recorded before `endedBeforeMs`, and those that wait for an attempt
   * which was due before `dueBeforeMs`; they stay counted.
   */
  prune(slice: number, { endedBeforeMs, dueBeforeMs }: PruneBounds): void {
    const { tallies, pruning } = this.#open
    const bound = (index: number): Buffer => Buffer.of(index >> 4, (index & 15) << 4)
    const upper = slice + 1 === pruneSlices ? beyondEveryKey : bound(slice + 1)
    this.#transaction(() => {
      tallies.forget(bound(slice), upper, endedBeforeMs)
      pruning.stale(bound(slice), upper, dueBeforeMs)
    })
  }

  /** One step: as much as a batch brings, and some more. */
  pruneLog(bounds: LogBounds): void {
    this.#transaction(() => this.#open.pruning.step(bounds))
  }

  /** Moves the file aside and begins with nothing. Where this throws, it can be tried again. */
  startOver(reason: string): void {
    this.#open.file.close()
    removeStoreFile(this.#options.file)
    this.#options.emptied(reason)
    this.#open = openParts(openStoreFile(this.#options))
  }

  close(): void {
    this.#open.file.close()
  }

  #transaction(work: () => void): void {
    const { file, statements } = this.#open
    statements.begin.run()
    try {
      work()
      statements.commit.run()
    } catch (error) {
      // SQLite may have rolled back by itself, as it does where the disk is full.
      if (file.database.isTransaction) statements.rollback.run()
      throw error
    }
  }
}

export interface PruneBounds {
  /** Epoch milliseconds, both. */
  readonly endedBeforeMs: number
  readonly dueBeforeMs: number
}

function openParts(file: StoreFile) {
  const { database } = file
  const tallies = new OutcomeTallies(database)
  const places = database.prepare('SELECT partition, last_offset, fingerprint FROM place')
  places.setReadBigInts(true)
  return {
    file,
    tallies,
    fold: new DeliveryLogFold(database, (key) => tallies.standing(key)?.replay ?? null),
    log: new DeliveryLog(database, (key) => tallies.standing(key)),
    health: new DeliveryLogHealth(database),
    pruning: new DeliveryLogPruning(database),
    statements: {
      places,
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollback: database.prepare('ROLLBACK'),
      putPlace: database.prepare(
        'INSERT OR REPLACE INTO place (partition, last_offset, fingerprint) VALUES (?, ?, ?)',
      ),
    },
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
