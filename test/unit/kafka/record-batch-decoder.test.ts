import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { array, assert, asyncProperty, nat, tuple } from 'fast-check'
import { decodeRecordSet, MAX_HEADERS } from '../../../src/kafka/record-batch-decoder.ts'
import { decodeFetchResponse } from '../../../src/kafka/patches/fetch-response.ts'
import { batch, fetchResponse, int32, int64, marker, record, varint } from './record-set.ts'

interface Decoded {
  readonly offset: string
  readonly value: Buffer | null
  readonly isControlRecord: boolean
  readonly headers: Record<string, unknown>
}
interface Answer {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly {
      readonly partition: number
      readonly messages: readonly Decoded[]
      readonly abortedTransactions: readonly unknown[]
    }[]
  }[]
}

const require = createRequire(import.meta.url)
const plain: {
  decode(raw: Buffer): Promise<Answer>
} = require('kafkajs/src/protocol/requests/fetch/v11/response')
interface PlainBatch {
  readonly messages: readonly Decoded[]
  lastOffset(): string
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
}
const Batch: new (
  topic: string,
  offset: string,
  data: object,
) => PlainBatch = require('kafkajs/src/consumer/batch')

const ours = async (raw: Buffer): Promise<Answer> => (await decodeFetchResponse(raw)) as Answer
const asBatch = (answer: Answer, from = '0'): PlainBatch =>
  new Batch('calls', from, answer.responses[0]?.partitions[0] ?? {})
const values = (read: PlainBatch): string[] => read.messages.map(({ value }) => String(value))
const headersOf = (answer: Answer): [string, string][] =>
  Object.entries(asBatch(answer).messages[0]?.headers ?? {}).map(([name, value]) => [name, String(value)])
const offsets = async (set: Buffer): Promise<string[]> =>
  (await decodeRecordSet(set, [])).map(({ offset }) => offset)
const three = [0, 1, 2].map((offsetDelta) => record({ offsetDelta, key: `k${offsetDelta}`, value: 'v' }))

