// Records that cannot be read as events, kept byte for byte, with the reason and their origin in headers.
// Invariants: the record's own headers survive, ours stand beside them under names of their own; a letter that
// the broker refuses for its size is cut until it fits, because what cannot be written holds its partition for ever.
import { createHash } from 'node:crypto'
import type { DeadLetter, DeadLetterSink, SourceRecord } from '../ports.ts'
import { RecordTooLarge } from './write-faults.ts'
import type { OutgoingRecord, RecordWriter } from './record-writer.ts'

/** What a letter keeps of a record; null: all of it. */
interface Kept {
  readonly valueBytes: number | null
  readonly keyBytes: number | null
  readonly ownHeaders: 'all' | 'none'
}

/**
 * From the whole to what any topic takes. 512 KiB fits the broker's default limit of 1 MiB; a topic with a limit
 * below some 3 KiB is no place for dead letters.
 */
const lessAndLess: readonly Kept[] = [
  { valueBytes: null, keyBytes: null, ownHeaders: 'all' },
  { valueBytes: 524_288, keyBytes: null, ownHeaders: 'all' },
  { valueBytes: 65_536, keyBytes: null, ownHeaders: 'all' },
  { valueBytes: 4_096, keyBytes: 1_024, ownHeaders: 'none' },
  { valueBytes: 0, keyBytes: 256, ownHeaders: 'none' },
]

export function createDeadLetterSink(writer: RecordWriter): DeadLetterSink {
  return {
    async write(letter) {
      let refusal: unknown = null
      for (const kept of lessAndLess) {
        if (refusal !== null && !leavesOut(kept, letter.record)) continue
        try {
          await writer.write(outgoing(letter, kept))
          return
        } catch (error) {
          if (!(error instanceof RecordTooLarge)) throw error
          refusal = error
        }
      }
      throw refusal
    },
    stop: () => writer.stop(),
  }
}

/** Whether a letter that keeps so much is smaller than the whole. */
function leavesOut(
  { valueBytes, keyBytes, ownHeaders }: Kept,
  { key, value, headers }: SourceRecord,
): boolean {
  return (
    (valueBytes !== null && (value?.byteLength ?? 0) > valueBytes) ||
    (keyBytes !== null && (key?.byteLength ?? 0) > keyBytes) ||
    (ownHeaders === 'none' && Object.keys(headers).length > 0)
  )
}

function outgoing({ record, reason, detail }: DeadLetter, kept: Kept): OutgoingRecord {
  const { topic, partition, offset } = record.position
  const { ownHeaders } = kept
  const ours = {
    'dead-letter-reason': reason,
    'dead-letter-detail': detail.slice(0, 512),
    'dead-letter-topic': topic,
    'dead-letter-partition': String(partition),
    'dead-letter-offset': String(offset),
    'dead-letter-timestamp': String(record.timestampMs),
    ...whatWasCut('value', record.value, kept.valueBytes),
    ...whatWasCut('key', record.key, kept.keyBytes),
    ...(ownHeaders === 'all'
      ? {}
      : { 'dead-letter-headers-dropped': String(Object.keys(record.headers).length) }),
  }
  return {
    key: firstBytes(record.key, kept.keyBytes),
    value: firstBytes(record.value, kept.valueBytes),
    // First, since a reader may stop at some number of headers; a name that the record has too is ours in either place.
    headers: ownHeaders === 'all' ? { ...ours, ...headersOf(record), ...ours } : ours,
  }
}

/** The length and digest of the whole, from which a copy found elsewhere can be told to be the same. */
function whatWasCut(
  what: 'key' | 'value',
  bytes: Uint8Array | null,
  keptBytes: number | null,
): Record<string, string> {
  if (bytes === null || keptBytes === null || bytes.byteLength <= keptBytes) return {}
  return {
    [`dead-letter-${what}-bytes`]: String(bytes.byteLength),
    [`dead-letter-${what}-sha256`]: createHash('sha256').update(bytes).digest('hex'),
  }
}

function firstBytes(bytes: Uint8Array | null, keptBytes: number | null): Buffer | null {
  if (bytes === null) return null
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return keptBytes === null ? whole : whole.subarray(0, keptBytes)
}

/** The client writes no null: such a header goes out empty, and its name is told beside it. */
function headersOf({ headers }: SourceRecord): Record<string, Buffer | string | (Buffer | string)[]> {
  const written = Object.create(null) as Record<string, Buffer | string | (Buffer | string)[]>
  const nulls: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) nulls.push(name)
    written[name] = value === undefined ? '' : isList(value) ? value.map(asWritten) : asWritten(value)
  }
  return nulls.length === 0 ? written : { ...written, 'dead-letter-null-headers': nulls.join(',') }
}

function asWritten(value: Uint8Array | string): Buffer | string {
  return typeof value === 'string' ? value : Buffer.from(value)
}

function isList(
  value: NonNullable<SourceRecord['headers'][string]>,
): value is readonly (Uint8Array | string)[] {
  return Array.isArray(value)
}
