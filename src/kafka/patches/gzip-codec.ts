/**
 * Bounds what a gzip batch may inflate to.
 * The plain codec inflates without end: one small record of a hostile or broken producer takes the process
 * down. A batch is inflated as a whole, so the bound is per batch.
 */
import { promisify } from 'node:util'
import { unzip } from 'node:zlib'
import { compression } from './kafkajs-internals.ts'
import type { CompressionCodec } from './kafkajs-internals.ts'

/** 64 times the 1 MiB that a broker accepts per batch by default; text compresses 5 to 20 times. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024

const inflate = promisify(unzip)

export const patchGzipCodec = (): void => {
  const plain = compression.Codecs[compression.Types.GZIP]?.()
  if (!plain) throw new Error('the client has no gzip codec to replace')
  const bounded: CompressionCodec = {
    compress: (encoder) => plain.compress(encoder),
    decompress: (buffer) => inflate(buffer, { maxOutputLength: MAX_INFLATED_BYTES }),
  }
  compression.Codecs[compression.Types.GZIP] = () => bounded
}
