import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { array, assert, asyncProperty, nat, tuple } from 'fast-check'
import { applyClientPatches } from '../../../src/kafka/client-patches.ts'
import { createEventDecoder } from '../../../src/kafka/codec.ts'
import {
  decodeRecordSet,
  ENOUGH_INFLATED_BYTES,
  MAX_RECORDS,
} from '../../../src/kafka/record-batch-decoder.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { sourceRecordOf } from '../../../src/kafka/source-record.ts'
import { WriterSchemas } from '../../../src/kafka/writer-schemas.ts'
import { batch, record } from './record-set.ts'

const crc32c: (bytes: Buffer) => number = createRequire(import.meta.url)(
  'kafkajs/src/protocol/recordBatch/crc32C',
)
const GZIP = 1

/** As a producer sends it: with the checksum that the batch has. */
const sealed = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt32BE(crc32c(copy.subarray(21)), 17)
  return copy
}
const three = [0, 1, 2].map((offsetDelta) => record({ offsetDelta, key: `k${offsetDelta}`, value: 'v' }))
const good = sealed(batch({ base: 5, lastOffsetDelta: 2, records: three }))
const packed = (base: number, body: Buffer, attributes = GZIP): Buffer =>
  sealed(batch({ base, lastOffsetDelta: 2, records: [], count: 3, attributes, body }))
const broken = packed(8, Buffer.from('no gzip at all'))

/** What the patched client makes of a set, in the fields that matter here. */
interface Decoded {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly isControlRecord?: boolean
  readonly undecodableBatch?: string
}
const decode = (set: Buffer): Promise<readonly Decoded[]> => decodeRecordSet(set, [])

beforeAll(() => applyClientPatches())

describe('an intact batch with content that cannot be decoded', () => {
  it('is one record at its last offset with all its bytes, and those around it are read', async () => {
    const behind = sealed(batch({ base: 11, lastOffsetDelta: 2, records: three }))
    const read = await decode(Buffer.concat([good, broken, behind]))
    expect(read.map(({ offset }) => offset)).toEqual(['5', '6', '7', '10', '11', '12', '13'])
    expect(read[3]).toMatchObject({
      key: null,
      isControlRecord: false,
      timestamp: '1700000000999',
      undecodableBatch: expect.stringMatching(/^batch of offsets 8 to 10: gzip: incorrect header check/),
    })
    expect(read[3]?.value?.equals(broken)).toBe(true)
    expect(read.filter(({ undecodableBatch }) => undecodableBatch !== undefined)).toHaveLength(1)
  })

  it.each([
    ['more bytes than records', packed(8, gzipSync(Buffer.concat([...three, Buffer.from('more')])))],
    ['fewer records than it says', packed(8, gzipSync(Buffer.concat(three.slice(1))))],
    ['a fault behind good records', packed(8, gzipSync(Buffer.concat([...three.slice(2), Buffer.alloc(9)])))],
    ['an unknown compression', packed(8, Buffer.concat(three), 6)],
    [
      'more records than memory',
      sealed(batch({ base: 8, lastOffsetDelta: 2, records: [], count: MAX_RECORDS + 1 })),
    ],
  ])('is kept whole for %s', async (_, bad) => {
    const read = await decode(bad)
    expect(read.map(({ offset }) => offset)).toEqual(['10'])
    expect(read[0]?.undecodableBatch).toMatch(/^batch of offsets 8 to 10: ./)
  })

  it('becomes a dead letter, whatever its bytes look like', async () => {
    const [message] = await decode(broken)
    if (message === undefined) throw new Error('nothing was read')
    const observer = { observe() {} }
    const registry = { url: 'http://127.0.0.1:1', username: '', password: '' }
    const decoder = createEventDecoder(readSchema('call-event'), new WriterSchemas(registry, observer))
    const source = sourceRecordOf('calls', 3, { ...message, attributes: 0, headers: {} })
    expect(source.position).toEqual({ topic: 'calls', partition: 3, offset: 10n })
    expect(decoder.decode(source, new AbortController().signal)).toMatchObject({
      kind: 'undecodable',
      reason: 'undecodable_batch',
      detail: expect.stringMatching(/offsets 8 to 10/),
    })
  })
})

describe('a batch that was damaged on the way', () => {
  it('is an error, since another fetch may bring it whole', async () => {
    const damaged = Buffer.from(broken)
    damaged.writeUInt8(0x55, damaged.length - 1)
    await expect(decodeRecordSet(damaged, [])).rejects.toThrow(/gzip: .*, in the batch at offset 8/)
  })

  it('never ends as anything but records, a batch kept whole, or an error', async () => {
    const whole = packed(8, gzipSync(Buffer.concat(three)))
    const faults = array(tuple(nat(whole.length - 22), nat(255)), { minLength: 1, maxLength: 6 })
    await assert(
      asyncProperty(faults, async (damage) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of damage) bytes[21 + at] = byte
        // The checksum fits, as if the producer had written this.
        const read = await decode(sealed(bytes)).catch((error: Error) => error.message)
        if (typeof read !== 'string') expect(BigInt(read.at(-1)?.offset ?? -1)).toBeGreaterThanOrEqual(8n)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a set of batches that inflate to much', () => {
  it('is left for the next fetch from where enough is inflated', async () => {
    const large = Buffer.concat([
      record({ offsetDelta: 0, value: Buffer.alloc(ENOUGH_INFLATED_BYTES / 2) }),
      ...three.slice(1),
    ])
    const set = Buffer.concat([0, 3, 6, 9].map((base) => packed(base, gzipSync(large))))
    expect(set.length).toBeLessThan(100_000)
    expect((await decode(set)).map(({ offset }) => offset)).toEqual(['0', '1', '2', '3', '4', '5'])
  })
})
