// Outcomes on their way to the results topic, keyed by webhook id and framed with the registered schema.
import avro from 'avsc'
import type { OutcomeSink } from '../ports.ts'
import { outcomeRecordOf } from './outcome-record.ts'
import type { RecordWriter } from './record-writer.ts'

export interface OutcomeSinkOptions {
  readonly writer: RecordWriter
  readonly schema: avro.Schema
  /** The id under which exactly this schema is registered. */
  readonly schemaId: number
  readonly workerId: string
}

export function createOutcomeSink({ writer, schema, schemaId, workerId }: OutcomeSinkOptions): OutcomeSink {
  const type = avro.Type.forSchema(schema)
  const framing = Buffer.alloc(5)
  framing.writeInt32BE(schemaId, 1)
  return {
    write(outcome) {
      const value = Buffer.concat([framing, type.toBuffer(outcomeRecordOf(outcome, workerId))])
      return writer.write({ key: Buffer.from(outcome.webhookId ?? outcome.eventId), value })
    },
    stop: () => writer.stop(),
  }
}
