/**
 * Tells whether a batch has arrived as its producer made it. Reading needs no answer to that as long as the content
 * makes sense; when it does not, the answer parts a producer's fault, which no other fetch can mend, from damage on
 * the way, which one can.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** CRC-32C, as an unsigned number. */
export const crc32c: (bytes: Buffer) => number = require('kafkajs/src/protocol/recordBatch/crc32C')

/** Offset, length, leader epoch and format version stand before the checksum, and are not in it. */
const CHECKSUM_AT = 17
const COVERED_FROM = 21

/** @param batch one whole batch of the current format. */
export const isIntact = (batch: Buffer): boolean =>
  batch.readUInt32BE(CHECKSUM_AT) === crc32c(batch.subarray(COVERED_FROM))
