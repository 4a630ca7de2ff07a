// A store of outcomes for tests of the log, and what of records it takes, as the feed would hand it over.
import { loggedOutcome } from '../../../src/console/outcomes/logged-outcome.ts'
import { countedOutcome } from '../../../src/console/outcomes/outcome-fold.ts'
import { OutcomeStore } from '../../../src/console/outcomes/outcome-store.ts'
import type { OutcomeBatch } from '../../../src/console/outcomes/outcome-store.ts'
import type { WebhookOutcomeRecord } from '../../../src/domain/records.ts'

export function openLogStore(file: string): OutcomeStore {
  return new OutcomeStore({ file, topic: 'outcomes', emptied: () => {} })
}

export function batchOf(records: readonly WebhookOutcomeRecord[], offset = 0n): OutcomeBatch {
  const counted = records.map((record) => ({ counted: countedOutcome(record), at: record.written_at }))
  return {
    partition: 0,
    outcomes: counted.flatMap(({ counted: one, at }) => (one === null ? [] : [{ ...one, recordedAtMs: at }])),
    logged: records.map((record) => loggedOutcome(record, record.written_at)),
    lastRead: { offset, fingerprint: Buffer.alloc(16) },
  }
}

export function foldInto(store: OutcomeStore, records: readonly WebhookOutcomeRecord[]): void {
  store.apply(batchOf(records))
}
