/**
 * Decodes the record set of one partition in a fetch response into the records that kafkajs expects.
 * Invariant: the last record returned carries the last offset that the whole batches cover, even where
 * compaction removed every record of a batch or an aborted transaction hides them; a control record stands in
 * for what is not there, so that a reader's position always gets past it.
 */
import { createAbortedFilter } from './patches/aborted-filter.ts'
import type { AbortedFilter, AbortedTransaction } from './patches/aborted-filter.ts'
import { readContext } from './patches/batch-context.ts'
import type { BatchContext } from './patches/batch-context.ts'
import { isIntact } from './patches/batch-checksum.ts'
import { ByteCursor, CorruptBytesError } from './patches/byte-cursor.ts'
import { compression, Decoder, decodeMessageSet } from './patches/kafkajs-internals.ts'
import type { LegacyRecord } from './patches/kafkajs-internals.ts'

/** Further headers of a record are dropped: none of ours needs so many, and each costs memory and time. */
export const MAX_HEADERS = 256

/** In one batch: 64 MiB hold ten million records without content, and each costs some hundred bytes of memory here. */
export const MAX_RECORDS = 262_144

/**
 * Of inflated bytes in one set, after which its further batches are left for the next fetch: each may be small and
 * inflate to much. A full fetch of one partition (256 KiB) rarely inflates to more than 5 MiB.
 */
export const ENOUGH_INFLATED_BYTES = 8 * 1024 * 1024

/** Offset and length, which stand before everything that a batch's length counts. */
const PREFIX_BYTES = 12
const MAGIC_AT = 16
const CURRENT_MAGIC = 2
/** From the leader epoch to the record count: the least that a batch's length can say. */
const LEAST_BATCH_LENGTH = 49
/** Checksum, magic, attributes and two lengths of the oldest format. */
const LEAST_LEGACY_LENGTH = 14

/** Key, value and header values are views into the response: copy what is kept. */
export interface DecodedRecord {
  readonly magicByte: number
  readonly attributes: number
  readonly timestamp: string
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer | null | (Buffer | null)[]>
  readonly isControlRecord: boolean
  /** Set on the one record that stands for a batch that cannot be decoded: why. Its value is the whole batch. */
  readonly undecodableBatch?: string
  readonly batchContext: BatchContext
}

/**
 * @param set the record set, as many bytes as the response said.
 * @param aborted the aborted transactions that the broker named for this partition; none when it reads uncommitted.
 * @returns records in offset order; a batch cut off at the end of the set is left for the next fetch.
 * An intact batch whose content cannot be decoded, now or ever, is one record at the batch's last offset.
 * @throws CorruptBytesError naming the batch's offset, for damage on the way; a codec's own error for lack of memory.
 */
export const decodeRecordSet = async (
  set: Buffer,
  aborted: readonly AbortedTransaction[],
): Promise<(DecodedRecord | LegacyRecord)[]> => {
  const records: (DecodedRecord | LegacyRecord)[] = []
  const hidden = createAbortedFilter(aborted)
  let start = 0
  let inflatedBytes = 0
  while (set.length - start > MAGIC_AT && inflatedBytes < ENOUGH_INFLATED_BYTES) {
    const offset = set.readBigInt64BE(start)
    const length = set.readInt32BE(start + 8)
    const magic = set.readInt8(start + MAGIC_AT)
    if (magic < 0 || magic > CURRENT_MAGIC) {
      throw new CorruptBytesError(`unknown record format ${magic} in the batch at offset ${offset}`)
    }
    if (length < (magic === CURRENT_MAGIC ? LEAST_BATCH_LENGTH : LEAST_LEGACY_LENGTH)) {
      throw new CorruptBytesError(`impossible length ${length} of the batch at offset ${offset}`)
    }
    const end = start + PREFIX_BYTES + length
    if (end > set.length) break
    if (magic === CURRENT_MAGIC) {
      inflatedBytes += await decodeBatch(set.subarray(start, end), hidden, records)
    } else {
      const legacy = set.subarray(start, end)
      for (const record of await decodeMessageSet(new Decoder(legacy), legacy.length)) records.push(record)
    }
    start = end
  }
  // Since version 3 of the request a broker never cuts the first batch, so nothing whole means a wrong length;
  // to go on would fetch the same bytes for ever.
  if (start === 0 && set.length > 0) {
    const offset = set.length < 8 ? 'unknown' : set.readBigInt64BE(0)
    throw new CorruptBytesError(`no whole batch in ${set.length} bytes; the first is at offset ${offset}`)
  }
  return records
}

