// How the table keeps a webhook's record: as bytes, which are nothing to the garbage collector.
import type { WebhookConfigRecord } from '../domain/records.ts'

/** What was packed is the same when it is unpacked. */
export interface WebhookPacking {
  pack(record: WebhookConfigRecord): Uint8Array
  /** `bytes` are overwritten later: nothing of what is returned refers to them. */
  unpack(bytes: Buffer): WebhookConfigRecord
}

/** Without a schema, at twice the bytes of Avro: where few webhooks are held. */
export const plainPacking: WebhookPacking = {
  pack: (record) => Buffer.from(JSON.stringify(record)),
  unpack: (bytes) => JSON.parse(bytes.toString('utf8')) as WebhookConfigRecord,
}
