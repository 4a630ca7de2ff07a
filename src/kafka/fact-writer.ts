// What this process saw of webhooks that fail, on its way to the topic of facts: one key for each webhook and process.
import type { Clock, FactWriter } from '../ports.ts'
import type { RecordWriter } from './record-writer.ts'
import { readSchema } from './schema-files.ts'
import { factRecordOf } from './suspension-record.ts'
import type { FactTeller } from './suspension-record.ts'
import { createValueEncoder } from './value-encoder.ts'

export interface FactWriterOptions extends FactTeller {
  readonly writer: RecordWriter
  /** The id under which exactly the schema of facts is registered. */
  readonly schemaId: number
  readonly clock: Clock
}

export function createFactWriter({ writer, schemaId, clock, ...teller }: FactWriterOptions): FactWriter {
  const encode = createValueEncoder(readSchema('webhook-fact'), schemaId)
  return {
    async write(facts) {
      const writes = facts.map((fact) =>
        writer.write({
          key: Buffer.from(`${fact.webhookId}\n${teller.processId}`),
          value: encode(factRecordOf(fact, teller, clock.nowMs())),
        }),
      )
      await Promise.all(writes)
    },
  }
}
