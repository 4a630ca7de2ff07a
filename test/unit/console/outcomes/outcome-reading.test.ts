import { expect, it } from '@jest/globals'
import { logBounds, readOutcomes } from '../../../../src/console/outcomes/outcome-reading.ts'
import type { WebhookOutcomeRecord } from '../../../../src/domain/records.ts'
import { decodeJson, outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

const hourMs = 3_600_000
const nowMs = writtenAtMs
const { beforeMs: keepFromMs } = logBounds({ retentionMs: 24 * hourMs, rows: 10 }, nowMs)

const read = (...records: (Partial<WebhookOutcomeRecord> | string)[]) =>
  readOutcomes(
    records.map((each, index) => ({
      offset: BigInt(index),
      timestampMs: nowMs,
      key: null,
      value: Buffer.from(typeof each === 'string' ? each : JSON.stringify(outcomeRecord(each))),
      headers: {},
    })),
    decodeJson,
    { nowMs, keepFromMs },
  )

it('what is too old for the log is counted all the same', async () => {
  const { outcomes, logged } = await read({ written_at: keepFromMs - 1 }, { written_at: keepFromMs })
  expect([outcomes.length, logged.map(({ atMs }) => atMs)]).toEqual([2, [keepFromMs]])
})

it('a clock that runs far ahead, or shows no moment, puts nothing on top of the log for long', async () => {
  const { logged } = await read(
    { written_at: nowMs + 1_000 },
    { written_at: nowMs + 100 * hourMs },
    { written_at: 8_640_000_000_000_001 },
  )
  expect(logged.map(({ atMs }) => atMs - nowMs)).toEqual([1_000, hourMs, 0])
})

it('what is logged beside the counts is also what is counted by none', async () => {
  const { outcomes, logged, faults } = await read(
    { webhook_id: null, result: 'rejected', reason: 'fanout_limit' },
    { result: 'deferred', reason: 'lane_full', final: false, attempt: 0, queued_ms: null },
    'garbage',
  )
  expect(outcomes).toEqual([])
  expect(logged.map(({ kind, isFinal }) => [kind, isFinal])).toEqual([
    ['failed', true],
    ['waits', false],
  ])
  expect(faults).toEqual(['2: no JSON'])
})
