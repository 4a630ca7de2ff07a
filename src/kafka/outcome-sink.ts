// Outcomes on their way to the results topic, keyed by webhook id and framed with the registered schema.
import type avro from 'avsc'
import { traceRecordHeaders } from '../domain/trace-context.ts'
import type { OutcomeSink } from '../ports.ts'
import { outcomeRecordOf } from './outcome-record.ts'
import type { RecordWriter } from './record-writer.ts'
import { createValueEncoder } from './value-encoder.ts'

export interface OutcomeSinkOptions {
  readonly writer: RecordWriter
  readonly schema: avro.Schema
  /** The id under which exactly this schema is registered. */
  readonly schemaId: number
  readonly workerId: string
}

export function createOutcomeSink({ writer, schema, schemaId, workerId }: OutcomeSinkOptions): OutcomeSink {
  const encode = createValueEncoder(schema, schemaId)
  return {
    async write(outcome, giveUp, trace = null) {
      const value = encode(outcomeRecordOf(outcome, workerId))
      const key = Buffer.from(outcome.webhookId ?? outcome.eventId)
      await writer.append({ key, value, headers: traceRecordHeaders(trace) }, giveUp ?? null)
    },
    stop: () => writer.stop(),
  }
}
