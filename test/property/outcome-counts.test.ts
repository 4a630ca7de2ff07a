// Counts against a model that remembers every record: whatever is repeated, replayed or reordered between webhooks,
// and wherever the process ends and reads again, the folded counts are the same.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { countedOutcome } from '../../src/console/outcomes/outcome-fold.ts'
import { fingerprintOf, OutcomeStore } from '../../src/console/outcomes/outcome-store.ts'
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { outcomeRecord } from '../unit/console/outcome-samples.ts'

const webhooks = ['w0', 'w1', '__proto__', '']

/** Told without a database, from all records at once. */
function modelOf(records: readonly WebhookOutcomeRecord[], webhookId: string) {
  const mine = records.filter((record) => record.webhook_id === webhookId)
  const tried = mine.filter(
    ({ attempt, queued_ms, result }) =>
      attempt > 0 && queued_ms !== null && ['delivered', 'failed', 'retry_scheduled'].includes(result),
  )
  const ends = mine.filter(
    ({ final, result }) => final && !['unknown', 'deferred', 'retry_scheduled'].includes(result),
  )
  const byDelivery = [...Map.groupBy(ends, ({ delivery_id }) => delivery_id).values()].map((all) => {
    if (all.some(({ result }) => result === 'delivered')) return 'delivered'
    const newest = Math.max(...all.map(({ replay }) => replay))
    return all.findLast(({ replay }) => replay === newest)?.result === 'cancelled' ? 'neither' : 'failed'
  })
  return {
    delivered: byDelivery.filter((verdict) => verdict === 'delivered').length,
    failed: byDelivery.filter((verdict) => verdict === 'failed').length,
    lastAttemptAtMs: tried.length === 0 ? null : Math.max(...tried.map(({ written_at }) => written_at)),
  }
}

const anyRecord: fc.Arbitrary<WebhookOutcomeRecord> = fc
  .record({
    webhook_id: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...webhooks) }, fc.constant(null)),
    delivery_id: fc.constantFrom('a', 'b', 'c'),
    replay: fc.constantFrom(0, 0, 0, 1, 2, 1_000_000_000),
    result: fc.constantFrom(
      ...(['delivered', 'failed', 'expired', 'rejected', 'cancelled'] as const),
      ...(['retry_scheduled', 'deferred', 'unknown'] as const),
    ),
    final: fc.boolean(),
    attempt: fc.nat(3),
    queued_ms: fc.constantFrom(null, 5),
    written_at: fc.integer({ min: -5, max: 2_000_000_000_000 }),
  })
  .map(outcomeRecord)

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('read' as const), records: fc.integer({ min: 1, max: 7 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
  fc.constant({ kind: 'read_from_beginning' as const }),
)

it('counts are those of an undisturbed reading, wherever it was broken off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'))
  let runs = 0
  try {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 40 }),
        fc.array(anyStep, { maxLength: 12 }),
        (log, steps) => {
          const file = join(folder, `${(runs += 1)}.sqlite`)
          const open = (): OutcomeStore =>
            new OutcomeStore({
              file,
              topic: 't',
              emptied: (reason) => {
                throw new Error(reason)
              },
            })
          // A webhook's outcomes keep their order within its partition; those of two webhooks may be met in any.
          const partitions = [0, 1].map((partition) =>
            log.filter(({ webhook_id }) => webhooks.indexOf(webhook_id ?? '') % 2 === partition),
          )
          let store = open()
          const read = (partition: number, from: number, count: number): number => {
            const records = partitions[partition]?.slice(from, from + count) ?? []
            const outcomes = records.flatMap((record) => {
              const counted = countedOutcome(record)
              return counted === null ? [] : [{ ...counted, recordedAtMs: record.written_at }]
            })
            const offset = BigInt(from + records.length - 1)
            const fingerprint = fingerprintOf({ timestampMs: 0, key: null, value: Buffer.from(`${offset}`) })
            if (records.length > 0)
              store.apply({ partition, outcomes, logged: [], lastRead: { offset, fingerprint } })
            return from + records.length
          }
          const stored = (partition: number): number =>
            Number(store.lastRead().get(partition)?.offset ?? -1n) + 1
          let next = [0, 0]
          for (const step of steps) {
            if (step.kind === 'read')
              next = next.map((from, partition) => read(partition, from, step.records))
            else {
              store.close()
              store = open()
              next = step.kind === 'crash' ? [stored(0), stored(1)] : [0, 0]
            }
          }
          for (const partition of [1, 0]) read(partition, next[partition] ?? 0, log.length)
          const counted = store.counts(webhooks)
          store.close()
          for (const id of webhooks) expect([id, counted.get(id)]).toEqual([id, modelOf(log, id)])
        },
      ),
      { numRuns: 150 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
