// Webhooks as the table keeps them: Avro, by the schema that they were read by, whatever schema they were written by.
import avro from 'avsc'
import type { WebhookConfigRecord } from '../domain/records.ts'

export function createWebhookPacking(readerSchema: avro.Schema) {
  const type = avro.Type.forSchema(readerSchema)
  return {
    pack: (record: WebhookConfigRecord): Buffer => type.toBuffer(record),
    /** Strings and numbers alone: nothing of the answer refers to `bytes`. */
    unpack: (bytes: Buffer): WebhookConfigRecord => type.fromBuffer(bytes) as WebhookConfigRecord,
  }
}
