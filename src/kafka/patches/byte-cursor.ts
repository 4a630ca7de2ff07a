/**
 * Reads Kafka's primitive types from a buffer, front to back, and refuses to step outside of it.
 * Invariant: every read either moves the position forward by what it read or throws a `CorruptBytesError`, so
 * a loop over it always ends. The client's own decoder reads past the end as zeros or NaN without an error.
 */

/** The bytes contradict the wire format. */
export class CorruptBytesError extends Error {
  readonly code = 'CORRUPT_BYTES'
  override readonly name = 'CorruptBytesError'
}

const refuse = (what: string, position: number): never => {
  throw new CorruptBytesError(`${what} at byte ${position}`)
}

/** A position in a buffer with an end that may lie before the buffer's own. */
export class ByteCursor {
  readonly bytes: Buffer
  readonly end: number
  position: number

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  remaining(): number {
    return this.end - this.position
  }

  /** Moves on by `length` bytes and returns where they began. */
  take(length: number): number {
    if (length < 0 || length > this.end - this.position)
      refuse(`length ${length} does not fit`, this.position)
    const start = this.position
    this.position = start + length
    return start
  }

  int8(): number {
    return this.bytes.readInt8(this.take(1))
  }

  int16(): number {
    return this.bytes.readInt16BE(this.take(2))
  }

  int32(): number {
    return this.bytes.readInt32BE(this.take(4))
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.take(8))
  }

  /** A view, not a copy. */
  view(length: number): Buffer {
    const start = this.take(length)
    return this.bytes.subarray(start, this.position)
  }

  /** A zigzag-coded 32-bit integer of one to five bytes. */
  varint(): number {
    const begin = this.position
    let coded = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.nextByte(begin)
      coded |= (byte & 0x7f) << shift
      if (byte < 0x80) return (coded >>> 1) ^ -(coded & 1)
    }
    return refuse('varint longer than 5 bytes', begin)
  }

  /** A zigzag-coded 64-bit integer of one to ten bytes. Up to six bytes (42 bits) it needs no bigint. */
  varlong(): bigint | number {
    const begin = this.position
    let low = 0
    for (let index = 0; index < 6; index += 1) {
      const byte = this.nextByte(begin)
      low += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
    }
    let coded = BigInt(low)
    for (let shift = 42n; shift <= 63n; shift += 7n) {
      const byte = this.nextByte(begin)
      coded |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, (coded >> 1n) ^ -(coded & 1n))
    }
    return refuse('varlong longer than 10 bytes', begin)
  }

  /** Bytes behind a varint length; -1 is null. */
  varintBytes(): Buffer | null {
    const length = this.varint()
    return length === -1 ? null : this.view(length)
  }

  private nextByte(begin: number): number {
    const byte = this.position < this.end ? this.bytes[this.position] : undefined
    if (byte === undefined) return refuse('variable-length integer cut off', begin)
    this.position += 1
    return byte
  }
}
