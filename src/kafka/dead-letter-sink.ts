// Records that cannot be read as events, kept byte for byte, with the reason and their origin in headers.
// Invariant: the record's own headers survive, ours stand beside them under names of their own.
import type { DeadLetterSink, SourceRecord } from '../ports.ts'
import type { RecordWriter } from './record-writer.ts'

export function createDeadLetterSink(writer: RecordWriter): DeadLetterSink {
  return {
    write({ record, reason, detail }) {
      const { topic, partition, offset } = record.position
      return writer.write({
        key: asBuffer(record.key),
        value: asBuffer(record.value),
        headers: {
          ...singleHeaders(record.headers),
          'dead-letter-reason': reason,
          'dead-letter-detail': detail.slice(0, 512),
          'dead-letter-topic': topic,
          'dead-letter-partition': String(partition),
          'dead-letter-offset': String(offset),
          'dead-letter-timestamp': String(record.timestampMs),
        },
      })
    },
    stop: () => writer.stop(),
  }
}

function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Of a repeated header the first value is kept. The encoder takes buffers and texts, nothing else. */
function singleHeaders(headers: SourceRecord['headers']): Record<string, Buffer | string> {
  const single = Object.create(null) as Record<string, Buffer | string>
  for (const [name, value] of Object.entries(headers)) {
    const first: Uint8Array | string | undefined = isList(value) ? value[0] : value
    if (first !== undefined) single[name] = typeof first === 'string' ? first : Buffer.from(first)
  }
  return single
}

function isList(value: SourceRecord['headers'][string]): value is readonly (Uint8Array | string)[] {
  return Array.isArray(value)
}
