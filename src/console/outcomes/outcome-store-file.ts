// The database file of the counts: opened, checked, made where there is none.
// Invariant: what is opened has our tables in our version; anything else at that place is moved aside under another
// name, never deleted, because a wrong setting may name somebody's file.
import { renameSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { logTables } from './delivery-log-tables.ts'

export interface StoreFile {
  readonly database: DatabaseSync
  /** Safe to call twice. */
  close(): void
}

/** Refusal to start: the setting names a place where no file can be opened or made. */
export class StoreFileRefused extends Error {
  readonly code = 'STORE_FILE_REFUSED'
}

/** A change of the tables below takes another number; the file is then filled anew. */
const schemaVersion = 2

/**
 * `delivery` is what makes a repeat add nothing: a key of 16 bytes, how the delivery stands, and the hour of its
 * last record, by which it is forgotten. `webhook` is what is shown. `place` is where to read on.
 */
const schema = `
  CREATE TABLE source (topic TEXT NOT NULL) STRICT;
  CREATE TABLE place (
    partition INTEGER PRIMARY KEY, last_offset INTEGER NOT NULL, fingerprint BLOB NOT NULL) STRICT;
  CREATE TABLE webhook (
    id TEXT PRIMARY KEY, delivered INTEGER NOT NULL, failed INTEGER NOT NULL, last_attempt_at INTEGER)
    STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (key BLOB PRIMARY KEY, standing INTEGER NOT NULL, hour INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  ${logTables}
  PRAGMA user_version = ${schemaVersion};
`

/** SQLite's primary codes for: our statements do not fit (a table is not ours), corrupt, not a database. */
const unusableCodes: ReadonlySet<number> = new Set([1, 11, 26])
/** A check of every page reads the whole file while nothing else runs; a larger file is believed until it fails. */
const checkedUpToBytes = 67_108_864
/** Another console that shares the file holds it for some milliseconds at a time. */
const busyTimeoutMs = 1_000
/** Keys are random, so pages are met in no order: what is kept of them saves reading them again. */
const cacheKibibytes = 16_384

/** Whether an error says that the file can only be made anew. A full disk or a lock passes. */
export function isUnusable(error: unknown): boolean {
  const { code, errcode } = Object(error) as { readonly code?: unknown; readonly errcode?: unknown }
  // Extended codes keep the primary one in their lowest byte.
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' && unusableCodes.has(errcode & 0xff)
}

/** A write need not have reached the disk to be confirmed: what a power cut takes is read from the topic again. */
const waysOfWorking = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -${cacheKibibytes};
  PRAGMA journal_size_limit = ${checkedUpToBytes};
`

/** @throws StoreFileRefused */
export function openStoreFile(options: {
  readonly file: string
  readonly topic: string
  emptied(reason: string): void
}): StoreFile {
  const { file, topic } = options
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    const fault = faultOf(database, topic)
    if (fault !== null) {
      database.close()
      removeStoreFile(file)
      options.emptied(fault)
      database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    }
    database.exec(waysOfWorking)
    if (versionOf(database) === 0) {
      database.exec(`BEGIN; ${schema} COMMIT;`)
      database.prepare('INSERT INTO source (topic) VALUES (?)').run(topic)
    }
  } catch (error) {
    closeIfOpen(database)
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreFileRefused(`the file for counts, ${file}, cannot be used: ${reason}`, { cause: error })
  }
  const opened = database
  return { database, close: () => closeIfOpen(opened) }
}

/** Moves the file aside, over what was moved there before. */
export function removeStoreFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats?.isFile() === true && stats.size > 0) renameSync(file, `${file}.discarded`)
  // A left log would be applied to the new file.
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}

/** Why the file cannot be used as it is; null where it can, or is new. Changes nothing in it. */
function faultOf(database: DatabaseSync, topic: string): string | null {
  try {
    const version = versionOf(database)
    const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables']
    if (version === 0 && tables === 0) return null
    if (version !== schemaVersion) return `its version is ${version}, not ${schemaVersion}`
    const bytes = sizeOf(database)
    if (bytes <= checkedUpToBytes) {
      const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() ?? {}
      if (found !== 'ok') return `it is damaged: ${String(found).replaceAll(/\s+/gu, ' ')}`
    }
    const counted = database.prepare('SELECT topic FROM source').get()?.['topic']
    return counted === topic ? null : `it counts the topic ${String(counted)}, not ${topic}`
  } catch (error) {
    if (!isUnusable(error)) throw error
    return error instanceof Error ? error.message : String(error)
  }
}

function sizeOf(database: DatabaseSync): number {
  const size = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size'
  return Number(database.prepare(size).get()?.['bytes'])
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

function closeIfOpen(database: DatabaseSync | undefined): void {
  if (database?.isOpen === true) database.close()
}
