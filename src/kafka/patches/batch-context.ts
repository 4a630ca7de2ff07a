/**
 * What stands at the head of a batch of the current format, in the names that the client's own decoder gives it.
 * Invariant: the batch's last offset is never below its first, so whoever gets past it has moved on.
 */
import { CorruptBytesError } from './byte-cursor.ts'
import type { ByteCursor } from './byte-cursor.ts'

export interface BatchContext {
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

/** @param cursor stands behind offset and length. */
export const readContext = (
  cursor: ByteCursor,
  base: bigint,
): { context: BatchContext; attributes: number } => {
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