describe('a fetch response', () => {
  it('decodes to what the plain client makes of it', async () => {
    const raw = fetchResponse(
      Buffer.concat([
        batch({ base: 40, lastOffsetDelta: 2, records: three }),
        batch({
          base: 43,
          lastOffsetDelta: 1,
          attributes: 1,
          count: 2,
          records: [],
          body: gzipSync(
            Buffer.concat([
              record({ offsetDelta: 0, key: null, value: null, timestampDelta: -70_000 }),
              record({
                offsetDelta: 1,
                key: 'ключ',
                value: Buffer.alloc(300, 7),
                timestampDelta: 2n ** 45n,
                headers: [
                  ['a', '1'],
                  ['b', null],
                  ['a', '2'],
                  ['a', '3'],
                ],
              }),
            ]),
          ),
        }),
        marker(45, 7, 'commit'),
        batch({ base: 46, lastOffsetDelta: 0, attributes: 8, records: [record({ offsetDelta: 0 })] }),
      ]),
    )
    const [expected, actual] = [await plain.decode(raw), await ours(raw)]
    // Only the prototype of the headers differs, so both go through JSON.
    expect(JSON.parse(JSON.stringify(actual))).toEqual(JSON.parse(JSON.stringify(expected)))
  })

  it('moves past a batch whose records were all compacted away, where the plain client stays', async () => {
    const raw = fetchResponse(batch({ base: 100, lastOffsetDelta: 9, records: [] }))
    const stuck = asBatch(await plain.decode(raw), '100')
    expect(stuck.isEmpty()).toBe(true)
    expect(stuck.isEmptyDueToFiltering()).toBe(false)
    const moved = asBatch(await ours(raw), '100')
    expect(moved.isEmptyDueToFiltering()).toBe(true)
    expect(moved.lastOffset()).toBe('109')
  })

  it('moves past a compacted tail in one step, where the plain client takes a fetch per offset', async () => {
    const raw = fetchResponse(batch({ base: 100, lastOffsetDelta: 500, records: three.slice(0, 1) }))
    expect(asBatch(await plain.decode(raw), '100').lastOffset()).toBe('100')
    expect(asBatch(await plain.decode(raw), '101').lastOffset()).toBe('101')
    expect(asBatch(await ours(raw), '100').lastOffset()).toBe('600')
    expect(asBatch(await ours(raw), '101').lastOffset()).toBe('600')
    expect(asBatch(await ours(raw), '100').messages.map(({ offset }) => offset)).toEqual(['100'])
  })

  it('hides the records of interleaved aborted transactions, which the plain client lets through', async () => {
    const written = { lastOffsetDelta: 0, attributes: 0x10 }
    const raw = fetchResponse(
      Buffer.concat([
        batch({
          ...written,
          base: 12,
          producerId: 2,
          records: [record({ offsetDelta: 0, value: 'aborted' })],
        }),
        batch({
          ...written,
          base: 13,
          producerId: 1,
          records: [record({ offsetDelta: 0, key: Buffer.alloc(4), value: 'aborted' })],
        }),
        batch({
          ...written,
          base: 14,
          producerId: 1,
          records: [record({ offsetDelta: 0, value: 'aborted' })],
        }),
        batch({ ...written, base: 15, producerId: 3, records: [record({ offsetDelta: 0, value: 'good' })] }),
        marker(16, 3, 'commit'),
        marker(17, 1, 'abort'),
        marker(18, 2, 'abort'),
        batch({ ...written, base: 19, producerId: 1, records: [record({ offsetDelta: 0, value: 'good' })] }),
        marker(20, 1, 'commit'),
      ]),
      [
        { producerId: 1, firstOffset: 10 },
        { producerId: 2, firstOffset: 11 },
      ],
    )
    expect(values(asBatch(await plain.decode(raw)))).toContain('aborted')
    const read = asBatch(await ours(raw))
    expect(values(read)).toEqual(['good', 'good'])
    expect(read.lastOffset()).toBe('20')
  })

  it('reads 200,000 records in one batch, where the plain client runs out of stack', async () => {
    const count = 200_000
    const many = Array.from({ length: count }, (_, offsetDelta) => record({ offsetDelta, value: 'v' }))
    const raw = fetchResponse(batch({ base: 0, lastOffsetDelta: count - 1, records: many }))
    await expect(plain.decode(raw)).rejects.toThrow('Maximum call stack size exceeded')
    expect(asBatch(await ours(raw)).messages).toHaveLength(count)
  })

  it('keeps headers named like parts of an object, which the plain client mangles', async () => {
    const headers = [
      ['constructor', 'a'],
      ['__proto__', 'b'],
      ['toString', 'c'],
    ] as const
    const raw = fetchResponse(
      batch({ base: 0, lastOffsetDelta: 0, records: [record({ offsetDelta: 0, headers })] }),
    )
    expect(headersOf(await plain.decode(raw))).not.toEqual(headers)
    expect(headersOf(await ours(raw))).toEqual(headers)
  })

  it('reads thousands of headers in linear time, where the plain client takes quadratic, and keeps 256', async () => {
    const headers = Array.from({ length: 2_000 }, (_, index) => [`name-${index}`, 'v'] as const)
    const raw = fetchResponse(
      batch({ base: 0, lastOffsetDelta: 0, records: [record({ offsetDelta: 0, headers })] }),
    )
    const took = async (decode: (bytes: Buffer) => Promise<Answer>): Promise<number> => {
      const began = performance.now()
      await decode(raw)
      return performance.now() - began
    }
    // The best of several runs, so that a pause of the machine is not taken for work.
    const oursMs = Math.min(await took(ours), await took(ours), await took(ours))
    expect(await took(plain.decode)).toBeGreaterThan(10 * oursMs)
    const read = asBatch(await ours(raw)).messages[0]
    expect(Object.keys(read?.headers ?? {})).toHaveLength(MAX_HEADERS)
    expect(String(read?.headers['name-255'])).toBe('v')
  })

  it('names topic and partition of damaged records', async () => {
    const raw = fetchResponse(
      batch({ base: 77, lastOffsetDelta: 0, records: [Buffer.from([0x80])], count: 1 }),
    )
    await expect(decodeFetchResponse(raw)).rejects.toMatchObject({
      code: 'CORRUPT_RECORDS',
      topic: 'calls',
      partition: 3,
      message: expect.stringMatching(/partition 3 of calls: .*offset 77/),
    })
    await expect(decodeFetchResponse(raw.subarray(0, raw.length - 1))).rejects.toThrow(/partition 3 of calls/)
    await expect(decodeFetchResponse(raw.subarray(0, 9))).rejects.toMatchObject({ code: 'CORRUPT_BYTES' })
  })
})

