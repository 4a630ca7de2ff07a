/**
 * Decodes the record set of one partition in a fetch response into the records that kafkajs expects.
 * Invariant: the last record returned carries the last offset that the whole batches cover, even where
 * compaction removed every record of a batch or an aborted transaction hides them; a control record stands in
 * for what is not there, so that a reader's position always gets past it.
 */
import { createAbortedFilter } from './patches/aborted-filter.ts'
import type { AbortedFilter, AbortedTransaction } from './patches/aborted-filter.ts'
import { ByteCursor, CorruptBytesError } from './patches/byte-cursor.ts'
import { compression, Decoder, decodeMessageSet } from './patches/kafkajs-internals.ts'
import type { LegacyRecord } from './patches/kafkajs-internals.ts'

/** Further headers of a record are dropped: none of ours needs so many, and each costs memory and time. */
export const MAX_HEADERS = 256

/** Offset and length, which stand before everything that a batch's length counts. */
const PREFIX_BYTES = 12
const MAGIC_AT = 16
const CURRENT_MAGIC = 2
/** From the leader epoch to the record count: the least that a batch's length can say. */
const LEAST_BATCH_LENGTH = 49
/** Checksum, magic, attributes and two lengths of the oldest format. */
const LEAST_LEGACY_LENGTH = 14

interface BatchContext {
  readonly firstOffset: string
  readonly firstTimestamp: string
  readonly partitionLeaderEpoch: number
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
  readonly lastOffsetDelta: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly maxTimestamp: string
  readonly timestampType: number
  readonly magicByte: number
}

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
  readonly batchContext: BatchContext
}

/**
 * @param set the record set, as many bytes as the response said.
 * @param aborted the aborted transactions that the broker named for this partition; none when it reads uncommitted.
 * @returns records in offset order; a batch cut off at the end of the set is left for the next fetch.
 * @throws CorruptBytesError naming the batch's offset; a codec's own error, or kafkajs's where it has no codec.
 */
export const decodeRecordSet = async (
  set: Buffer,
  aborted: readonly AbortedTransaction[],
): Promise<(DecodedRecord | LegacyRecord)[]> => {
  const records: (DecodedRecord | LegacyRecord)[] = []
  const hidden = createAbortedFilter(aborted)
  let start = 0
  while (set.length - start > MAGIC_AT) {
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
      await decodeBatch(set.subarray(start, end), hidden, records)
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

const decodeBatch = async (
  batch: Buffer,
  hidden: AbortedFilter,
  into: (DecodedRecord | LegacyRecord)[],
): Promise<void> => {
  const cursor = new ByteCursor(batch)
  const base = cursor.int64()
  try {
    cursor.take(4)
    const { context, attributes } = readContext(cursor, base)
    const end = base + BigInt(context.lastOffsetDelta)
    let last = base - 1n
    // A control batch is never compressed; its only record says how the transaction ended.
    const isAbort = context.isControlBatch && isAbortMarker(cursor)
    if (!hidden(context, end, isAbort)) {
      const count = cursor.int32()
      if (count < 0) throw new CorruptBytesError(`record count ${count}`)
      const codec = compression.lookupCodecByAttributes(attributes)
      if (!codec && (attributes & 0x07) !== 0) throw new CorruptBytesError(`compression ${attributes & 0x07}`)
      const body =
        codec && count > 0 ? new ByteCursor(await codec.decompress(cursor.view(cursor.remaining()))) : cursor
      for (let index = 0; index < count; index += 1) {
        const { record, offset } = readRecord(body, base, context)
        if (offset <= last || offset > end) throw new CorruptBytesError(`offset ${offset} out of order`)
        last = offset
        into.push(record)
      }
      if (count > 0 && body.remaining() > 0) throw new CorruptBytesError('bytes left behind the last record')
    }
    if (last < end) into.push(standIn(context, end))
  } catch (error) {
    if (error instanceof CorruptBytesError) {
      throw new CorruptBytesError(`${error.message}, in the batch at offset ${base}`, { cause: error })
    }
    throw error
  }
}

const readContext = (cursor: ByteCursor, base: bigint): { context: BatchContext; attributes: number } => {
  const partitionLeaderEpoch = cursor.int32()
  const magicByte = cursor.int8()
  cursor.take(4)
  const attributes = cursor.int16()
  const lastOffsetDelta = cursor.int32()
  if (lastOffsetDelta < 0) throw new CorruptBytesError(`last offset delta ${lastOffsetDelta}`)
  const firstTimestamp = cursor.int64().toString()
  const maxTimestamp = cursor.int64().toString()
  const context = {
    firstOffset: base.toString(),
    firstTimestamp,
    partitionLeaderEpoch,
    inTransaction: (attributes & 0x10) !== 0,
    isControlBatch: (attributes & 0x20) !== 0,
    lastOffsetDelta,
    producerId: cursor.int64().toString(),
    producerEpoch: cursor.int16(),
    firstSequence: cursor.int32(),
    maxTimestamp,
    timestampType: (attributes & 0x08) === 0 ? 0 : 1,
    magicByte,
  }
  return { context, attributes }
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

/** Without a prototype, so that names such as `constructor` and `__proto__` are names like any other. */
const readHeaders = (body: ByteCursor): DecodedRecord['headers'] => {
  const headers: DecodedRecord['headers'] = Object.create(null)
  const count = body.varint()
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
