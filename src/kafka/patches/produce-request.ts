/**
 * Encodes a whole produce request (version 3 and later) into one buffer, and lets its sender see what became of each
 * partition. The plain client makes a buffer of half a kilobyte for each record and each of its headers and copies every
 * byte five times on its way out: a tenth of what a delivery cost. And where one of several partitions refuses, it takes
 * all for refused and sends them again, those too that were written.
 * Invariants: the bytes are those that the client would have sent; what it would compress, number or put into a
 * transaction is left to it. An answer about one partition is an error where that refused; of one about several,
 * whoever sent reads each error code.
 */
import { ByteWriter, varintLength } from './byte-writer.ts'
import { crc32c } from './batch-checksum.ts'
import { produceDefinition } from './kafkajs-internals.ts'
import type { ProduceAnswer, ProducedHeader, ProducedRecord, ProduceParameters } from './kafkajs-internals.ts'

const firstPatchedVersion = 3

/** Exported for tests. */
export function encodeProduceRequest(parameters: ProduceParameters, nowMs: number): Buffer {
  const { acks, timeout, producerEpoch = 0, topicData } = parameters
  const writer = new ByteWriter(sizeOf(parameters))
  writer.string(null)
  writer.int16(acks)
  writer.int32(timeout)
  writer.int32(topicData.length)
  for (const { topic, partitions } of topicData) {
    writer.string(topic)
    writer.int32(partitions.length)
    for (const { partition, messages, firstSequence = 0 } of partitions) {
      writer.int32(partition)
      const sizeAt = writer.skip(4)
      writeBatch(writer, messages, { producerEpoch, firstSequence, nowMs })
      writer.int32At(sizeAt, writer.position - sizeAt - 4)
    }
  }
  return writer.written
}

/** As much as it will take, if no header is longer than some: a guess that is too low costs a copy. */
function sizeOf({ topicData }: ProduceParameters): number {
  let size = 256
  for (const { partitions } of topicData)
    for (const { messages } of partitions)
      for (const { key, value } of messages) size += 192 + (key?.length ?? 0) + (value?.length ?? 0)
  return size
}

interface BatchFacts {
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly nowMs: number
}

/** A record batch of magic 2 (KIP-98), neither compressed nor of a transaction. */
function writeBatch(
  writer: ByteWriter,
  records: readonly ProducedRecord[],
  { producerEpoch, firstSequence, nowMs }: BatchFacts,
): void {
  const stamped = records.flatMap(({ timestamp }) => timestamp ?? []).toSorted()
  const firstMs = Number(stamped[0] ?? nowMs)
  writer.int64(0n)
  const lengthAt = writer.skip(4)
  writer.int32(0)
  writer.int8(2)
  const checksumAt = writer.skip(4)
  const coveredFrom = writer.position
  writer.int16(0)
  writer.int32(records.length - 1)
  writer.int64(BigInt(firstMs))
  writer.int64(BigInt(stamped.at(-1) ?? nowMs))
  writer.int64(-1n)
  writer.int16(producerEpoch)
  writer.int32(firstSequence)
  writer.int32(records.length)
  for (const [offsetDelta, record] of records.entries())
    writeRecord(writer, record, offsetDelta, Number(record.timestamp || nowMs) - firstMs)
  writer.int32At(lengthAt, writer.position - lengthAt - 4)
  writer.uint32At(checksumAt, crc32c(writer.written.subarray(coveredFrom)))
}

function writeRecord(
  writer: ByteWriter,
  { key = null, value, headers = {} }: ProducedRecord,
  offsetDelta: number,
  timestampDelta: number,
): void {
  const listed = Object.entries(headers).flatMap(([name, one]) =>
    Array.isArray(one)
      ? one.map((each: ProducedHeader) => [name, each] as const)
      : [[name, one as ProducedHeader] as const],
  )
  const length =
    1 +
    varlongLength(timestampDelta) +
    varintLength(offsetDelta) +
    bytesLength(key) +
    bytesLength(value) +
    varintLength(listed.length) +
    listed.reduce((sum, [name, header]) => sum + bytesLength(name) + bytesLength(header), 0)
  writer.varint(length)
  writer.int8(0)
  writer.varlong(timestampDelta)
  writer.varint(offsetDelta)
  writer.varintBytes(key)
  writer.varintBytes(value)
  writer.varint(listed.length)
  for (const [name, header] of listed) {
    writer.varintBytes(name)
    writer.varintBytes(header)
  }
}

function bytesLength(value: Uint8Array | string | null): number {
  if (value === null) return 1
  const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length
  return varintLength(length) + length
}

function varlongLength(value: number): number {
  let length = 1
  for (let coded = value < 0 ? -2 * value - 1 : 2 * value; coded >= 0x80; coded = Math.floor(coded / 128))
    length += 1
  return length
}

/** Makes the client use this for what it would send plainly. */
export const patchProduceRequest = (): void => {
  const plain = produceDefinition.protocol
  produceDefinition.protocol = (options) => {
    const build = plain(options)
    if (options.version < firstPatchedVersion) return build
    return (parameters) => {
      const definition = build(parameters)
      const { compression = 0, transactionalId = null, producerId = -1 } = parameters
      if (compression !== 0 || transactionalId !== null || Number(producerId) !== -1) return definition
      const encode = (): Promise<EncodedRequest> => {
        const buffer = encodeProduceRequest(parameters, Date.now())
        return Promise.resolve({ buf: buffer, buffer })
      }
      const parse = (data: ProduceAnswer): Promise<unknown> => {
        const isAboutSeveral = data.topics.flatMap(({ partitions }) => partitions).length > 1
        return isAboutSeveral ? Promise.resolve(data) : definition.response.parse(data)
      }
      const { request, response } = definition
      return { ...definition, request: { ...request, encode }, response: { ...response, parse } }
    }
  }
}

/** What the client's own encoder shows of itself. */
interface EncodedRequest {
  readonly buf: Buffer
  readonly buffer: Buffer
}
