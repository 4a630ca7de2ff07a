/** Builds record sets and fetch responses byte by byte, so that tests can make what no broker sends on demand. */
const bytes = (size: number, write: (buffer: Buffer) => void): Buffer => {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}
const int16 = (value: number): Buffer => bytes(2, (buffer) => buffer.writeInt16BE(value))
export const int32 = (value: number): Buffer => bytes(4, (buffer) => buffer.writeInt32BE(value))
export const int64 = (value: bigint | number): Buffer =>
  bytes(8, (buffer) => buffer.writeBigInt64BE(BigInt(value)))

export const varint = (value: bigint | number): Buffer => {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  const out: number[] = []
  do {
    out.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(out)
}
const varintBytes = (value: Buffer | string | null): Buffer =>
  value === null ? varint(-1) : Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)])

export interface RecordShape {
  readonly offsetDelta: number
  readonly key?: Buffer | string | null
  readonly value?: Buffer | string | null
  readonly timestampDelta?: bigint | number
  readonly headers?: readonly (readonly [string, Buffer | string | null])[]
}

export const record = (shape: RecordShape): Buffer => {
  const { offsetDelta, key = null, value = null, timestampDelta = 0, headers = [] } = shape
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    varintBytes(key),
    varintBytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, headerValue]) => [varintBytes(name), varintBytes(headerValue)]),
  ])
  return Buffer.concat([varint(body.length), body])
}

export interface BatchShape {
  readonly base: bigint | number
  readonly lastOffsetDelta: number
  readonly records: readonly Buffer[]
  readonly attributes?: number
  readonly producerId?: bigint | number
  /** Already compressed records, in place of `records`' bytes. */
  readonly body?: Buffer
  readonly count?: number
  readonly magic?: number
  readonly length?: number
}

export const batch = (shape: BatchShape): Buffer => {
  const body = shape.body ?? Buffer.concat(shape.records)
  const rest = Buffer.concat([
    int32(0),
    Buffer.from([shape.magic ?? 2]),
    int32(0),
    int16(shape.attributes ?? 0),
    int32(shape.lastOffsetDelta),
    int64(1_700_000_000_000n),
    int64(1_700_000_000_999n),
    int64(shape.producerId ?? -1),
    int16(0),
    int32(0),
    int32(shape.count ?? shape.records.length),
    body,
  ])
  return Buffer.concat([int64(shape.base), int32(shape.length ?? rest.length), rest])
}

/** A control batch of a transaction's end: type 0 aborts, 1 commits. */
export const marker = (base: number, producerId: number, kind: 'abort' | 'commit'): Buffer =>
  batch({
    base,
    lastOffsetDelta: 0,
    attributes: 0x30,
    producerId,
    records: [
      record({
        offsetDelta: 0,
        key: Buffer.concat([int16(0), int16(kind === 'abort' ? 0 : 1)]),
        value: Buffer.alloc(6),
      }),
    ],
  })

export interface Aborted {
  readonly producerId: number
  readonly firstOffset: number
}

/** A fetch response of version 11 with one partition. */
export const fetchResponse = (set: Buffer, aborted: readonly Aborted[] = [], topic = 'calls'): Buffer =>
  Buffer.concat([
    int32(0),
    int16(0),
    int32(0),
    int32(1),
    int16(topic.length),
    Buffer.from(topic),
    int32(1),
    int32(3),
    int16(0),
    int64(1_000n),
    int64(900n),
    int64(0n),
    int32(aborted.length),
    ...aborted.flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
    int32(-1),
    int32(set.length),
    set,
  ])
