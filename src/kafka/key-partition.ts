// The partition that a key belongs to: murmur2 of its bytes, as Java's producer has it.
// Invariant: its time grows with the key's length. The plain client's hash never drops what 32 bits do not hold, so
// that its time grows with the square: a key of 1 MB, which anybody may write into a topic, would stand the process
// still for half a minute, and again whenever its dead letter is tried anew.

const seed = 0x97_47_b2_8c
const multiplier = 0x5b_d1_e9_95

/** `partitions`: how many there are, 1 or more. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7f_ff_ff_ff) % partitions
}

/** As a signed 32-bit number. */
function murmur2(bytes: Uint8Array): number {
  const { length } = bytes
  const wordsEnd = length - (length % 4)
  let hash = seed ^ length
  for (let at = 0; at < wordsEnd; at += 4) {
    const word = Math.imul(littleEndian(bytes, at, 4), multiplier)
    hash = Math.imul(hash, multiplier) ^ Math.imul(word ^ (word >>> 24), multiplier)
  }
  if (wordsEnd < length) {
    hash = Math.imul(hash ^ littleEndian(bytes, wordsEnd, length - wordsEnd), multiplier)
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let word = 0
  for (let index = 0; index < count; index += 1) word |= (bytes[at + index] ?? 0) << (8 * index)
  return word
}
