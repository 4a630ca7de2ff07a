// A fetched record as the core sees it. Key, value and headers are copied: the client hands out views into the
// fetch response, and one event kept in flight would pin megabytes.
import type { KafkaMessage } from 'kafkajs'
import type { SourceRecord } from '../ports.ts'

export function sourceRecordOf(topic: string, partition: number, message: KafkaMessage): SourceRecord {
  return {
    position: { topic, partition, offset: BigInt(message.offset) },
    timestampMs: Number(message.timestamp),
    key: copyOf(message.key),
    value: copyOf(message.value),
    headers: copyOfHeaders(message.headers ?? {}),
  }
}

function copyOf(bytes: Buffer | null): Uint8Array | null {
  return bytes === null ? null : Buffer.from(bytes)
}

function copyOfHeaders(headers: NonNullable<KafkaMessage['headers']>): SourceRecord['headers'] {
  const copies = Object.create(null) as Record<string, SourceRecord['headers'][string]>
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue
    copies[name] = Array.isArray(value) ? value.map((one) => Buffer.from(one)) : Buffer.from(value)
  }
  return copies
}