describe('a record set', () => {
  const whole = batch({ base: 5, lastOffsetDelta: 2, records: three })

  it('leaves a batch that is cut off for the next fetch', async () => {
    const second = batch({ base: 8, lastOffsetDelta: 2, records: three })
    for (const cut of [1, 11, 12, 16, 17, 60, second.length - 1]) {
      expect(await offsets(Buffer.concat([whole, second.subarray(0, cut)]))).toEqual(['5', '6', '7'])
    }
  })

  it("reads the formats before record batches with the client's own decoder", async () => {
    const legacy = Buffer.concat([
      int32(0),
      Buffer.from([1, 0]),
      int64(1_600_000_000_000n),
      int32(1),
      Buffer.from('k'),
      int32(1),
      Buffer.from('v'),
    ])
    const entry = Buffer.concat([int64(4n), int32(legacy.length), legacy])
    expect(await offsets(Buffer.concat([entry, whole]))).toEqual(['4', '5', '6', '7'])
  })

  it.each([
    ['a length that is too small', batch({ base: 5, lastOffsetDelta: 0, records: [], length: 3 })],
    ['a negative length', batch({ base: 5, lastOffsetDelta: 0, records: [], length: -1 })],
    ['a length beyond the set', batch({ base: 5, lastOffsetDelta: 0, records: [], length: 1_000_000 })],
    ['an unknown format', batch({ base: 5, lastOffsetDelta: 0, records: [], magic: 9 })],
    ['more records than bytes', batch({ base: 5, lastOffsetDelta: 2, records: three, count: 2_000_000_000 })],
    ['fewer records than bytes', batch({ base: 5, lastOffsetDelta: 2, records: three, count: 2 })],
    ['a negative count', batch({ base: 5, lastOffsetDelta: 2, records: three, count: -2 })],
    [
      'an endless varint',
      batch({ base: 5, lastOffsetDelta: 0, records: [Buffer.alloc(40, 0xff)], count: 1 }),
    ],
    ['a negative record length', batch({ base: 5, lastOffsetDelta: 0, records: [varint(-5)], count: 1 })],
    [
      'offsets that repeat',
      batch({ base: 5, lastOffsetDelta: 2, records: [three[1] ?? whole, three[1] ?? whole] }),
    ],
    ['offsets beyond the end', batch({ base: 5, lastOffsetDelta: 0, records: three })],
    ['an unknown compression', batch({ base: 5, lastOffsetDelta: 2, records: three, attributes: 6 })],
  ])('refuses %s, naming the offset', async (_, set) => {
    await expect(decodeRecordSet(set, [])).rejects.toThrow(/offset 5/)
  })

  it('ends on any damage with records or an error', async () => {
    await assert(
      asyncProperty(
        array(tuple(nat(whole.length - 1), nat(255)), { minLength: 1, maxLength: 6 }),
        async (damage) => {
          const set = Buffer.from(whole)
          for (const [at, byte] of damage) set[at] = byte
          const read = await decodeRecordSet(set, []).catch((error: Error) => error.message)
          expect(Array.isArray(read) || typeof read === 'string').toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('reads records at the limits of offsets and timestamps', async () => {
    const far = 2n ** 62n
    const set = batch({
      base: far,
      lastOffsetDelta: 2_147_483_647,
      records: [record({ offsetDelta: 2_147_483_647, timestampDelta: -(2n ** 62n) })],
    })
    const [read] = await decodeRecordSet(set, [])
    expect(read).toMatchObject({
      offset: (far + 2_147_483_647n).toString(),
      timestamp: (1_700_000_000_000n - 2n ** 62n).toString(),
    })
  })
})
