// A fetched record as the core sees it. Key, value and headers are copied: the client hands out views into the
// fetch response, and one event kept in flight would pin megabytes.
import type { KafkaMessage } from 'kafkajs'
import type { SourceRecord } from '../ports.ts'

/** As they arrive: the client's own type forgets that a header's value may be null. */
type NullableHeaders = Readonly<
  Record<string, Buffer | string | null | undefined | (Buffer | string | null)[]>
>

/** `undecodableBatch` is set by our decoder of fetch responses; the client passes its records on as they are. */
export function sourceRecordOf(
  topic: string,
  partition: number,
  message: KafkaMessage & { readonly undecodableBatch?: string },
): SourceRecord {
  const { undecodableBatch } = message
  return {
    position: { topic, partition, offset: BigInt(message.offset) },
    timestampMs: Number(message.timestamp),
    key: copyOf(message.key),
    value: copyOf(message.value),
    headers: copyOfHeaders(message.headers ?? {}),
    ...(undecodableBatch === undefined ? {} : { undecodableBatch }),
  }
}

function copyOf(bytes: Buffer | null): Uint8Array | null {
  return bytes === null ? null : Buffer.from(bytes)
}

/** Most records have none: one for all of them. */
const noHeaders: SourceRecord['headers'] = Object.freeze(Object.create(null))

/** A header whose value is null stays, as undefined; among several of one name it becomes empty. */
function copyOfHeaders(headers: NullableHeaders): SourceRecord['headers'] {
  const entries = Object.entries(headers)
  if (entries.length === 0) return noHeaders
  const copies = Object.create(null) as Record<string, SourceRecord['headers'][string]>
  for (const [name, value] of entries) {
    if (value === undefined || value === null) copies[name] = undefined
    else copies[name] = Array.isArray(value) ? value.map((one) => Buffer.from(one ?? '')) : Buffer.from(value)
  }
  return copies
}
