// Call events that are written well enough to be read, and are made to harm who reads them; the kinds of `poison.ts`
// are rubbish. Each has the reason for which it has to become a dead letter.
import avro from 'avsc'
import type { CallEventRecord } from '../../src/domain/records.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import type { DeadLetterReason } from '../../src/domain/dead-letter-reason.ts'

export interface HostileRecord {
  readonly kind: string
  readonly reason: DeadLetterReason
  readonly value: Buffer
  /** Absent: the kind. */
  readonly key?: string
  readonly headers?: Record<string, string>
}

/** A call event behind a field of records, each of which holds the one before it twice: 2^30 values of no byte. */
export function multiplyingSchema(): avro.Schema {
  let type: unknown = { type: 'record', name: 'R0', fields: [] }
  for (let depth = 1; depth <= 30; depth += 1) {
    const fields = [
      { name: 'a', type },
      { name: 'b', type: `R${depth - 1}` },
    ]
    type = { type: 'record', name: `R${depth}`, fields }
  }
  return withField('more', type)
}

/** A call event with one more field before all others. */
export function withField(name: string, type: unknown): avro.Schema {
  const { fields, ...rest } = JSON.parse(JSON.stringify(readSchema('call-event'))) as { fields: object[] }
  return { ...rest, fields: [{ name, type }, ...fields] } as unknown as avro.Schema
}

export function framed(schemaId: number, body: Uint8Array): Buffer {
  const framing = Buffer.alloc(5)
  framing.writeInt32BE(schemaId, 1)
  return Buffer.concat([framing, body])
}

/** `ids`: of the schemas of events, and of `multiplyingSchema`. Packed, each fits a record of 1 MiB. */
export function hostileRecords(
  ids: { readonly event: number; readonly multiplying: number },
  event: CallEventRecord,
): readonly HostileRecord[] {
  const type = avro.Type.forSchema(readSchema('call-event'))
  const written = (fields: Partial<CallEventRecord>): Buffer =>
    framed(ids.event, type.toBuffer({ ...event, ...fields }))
  const rubbish = Buffer.from('rubbish')
  const flood = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`h${index}`, 'x']))
  return [
    {
      kind: 'values without end',
      reason: 'undecodable',
      value: framed(ids.multiplying, type.toBuffer(event)),
    },
    { kind: 'a text of 3 MB', reason: 'too_large', value: written({ utm_content: 'x'.repeat(3_000_000) }) },
    {
      kind: 'three million values',
      reason: 'too_large',
      value: Buffer.concat([written({}).subarray(0, 5), Buffer.alloc(3_000_000)]),
    },
    { kind: 'an id of 400 KB', reason: 'id_too_long', value: written({ event_id: 'e'.repeat(400_000) }) },
    { kind: 'a call id of 2 KB', reason: 'id_too_long', value: written({ call_id: 'c'.repeat(2_000) }) },
    { kind: 'an account of 2 KB', reason: 'id_too_long', value: written({ account_id: 'a'.repeat(2_000) }) },
    { kind: 'ten thousand headers', reason: 'not_framed', value: rubbish, headers: flood },
    {
      kind: 'a header of 900 KB',
      reason: 'not_framed',
      value: rubbish,
      headers: { big: 'x'.repeat(900_000) },
    },
    { kind: 'names of prototypes', reason: 'not_framed', value: rubbish, headers: { constructor: 'x' } },
    { kind: 'a key of 600 KB', reason: 'not_framed', value: rubbish, key: 'k'.repeat(600_000) },
  ]
}
