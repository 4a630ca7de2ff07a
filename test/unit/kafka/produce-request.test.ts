// What is produced is byte for byte what the plain client would have sent.
import { createRequire } from 'node:module'
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { ByteCursor } from '../../../src/kafka/patches/byte-cursor.ts'
import { ByteWriter, varintLength } from '../../../src/kafka/patches/byte-writer.ts'
import { encodeProduceRequest } from '../../../src/kafka/patches/produce-request.ts'

const require = createRequire(import.meta.url)
// The file that the patch does not change: versions 3 to 7 are laid out alike.
const plainRequest: (parameters: object) => {
  encode(): Promise<{ readonly buffer: Buffer }>
} = require('kafkajs/src/protocol/requests/produce/v3/request')

const nowMs = 1_773_479_866_000
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
const anyText = fc.string({ unit: 'grapheme', maxLength: 40 })
const anyHeader = fc.oneof(anyBytes, anyText)
const anyStamp = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }).map(String)

const anyRecord = fc.record(
  {
    // The plain client cannot be told the time, so each record bears one.
    timestamp: anyStamp,
    key: fc.option(fc.oneof(anyBytes, anyText)),
    value: fc.option(
      fc.oneof(anyBytes, fc.uint8Array({ minLength: 9_000, maxLength: 20_000 }).map(Buffer.from)),
    ),
    headers: fc.dictionary(anyText, fc.oneof(anyHeader, fc.array(anyHeader, { maxLength: 3 })), {
      maxKeys: 4,
    }),
  },
  { requiredKeys: ['timestamp', 'value'] },
)

const anyRequest = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(60_000),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ minLength: 1, maxLength: 249, unit: fc.constantFrom('a', '.', '-', '7') }),
      partitions: fc.array(
        fc.record({
          partition: fc.nat(10_000),
          firstSequence: fc.constant(0),
          messages: fc.array(anyRecord, { minLength: 1, maxLength: 20 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
})

it('is what the plain client sends', async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const plain = await plainRequest(request).encode()
      const ours = encodeProduceRequest(request, nowMs)
      expect(ours.equals(plain.buffer)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

it('bears the time given where records have none of their own', () => {
  const record = { value: Buffer.from('x') }
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages: [record, record] }] }]
  const cursor = new ByteCursor(encodeProduceRequest({ acks: -1, timeout: 1, topicData }, nowMs))
  // Up to the batch's attributes: request head, topic, partition, size, offset, length, epoch, magic, checksum.
  cursor.take(2 + 2 + 4 + 4 + 3 + 4 + 4 + 4 + 8 + 4 + 4 + 1 + 4)
  expect(cursor.int16()).toBe(0)
  expect(cursor.int32()).toBe(1)
  expect([cursor.int64(), cursor.int64()]).toEqual([BigInt(nowMs), BigInt(nowMs)])
})

it('of what is longer than was thought loses nothing', async () => {
  // Headers are not counted in beforehand, so that each of them may be the one that makes the buffer larger.
  for (let count = 1; count < 60; count += 1) {
    const headers = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `header-${index}`,
        index % 2 === 0 ? 'я'.repeat(40) : Buffer.alloc(97, 1),
      ]),
    )
    const message = { timestamp: String(nowMs), value: null, headers }
    const partitions = [{ partition: 7, messages: [message, message] }]
    const request = {
      acks: -1,
      timeout: 1,
      topicData: [
        { topic: 'topic', partitions },
        { topic: 'other', partitions },
      ],
    }
    const plain = await plainRequest(request).encode()
    expect(encodeProduceRequest(request, nowMs).equals(plain.buffer)).toBe(true)
  }
})

it('each thing written is there, whichever makes the buffer larger', () => {
  for (let size = 0; size < 80; size += 1) {
    const writer = new ByteWriter(size)
    writer.int8(1)
    writer.int16(2)
    writer.int32(3)
    writer.int64(4n)
    writer.varint(5)
    writer.varlong(6)
    writer.raw(Buffer.from('seven'))
    writer.string('eight')
    writer.varintBytes('девять')
    writer.varintBytes(Buffer.from('ten'))
    const cursor = new ByteCursor(writer.written)
    const read = [
      cursor.int8(),
      cursor.int16(),
      cursor.int32(),
      cursor.int64(),
      cursor.varint(),
      cursor.varlong(),
    ]
    const texts = [cursor.view(5), cursor.view(cursor.int16()), cursor.varintBytes(), cursor.varintBytes()]
    expect(read).toEqual([1, 2, 3, 4n, 5, 6])
    expect(texts.map(String)).toEqual(['seven', 'eight', 'девять', 'ten'])
    expect(cursor.remaining()).toBe(0)
  }
})

it.each([
  0,
  -1,
  1,
  63,
  64,
  -64,
  -65,
  8_191,
  8_192,
  1_048_575,
  1_048_576,
  134_217_728,
  2 ** 31 - 1,
  -(2 ** 31),
])('%d is read back as a varint of the length foretold', (value) => {
  const writer = new ByteWriter(1)
  writer.varint(value)
  expect(writer.position).toBe(varintLength(value))
  expect(new ByteCursor(writer.written).varint()).toBe(value)
})

it('any whole number of 53 bits is read back as a varlong', () => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger().filter((value) => Math.abs(value) <= 2 ** 52),
      (value) => {
        const writer = new ByteWriter(1)
        writer.varlong(value)
        expect(Number(new ByteCursor(writer.written).varlong())).toBe(value)
      },
    ),
  )
})
