/**
 * The four ways in which Kafka's producers compress a batch: gzip with a bound, and snappy, lz4 and zstd, which the
 * plain client does not know at all.
 * Invariant: a batch never inflates beyond 64 MiB, and content that cannot be inflated is a `CorruptBytesError`;
 * any other error says that this process could not do it now (no memory), not that the content is bad.
 */
import { promisify } from 'node:util'
import { unzip, zstdCompress, zstdDecompress } from 'node:zlib'
import lz4 from 'lz4-napi'
import snappy from 'snappy'
import { CorruptBytesError } from './byte-cursor.ts'
import { compression } from './kafkajs-internals.ts'
import type { CompressionCodec } from './kafkajs-internals.ts'
import { inflatedLz4Size } from './lz4-size.ts'
import { snappyBlocks } from './snappy-blocks.ts'

/** 64 times the 1 MiB that a broker accepts per batch by default; text compresses 5 to 20 times. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024

// Both stop when the output passes the bound. A zstd frame may ask for a window of up to 128 MiB, as its highest
// levels do for small batches too; pages of it that are not filled are never taken.
const bound = { maxOutputLength: MAX_INFLATED_BYTES }
const inflateGzip = promisify(unzip)
const inflateZstd = promisify(zstdDecompress)
const deflateZstd = promisify(zstdCompress)

/** zlib's and zstd's codes for a lack of memory, which is no fault of the content. */
const outOfMemory = ['Z_MEM_ERROR', 'ZSTD_error_memory_allocation', 'ERR_MEMORY_ALLOCATION_FAILED']

/** Makes the client, and the decoder of fetch responses with it, know all four. */
export const patchCompressionCodecs = (): void => {
  const { Codecs, Types } = compression
  const plain = Codecs[Types.GZIP]?.()
  if (!plain) throw new Error('the client has no gzip codec to replace')
  const codecs: readonly (readonly [number, CompressionCodec])[] = [
    [
      Types.GZIP,
      {
        compress: (encoder) => plain.compress(encoder),
        decompress: (packed) => contentOf('gzip', () => inflateGzip(packed, bound)),
      },
    ],
    [
      Types.Snappy,
      {
        compress: ({ buffer }) => snappy.compress(buffer),
        decompress: (packed) => contentOf('snappy', () => inflateSnappy(packed)),
      },
    ],
    [
      Types.LZ4,
      {
        compress: ({ buffer }) => lz4.compressFrame(buffer),
        decompress: (packed) => contentOf('lz4', () => inflateLz4(packed)),
      },
    ],
    [
      Types.ZSTD,
      {
        compress: ({ buffer }) => deflateZstd(buffer),
        decompress: (packed) => contentOf('zstd', () => inflateZstd(packed, bound)),
      },
    ],
  ]
  for (const [type, codec] of codecs) Codecs[type] = () => codec
}

const inflateSnappy = async (packed: Buffer): Promise<Buffer> => {
  const inflated: Buffer[] = []
  // One after the other: side by side they would take the worker threads that DNS look-ups need, too.
  for (const block of snappyBlocks(packed, MAX_INFLATED_BYTES)) {
    inflated.push(Buffer.from(await snappy.uncompress(block, { asBuffer: true })))
  }
  return inflated.length === 1 && inflated[0] ? inflated[0] : Buffer.concat(inflated)
}

/** The native decoder has no bound of its own, hence the size is counted before. */
const inflateLz4 = async (packed: Buffer): Promise<Buffer> => {
  inflatedLz4Size(packed, MAX_INFLATED_BYTES)
  return lz4.decompressFrame(packed)
}

const contentOf = async (name: string, inflate: () => Promise<Buffer>): Promise<Buffer> => {
  try {
    return await inflate()
  } catch (error) {
    const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
    if (outOfMemory.includes(String(code))) throw error
    const reason =
      code === 'ERR_BUFFER_TOO_LARGE' ? `inflates to more than ${MAX_INFLATED_BYTES} bytes` : String(message)
    throw new CorruptBytesError(`${name}: ${reason}`, { cause: error })
  }
}