/** @returns how many bytes it inflated. */
const decodeBatch = async (
  batch: Buffer,
  hidden: AbortedFilter,
  into: (DecodedRecord | LegacyRecord)[],
): Promise<number> => {
  const cursor = new ByteCursor(batch)
  const base = cursor.int64()
  const before = into.length
  let context: BatchContext | null = null
  let inflatedBytes = 0
  try {
    cursor.take(4)
    const head = readContext(cursor, base)
    context = head.context
    const end = base + BigInt(context.lastOffsetDelta)
    // A control batch is never compressed; its only record says how the transaction ended.
    const isAbort = context.isControlBatch && isAbortMarker(cursor)
    if (!hidden(context, end, isAbort)) {
      inflatedBytes = await readRecords(cursor, head.attributes, context, into)
    }
    const last = into.length > before ? into.at(-1)?.offset : undefined
    if (last !== end.toString()) into.push(standIn(context, end))
  } catch (error) {
    if (!(error instanceof CorruptBytesError)) throw error
    // Records before the fault are given up with the rest: a batch is read whole or kept whole.
    into.length = before
    if (context === null || context.isControlBatch || !isIntact(batch)) {
      throw new CorruptBytesError(`${error.message}, in the batch at offset ${base}`, { cause: error })
    }
    into.push(undecodable(context, batch, error.message))
  }
  return inflatedBytes
}

/** @returns as `decodeBatch`. */
const readRecords = async (
  cursor: ByteCursor,
  attributes: number,
  context: BatchContext,
  into: (DecodedRecord | LegacyRecord)[],
): Promise<number> => {
  const base = BigInt(context.firstOffset)
  const end = base + BigInt(context.lastOffsetDelta)
  const count = cursor.int32()
  if (count < 0 || count > MAX_RECORDS) throw new CorruptBytesError(`record count ${count}`)
  if (count === 0) return 0
  const codec = compression.lookupCodecByAttributes(attributes)
  if (!codec && (attributes & 0x07) !== 0) throw new CorruptBytesError(`compression ${attributes & 0x07}`)
  const body = codec ? new ByteCursor(await codec.decompress(cursor.view(cursor.remaining()))) : cursor
  let last = base - 1n
  for (let index = 0; index < count; index += 1) {
    const { record, offset } = readRecord(body, base, context)
    if (offset <= last || offset > end) throw new CorruptBytesError(`offset ${offset} out of order`)
    last = offset
    into.push(record)
  }
  if (body.remaining() > 0) throw new CorruptBytesError('bytes left behind the last record')
  return codec ? body.bytes.length : 0
}

/** Looks ahead at a control batch's key: version, then type, of which 0 is an abort. */
const isAbortMarker = (cursor: ByteCursor): boolean => {
  const ahead = new ByteCursor(cursor.bytes, cursor.position, cursor.end)
  if (ahead.int32() < 1) return false
  ahead.varint()
  ahead.int8()
  ahead.varlong()
  ahead.varint()
  const key = ahead.varintBytes()
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0
}

const readRecord = (
  cursor: ByteCursor,
  base: bigint,
  context: BatchContext,
): { record: DecodedRecord; offset: bigint } => {
  const length = cursor.varint()
  const start = cursor.take(length)
  const body = new ByteCursor(cursor.bytes, start, start + length)
  const attributes = body.int8()
  const timestampDelta = body.varlong()
  const offset = base + BigInt(body.varint())
  const record = {
    magicByte: context.magicByte,
    attributes,
    timestamp:
      context.timestampType === 1
        ? context.maxTimestamp
        : (BigInt(context.firstTimestamp) + BigInt(timestampDelta)).toString(),
    offset: offset.toString(),
    key: body.varintBytes(),
    value: body.varintBytes(),
    headers: readHeaders(body),
    isControlRecord: context.isControlBatch,
    batchContext: context,
  }
  return { record, offset }
}

/** Most records have none: one for all of them. */
const noHeaders: DecodedRecord['headers'] = Object.freeze(Object.create(null))

/** Without a prototype, so that names such as `constructor` and `__proto__` are names like any other. */
const readHeaders = (body: ByteCursor): DecodedRecord['headers'] => {
  const count = body.varint()
  if (count === 0 && body.remaining() === 0) return noHeaders
  const headers: DecodedRecord['headers'] = Object.create(null)
  if (count < 0) throw new CorruptBytesError(`header count ${count}`)
  for (let index = 0; index < Math.min(count, MAX_HEADERS); index += 1) {
    const name = body.view(body.varint()).toString('utf8')
    const value = body.varintBytes()
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else if (Array.isArray(known)) known.push(value)
    else headers[name] = [known, value]
  }
  if (count <= MAX_HEADERS && body.remaining() > 0) throw new CorruptBytesError('bytes left behind a record')
  return headers
}

const standIn = (context: BatchContext, end: bigint): DecodedRecord => ({
  magicByte: context.magicByte,
  attributes: 0,
  timestamp: context.maxTimestamp,
  offset: end.toString(),
  key: null,
  value: null,
  headers: Object.create(null),
  isControlRecord: true,
  batchContext: context,
})

/** Not a control record: someone must see it. */
const undecodable = (context: BatchContext, batch: Buffer, reason: string): DecodedRecord => {
  const end = BigInt(context.firstOffset) + BigInt(context.lastOffsetDelta)
  return {
    ...standIn(context, end),
    value: batch,
    isControlRecord: false,
    undecodableBatch: `batch of offsets ${context.firstOffset} to ${end}: ${reason}`,
  }
}
