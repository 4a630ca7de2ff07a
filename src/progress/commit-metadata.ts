// What travels with a committed offset: which of the records behind it are finished too, so that a worker that
// takes over after a crash repeats only what was unfinished.
// Format: `u1:` and base64 of varints: the distance from the committed offset to the end of what is known, then the
// distances between the unfinished offsets, the first of which is the committed one. Everything else below the end is
// finished. The list is as long as the work in flight, however much was finished behind it; a set of finished runs or a
// bitset would grow with the throughput of a slow record's waiting time.
// Invariants: what is taken is bounded so that all of it fits with a quarter to spare; what cannot be read, or would not
// fit all the same, only makes more unfinished, never less.

/** The unfinished offsets at or above the committed one; all others below `end` are finished. */
export interface Unfinished {
  /** Rising. */
  readonly offsets: readonly bigint[]
  readonly end: bigint
}

const prefix = 'u1:'
/** Brokers refuse metadata beyond this many bytes unless they are set otherwise (`offset.metadata.max.bytes`). */
const maxCharacters = 4_096

/** Of which so many are filled at most by what is taken. */
const filledCharacters = maxCharacters * 0.75

/**
 * Whether so many unfinished offsets fit wherever they lie in a span of so many offsets. Of the distances between them,
 * which make up the span, one in 128 of it at most takes two bytes, one in 128² of it three, and so on.
 */
export function fits(unfinished: number, span: bigint): boolean {
  let bytes = varint(span).length + unfinished
  for (let rest = span / 128n; rest > 0n; rest /= 128n) {
    bytes += rest < BigInt(unfinished) ? Number(rest) : unfinished
  }
  return prefix.length + Math.ceil(bytes / 3) * 4 <= filledCharacters
}

/** Empty where nothing beyond the committed offset is finished. */
export function encodeMetadata(committed: bigint, { offsets, end }: Unfinished): string {
  if (offsets.length === 0 || end - committed <= BigInt(offsets.length)) return ''
  const behind = offsets.filter((offset) => offset > committed)
  // Three bytes become four characters; each distance takes ten bytes at most, the first among them.
  const room = Math.floor(((maxCharacters - prefix.length) / 4) * 3) - 10
  const distances: number[] = []
  let last = committed
  for (const [index, offset] of behind.entries()) {
    const bytes = varint(offset - last)
    if (distances.length + bytes.length > room) return text(offset - committed, distances, index)
    distances.push(...bytes)
    last = offset
  }
  return text(end - committed, distances, behind.length)
}

/** Null: there is none, or none that this version can read; then everything is unfinished. */
export function decodeMetadata(committed: bigint, metadata: string | null): Unfinished | null {
  if (metadata === null || !metadata.startsWith(prefix)) return null
  const numbers = readVarints(Buffer.from(metadata.slice(prefix.length), 'base64'))
  const [length, ...distances] = numbers ?? []
  if (length === undefined) return null
  const end = committed + length
  const offsets = [committed]
  for (const distance of distances) offsets.push((offsets.at(-1) ?? committed) + distance)
  const rising = distances.every((distance) => distance > 0n) && (offsets.at(-1) ?? committed) < end
  return rising ? { offsets, end } : null
}

function text(length: bigint, distances: readonly number[], count: number): string {
  return count === 0 && length <= 1n
    ? ''
    : prefix + Buffer.from([...varint(length), ...distances]).toString('base64')
}

/** LEB128: seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn)
    if (rest < 0x80n) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

/** Null if the last number is cut off, or one is wider than an offset can be. */
function readVarints(bytes: Uint8Array): readonly bigint[] | null {
  const numbers: bigint[] = []
  let value = 0n
  let shift = 0n
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift
    shift += 7n
    if (shift > 63n) return null
    if (byte >= 0x80) continue
    numbers.push(value)
    value = 0n
    shift = 0n
  }
  return shift === 0n ? numbers : null
}
