/**
 * Takes a snappy batch apart into plain blocks. Java's client writes a stream: a header of 16 bytes, then blocks
 * with their packed length before each; most other clients write one bare block.
 * Invariant: the inflated lengths that the blocks claim sum up to the limit at most. The native decoder takes the
 * memory that a block claims before it looks at its content.
 */
import { ByteCursor, CorruptBytesError } from './byte-cursor.ts'

/** Of Java's stream. No bare block begins so: its first element would be a copy, and there is nothing to copy yet. */
const STREAM_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The stream's version and the oldest one that can read it. */
const VERSIONS_BYTES = 8

/** @throws CorruptBytesError when the framing is broken or the blocks claim more than `limitBytes`. */
export const snappyBlocks = (packed: Buffer, limitBytes: number): readonly Buffer[] => {
  const blocks = packed.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)
    ? streamed(new ByteCursor(packed, STREAM_MAGIC.length))
    : [packed]
  let claimed = 0
  for (const block of blocks) {
    claimed += claimedLength(block)
    if (claimed > limitBytes) throw new CorruptBytesError(`inflates to more than ${limitBytes} bytes`)
  }
  return blocks
}

const streamed = (cursor: ByteCursor): readonly Buffer[] => {
  cursor.take(VERSIONS_BYTES)
  const blocks: Buffer[] = []
  while (cursor.remaining() > 0) blocks.push(cursor.view(cursor.int32()))
  return blocks
}

/** A block begins with its inflated length: seven bits a byte, the lowest first. */
const claimedLength = (block: Buffer): number => {
  let length = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = block[index]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return length
  }
  throw new CorruptBytesError('a block without a length')
}
