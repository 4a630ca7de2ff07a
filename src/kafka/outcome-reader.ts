// Follows the results topic from its beginning: what became of every delivery, as its readers see it.
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { ValueDecoder } from './codec.ts'
import { readSchema } from './schema-files.ts'
import type { TopicReader } from './topic-reader.ts'
import type { WriterSchemas } from './writer-schemas.ts'

export interface OutcomeReader {
  /** `onOutcome` is called in offset order per partition; a record that is no outcome is passed over. */
  start(onOutcome: (outcome: WebhookOutcomeRecord) => void): Promise<void>
  stop(): Promise<void>
}

export function createOutcomeReader(reader: TopicReader, schemas: WriterSchemas): OutcomeReader {
  const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), schemas)
  const stopping = new AbortController()
  return {
    start: (onOutcome) =>
      reader.start({
        started() {},
        async records(_partition, records) {
          for (const { value } of records) {
            if (value === null) continue
            const decoded = await decoder.decode(value, stopping.signal)
            if (decoded.kind === 'value') onOutcome(decoded.value)
          }
        },
        position() {},
        troubled() {},
        reset() {},
      }),
    stop() {
      stopping.abort()
      return reader.stop()
    },
  }
}
