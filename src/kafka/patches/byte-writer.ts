/**
 * Writes Kafka's primitive types into a buffer, front to back: the counterpart of `ByteCursor`.
 * Invariant: what does not fit makes the buffer larger; nothing written before moves, so a length or a checksum can be
 * filled in once what it stands for is known.
 */
export class ByteWriter {
  #bytes: Buffer
  #position = 0

  /** `size`: bytes that will do in most cases. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  get position(): number {
    return this.#position
  }

  /** All that was written: a view. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#position)
  }

  /** Leaves room that is filled in later, and returns where it begins. The buffer may be another one afterwards. */
  skip(length: number): number {
    this.#need(length)
    const start = this.#position
    this.#position += length
    return start
  }

  int8(value: number): void {
    const at = this.skip(1)
    this.#bytes.writeInt8(value, at)
  }

  int16(value: number): void {
    const at = this.skip(2)
    this.#bytes.writeInt16BE(value, at)
  }

  int32(value: number): void {
    this.int32At(this.skip(4), value)
  }

  int32At(position: number, value: number): void {
    this.#bytes.writeInt32BE(value, position)
  }

  uint32At(position: number, value: number): void {
    this.#bytes.writeUInt32BE(value, position)
  }

  int64(value: bigint): void {
    const at = this.skip(8)
    this.#bytes.writeBigInt64BE(value, at)
  }

  /** Of 32 bits, zigzag-coded in one to five bytes. */
  varint(value: number): void {
    this.#need(5)
    for (let coded = ((value << 1) ^ (value >> 31)) >>> 0; ; coded >>>= 7) {
      const isLast = coded < 0x80
      this.#bytes[this.#position] = isLast ? coded : (coded & 0x7f) | 0x80
      this.#position += 1
      if (isLast) return
    }
  }

  /** A whole number of 53 bits, zigzag-coded in one to eight bytes. */
  varlong(value: number): void {
    this.#need(10)
    for (let coded = value < 0 ? -2 * value - 1 : 2 * value; ; coded = Math.floor(coded / 128)) {
      const isLast = coded < 0x80
      this.#bytes[this.#position] = isLast ? coded : (coded % 128) | 0x80
      this.#position += 1
      if (isLast) return
    }
  }

  raw(bytes: Uint8Array): void {
    const at = this.skip(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** UTF-8 behind its length in two bytes; null: -1. */
  string(text: string | null): void {
    if (text === null) return this.int16(-1)
    const length = Buffer.byteLength(text)
    this.int16(length)
    const at = this.skip(length)
    this.#bytes.write(text, at)
  }

  /** Bytes, or a text as UTF-8, behind their length as a varint; null: -1. */
  varintBytes(value: Uint8Array | string | null): void {
    if (value === null) return this.varint(-1)
    if (typeof value !== 'string') {
      this.varint(value.length)
      return this.raw(value)
    }
    const length = Buffer.byteLength(value)
    this.varint(length)
    const at = this.skip(length)
    this.#bytes.write(value, at)
  }

  #need(length: number): void {
    if (this.#position + length <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#position + length))
    this.#bytes.copy(larger, 0, 0, this.#position)
    this.#bytes = larger
  }
}

/** How many bytes `varint` takes for it. */
export function varintLength(value: number): number {
  const coded = ((value << 1) ^ (value >> 31)) >>> 0
  return coded < 0x80 ? 1 : coded < 0x4000 ? 2 : coded < 0x20_0000 ? 3 : coded < 0x1000_0000 ? 4 : 5
}
