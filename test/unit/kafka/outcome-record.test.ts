import avro from 'avsc'
import { describe, expect, it } from '@jest/globals'
import { outcomeRecordOf } from '../../../src/kafka/outcome-record.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { anOutcome } from '../telemetry/an-outcome.ts'

const type = avro.Type.forSchema(readSchema('webhook-outcome'))
const roundTrip = (value: object): unknown =>
  JSON.parse(JSON.stringify(type.fromBuffer(type.toBuffer(value))))

describe('an outcome as a record', () => {
  it('can be written by its schema, times in whole milliseconds', () => {
    const outcome = anOutcome({
      queuedMs: 0.4,
      cutValues: ['keyword', 'landing_page'],
      eventAgeMs: 1_234.5678,
      nextAttemptAtMs: 1_700_000_000_000.9,
      parked: { topic: 'webhook-retries.5m', partition: 1, offset: 2n ** 40n },
      deferrals: 3,
      writtenAtMs: 1_700_000_000_000.2,
      timings: { connectMs: 1.5, firstByteMs: null, totalMs: 9.99 },
    })
    const record = outcomeRecordOf(outcome, 'worker-1')
    expect(record).toMatchObject({
      queued_ms: 0,
      cut_values: ['keyword', 'landing_page'],
      event_age_ms: 1_235,
      next_attempt_at: 1_700_000_000_001,
      parked: { topic: 'webhook-retries.5m', partition: 1, offset: 2 ** 40 },
      deferrals: 3,
      written_at: 1_700_000_000_000,
      connect_ms: 2,
      first_byte_ms: null,
      total_ms: 10,
      worker_id: 'worker-1',
    })
    expect(roundTrip(record)).toMatchObject({
      outcome_id: outcome.outcomeId,
      total_ms: 10,
      cut_values: ['keyword', 'landing_page'],
    })
  })

  it('can be written without a config, a request or an answer', () => {
    const bare = outcomeRecordOf(
      anOutcome({
        config: null,
        timings: null,
        queuedMs: null,
        statusCode: null,
        origin: null,
        method: null,
        excerpt: null,
        webhookId: null,
        nextAttemptAtMs: null,
      }),
      'w',
    )
    expect(bare).toMatchObject({
      config_offset: null,
      config_partition: null,
      connect_ms: null,
      total_ms: null,
      parked: null,
    })
    expect(() => type.toBuffer(bare)).not.toThrow()
  })

  it('holds an age below zero: clocks differ', () => {
    expect(outcomeRecordOf(anOutcome({ eventAgeMs: -5_000.4 }), 'w').event_age_ms).toBe(-5_000)
    expect(() => type.toBuffer(outcomeRecordOf(anOutcome({ eventAgeMs: -5_000.4 }), 'w'))).not.toThrow()
  })
})
