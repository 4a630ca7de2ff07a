import { gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { array, assert, asyncProperty, nat, tuple } from 'fast-check'
import lz4 from 'lz4-napi'
import snappy from 'snappy'
import { applyClientPatches } from '../../../src/kafka/client-patches.ts'
import { MAX_INFLATED_BYTES } from '../../../src/kafka/patches/compression-codecs.ts'
import { compression } from '../../../src/kafka/patches/kafkajs-internals.ts'
import type { CompressionCodec } from '../../../src/kafka/patches/kafkajs-internals.ts'
import { inflatedLz4Size } from '../../../src/kafka/patches/lz4-size.ts'
import { snappyBlocks } from '../../../src/kafka/patches/snappy-blocks.ts'
import { int32 } from './record-set.ts'

/** Before the patches: what the plain client does, for contrast. */
const plainGzip = compression.Codecs[compression.Types.GZIP]?.()

const types = { gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' } as const
type Name = keyof typeof types
const codecOf = (name: Name): CompressionCodec => {
  const codec = compression.Codecs[compression.Types[types[name]]]?.()
  if (codec === undefined) throw new Error(`no codec for ${name}`)
  return codec
}
const names = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const unpack = (name: Name, packed: Buffer): Promise<Buffer> => codecOf(name).decompress(packed)
const pack = (name: Name, buffer: Buffer): Promise<Buffer> => codecOf(name).compress({ buffer })

const snappyStream = (...blocks: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('82534e41505059000000000100000001', 'hex'),
    ...blocks.flatMap((block) => [int32(block.length), block]),
  ])

beforeAll(() => applyClientPatches())

describe.each(names)('a %s batch', (name) => {
  // Written by Kafka 4.1's Java client with its default settings, of the text below.
  const writtenByJava = {
    gzip: '1f8b08000000000000ff2b49ad285128c1240026fd2b7218000000',
    snappy: '82534e415050590000000001000000010000000a181074657874204a0500',
    lz4: '04224d186040820e0000005a7465787420050050207465787400000000',
    zstd: '28b52ffd00585c00002874657874200100488a16010000',
  }

  it("is read as Java's client writes it", async () => {
    const unpacked = await unpack(name, Buffer.from(writtenByJava[name], 'hex'))
    expect(unpacked.toString()).toBe('text text text text text')
  })

  it('is read as it was packed', async () => {
    for (const size of [1, 100, 70_000, 5_000_000]) {
      const content = Buffer.alloc(size, 'calls and webhooks ')
      content.writeUInt8(7, size >> 1)
      const unpacked = await unpack(name, await pack(name, content))
      expect(unpacked.equals(content)).toBe(true)
    }
  })

  it('is refused when it is cut off or something else', async () => {
    const whole = await pack(name, Buffer.from('calls and webhooks '.repeat(30)))
    for (const cut of [0, 1, 3, 5, 8, 12, whole.length >> 1, whole.length - 2]) {
      await expect(unpack(name, whole.subarray(0, cut))).rejects.toMatchObject({ code: 'CORRUPT_BYTES' })
    }
    const other = Buffer.alloc(200, 0xee)
    await expect(unpack(name, other)).rejects.toMatchObject({
      code: 'CORRUPT_BYTES',
      message: expect.stringMatching(new RegExp(`^${name}: .`)),
    })
  })

  it('ends on any damage with bytes or an error', async () => {
    const whole = await pack(name, Buffer.from('calls and webhooks '.repeat(300)))
    const faults = array(tuple(nat(whole.length - 1), nat(255)), { minLength: 1, maxLength: 6 })
    await assert(
      asyncProperty(faults, async (damage) => {
        const packed = Buffer.from(whole)
        for (const [at, byte] of damage) packed[at] = byte
        const answer = await unpack(name, packed).catch((error: unknown) => error)
        expect(answer).toEqual(
          Buffer.isBuffer(answer) ? answer : expect.objectContaining({ code: 'CORRUPT_BYTES' }),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('inflates to the limit and not beyond', async () => {
    const most = Buffer.alloc(MAX_INFLATED_BYTES)
    const { length } = await unpack(name, await pack(name, most))
    expect(length).toBe(MAX_INFLATED_BYTES)
    const bomb = await pack(name, Buffer.alloc(MAX_INFLATED_BYTES + 1))
    await expect(unpack(name, bomb)).rejects.toThrow(`${name}: inflates to more than 67108864 bytes`)
  })
})

describe('what the plain client does', () => {
  it('inflates gzip without end', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_INFLATED_BYTES + 1))
    expect(await plainGzip?.decompress(bomb)).toHaveLength(MAX_INFLATED_BYTES + 1)
  })
})

describe('a snappy batch in several blocks', () => {
  it('is joined', async () => {
    const blocks = [await snappy.compress('one, '), await snappy.compress('two')]
    expect((await unpack('snappy', snappyStream(...blocks))).toString()).toBe('one, two')
    expect(await unpack('snappy', snappyStream())).toHaveLength(0)
  })

  it('is refused for what its blocks claim together, before any is inflated', async () => {
    const block = await snappy.compress(Buffer.alloc(1_000_000))
    const stream = snappyStream(...Array.from({ length: 68 }, () => block))
    expect(() => snappyBlocks(stream, MAX_INFLATED_BYTES)).toThrow(/more than 67108864 bytes/)
    expect(snappyBlocks(stream, 68_000_000)).toHaveLength(68)
    // A length of 4 GiB - 1, and nothing behind it.
    const claim = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(() => snappyBlocks(claim, MAX_INFLATED_BYTES)).toThrow(/more than 67108864 bytes/)
  })

  it.each([
    ['a block longer than the stream', snappyStream(Buffer.from([1, 0, 0])).subarray(0, -1)],
    ['a negative block length', Buffer.concat([snappyStream(), int32(-1)])],
    ['an empty block', snappyStream(Buffer.alloc(0))],
    ['a length without an end', snappyStream(Buffer.alloc(9, 0xff))],
    ['a header that is cut off', snappyStream().subarray(0, 12)],
  ])('is refused for %s', (_, stream) => {
    expect(() => snappyBlocks(stream, MAX_INFLATED_BYTES)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_BYTES' }),
    )
  })
})

describe('the inflated size of an lz4 frame', () => {
  it('is exact for every kind of content and frame', async () => {
    const contents = [
      Buffer.alloc(0),
      Buffer.from('short'),
      Buffer.alloc(300_000, 'repeats '),
      // Hardly compressible: stored blocks.
      zstdCompressSync(Buffer.from(Array.from({ length: 99_999 }, (_, at) => (at * at) % 251))),
    ]
    for (const content of contents) {
      for (const checksums of [true, false]) {
        const frame = await lz4.compressFrame(content, {
          contentChecksum: checksums,
          blockChecksums: checksums,
        })
        expect(inflatedLz4Size(frame, MAX_INFLATED_BYTES)).toBe(content.length)
      }
    }
  })

  it('is not counted beyond the limit, however much the frame holds', () => {
    // A block of 4 MiB that says 255 matched bytes per byte, as often as one likes.
    const block = Buffer.alloc(16_000, 0xff)
    block.writeUInt8(0x1f, 0)
    block.set([0x61, 1, 0], 1)
    block.set([0, 0x10, 0x61], block.length - 3)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(block.length)
    const header = Buffer.from('04224d18607073', 'hex')
    const frame = Buffer.concat([header, ...Array.from({ length: 20 }, () => [length, block]).flat()])
    expect(() => inflatedLz4Size(frame, MAX_INFLATED_BYTES)).toThrow(/more than 67108864 bytes/)
  })

  it('is refused when a block holds more than its frame allows', async () => {
    const frame = Buffer.from(await lz4.compressFrame(Buffer.alloc(200_000)))
    // The frame now speaks of blocks of 64 KiB.
    frame.writeUInt8(0x40, 5)
    expect(() => inflatedLz4Size(frame, MAX_INFLATED_BYTES)).toThrow(/larger than the frame allows/)
  })
})
