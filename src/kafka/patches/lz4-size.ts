/**
 * How much an lz4 frame inflates to, counted without inflating it: the sequences of a block say how long their
 * literals and matches are, so a pass over the packed bytes gives the exact sum and takes no memory.
 * Invariant: every step moves forward in the packed bytes or throws, so it ends in time linear in their length.
 */
import { CorruptBytesError } from './byte-cursor.ts'

/** As stands in the bytes: little-endian 0x184D2204. */
const FRAME_MAGIC = 0x18_4d_22_04
const VERSION_MASK = 0xc0
const VERSION = 0x40
const BLOCK_CHECKSUM_FLAG = 0x10
const CONTENT_SIZE_FLAG = 0x08
const DICTIONARY_FLAG = 0x01
/** Magic, flags and block descriptor. */
const FIXED_HEADER_BYTES = 6
const STORED_BLOCK_FLAG = 0x80_00_00_00
/** Of four bits that say a length: more of it follows. */
const MORE = 15
const LEAST_MATCH_BYTES = 4

/**
 * What stands behind the frame's end mark is not looked at, as Java's reader does not.
 * @throws CorruptBytesError when the frame is broken or inflates beyond `limitBytes`.
 */
export const inflatedLz4Size = (packed: Buffer, limitBytes: number): number => {
  if (packed.length < FIXED_HEADER_BYTES || packed.readUInt32LE(0) !== FRAME_MAGIC) {
    throw new CorruptBytesError('no frame at its beginning')
  }
  const flags = packed.readUInt8(4)
  const blockSizeCode = (packed.readUInt8(5) >> 4) & 0x07
  if ((flags & VERSION_MASK) !== VERSION) throw new CorruptBytesError('unknown version of the frame')
  if (blockSizeCode < 4) throw new CorruptBytesError(`unknown block size ${blockSizeCode}`)
  // 64 KiB, 256 KiB, 1 MiB or 4 MiB.
  const maxBlockBytes = 2 ** (8 + 2 * blockSizeCode)
  const checksumBytes = (flags & BLOCK_CHECKSUM_FLAG) === 0 ? 0 : 4
  let position =
    FIXED_HEADER_BYTES +
    ((flags & CONTENT_SIZE_FLAG) === 0 ? 0 : 8) +
    ((flags & DICTIONARY_FLAG) === 0 ? 0 : 4) +
    1
  let total = 0
  for (;;) {
    if (position + 4 > packed.length) throw new CorruptBytesError('the frame is cut off')
    const word = packed.readUInt32LE(position)
    position += 4
    if (word === 0) return total
    const length = word % STORED_BLOCK_FLAG
    const end = position + length
    if (end + checksumBytes > packed.length) throw new CorruptBytesError('a block is cut off')
    const inflated = word >= STORED_BLOCK_FLAG ? length : blockSize(packed, position, end)
    if (inflated > maxBlockBytes) throw new CorruptBytesError('a block is larger than the frame allows')
    total += inflated
    if (total > limitBytes) throw new CorruptBytesError(`inflates to more than ${limitBytes} bytes`)
    position = end + checksumBytes
  }
}

/** The last sequence of a block is literals only. */
const blockSize = (packed: Buffer, start: number, end: number): number => {
  let position = start
  let size = 0
  const lengthFrom = (fourBits: number): number => {
    let length = fourBits
    for (let more = fourBits === MORE; more;) {
      if (position >= end) throw new CorruptBytesError('a length is cut off')
      const byte = packed[position] ?? 0
      position += 1
      length += byte
      more = byte === 255
    }
    return length
  }
  while (position < end) {
    const token = packed[position] ?? 0
    position += 1
    const literals = lengthFrom(token >> 4)
    position += literals
    size += literals
    if (position === end) return size
    // Two bytes say how far back the match begins.
    position += 2
    if (position > end) throw new CorruptBytesError('a sequence is cut off')
    size += lengthFrom(token & MORE) + LEAST_MATCH_BYTES
  }
  throw new CorruptBytesError('a block ends in the middle of its sequences')
}
