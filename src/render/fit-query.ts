// Makes the query of a GET fit where its values would make the target too long, at the cost of what can bear it.
// Invariants: first the longest free texts end earlier, all at one level, the highest that fits; only if that does not
// suffice are URL values left empty, the longest first, and the texts get back what that freed. Nothing else is touched.
import type { ParameterName } from '../domain/parameter-catalogue.ts'
import { plainText, textUnits } from './encoder.ts'
import type { RenderedPair } from './encoder.ts'
import type { PlannedPair } from './webhook-plan.ts'

/** Code points; of less a reader could not tell what it was. */
const minLevel = 64

/** Times the space. */
const farTooLong = 16

/** A pair of one event, and what is known of it for all of them. */
export interface EventPair extends RenderedPair {
  readonly planned: PlannedPair
}

export interface QuerySpace {
  /** For the question mark and all that follows. */
  readonly bytes: number
  /** What becomes of a value that is left empty. */
  readonly missingValues: 'empty' | 'omit'
}

export type Fit =
  | {
      readonly kind: 'fits'
      readonly pairs: readonly EventPair[]
      readonly cutValues: readonly ParameterName[]
    }
  /** `bytes`: of question mark and query, after all that may be cut, or the least of what is far too long. */
  | { readonly kind: 'too_long'; readonly bytes: number }

/** `pairs`: as the encoder of queries takes them, with clean values. */
export function fitQuery(pairs: readonly EventPair[], space: QuerySpace): Fit {
  const texts = new Map(
    pairs
      .filter(({ planned }) => planned.cuttable === 'text')
      .map((pair) => [pair, prefixBytes(plainText(pair.value), space.bytes)]),
  )
  const whole = new Map(
    pairs.filter((pair) => !texts.has(pair)).map((pair) => [pair, valueBytes(pair, space)]),
  )
  const bytesOf = (pair: EventPair): number => whole.get(pair) ?? 0
  const urls = pairs
    .filter((pair) => pair.planned.cuttable === 'url' && bytesOf(pair) > 0)
    .toSorted((one, other) => bytesOf(other) - bytesOf(one))
  let otherBytes = sum(pairs, (pair) => nameBytes(pair) + bytesOf(pair))
  const bytesAt = (level: number): number =>
    otherBytes + sum(texts.values(), (bytes) => bytes[Math.min(level, bytes.length - 1)] ?? 0)
  const fits = (level: number): boolean => bytesAt(level) <= space.bytes
  const emptied = new Set<EventPair>()
  while (!fits(minLevel)) {
    const url = urls.shift()
    if (url === undefined) return { kind: 'too_long', bytes: bytesAt(minLevel) }
    emptied.add(url)
    otherBytes -= bytesOf(url) + (space.missingValues === 'omit' ? nameBytes(url) : 0)
  }
  const longest = Math.max(minLevel, ...texts.values().map((bytes) => bytes.length - 1))
  const level = highestFitting(minLevel, longest, fits)
  const isCut = (pair: EventPair): boolean => emptied.has(pair) || (texts.get(pair)?.length ?? 0) - 1 > level
  return {
    kind: 'fits',
    pairs: pairs
      .filter((pair) => !(emptied.has(pair) && space.missingValues === 'omit'))
      .map((pair) => (isCut(pair) ? { ...pair, value: cutValue(pair, level) } : pair)),
    cutValues: [...new Set(pairs.filter(isCut).flatMap(({ planned }) => planned.parameter ?? []))],
  }
}

function cutValue({ planned, value }: EventPair, level: number): string | null {
  return planned.cuttable === 'url' ? null : firstCodePoints(plainText(value), level)
}

/** A name with its equals sign, and the question mark or ampersand before it. */
function nameBytes({ lead }: RenderedPair): number {
  return 1 + lead.length
}

/** Of what is many times longer than the space, only its length as it stands: it is left empty or refused anyway. */
function valueBytes({ value }: RenderedPair, { bytes }: QuerySpace): number {
  const units = textUnits(value)
  return units > farTooLong * bytes ? units : encodeURIComponent(plainText(value)).length
}

/** The highest level at which it fits; at `low` it does. */
function highestFitting(low: number, high: number, fits: (level: number) => boolean): number {
  if (low >= high) return low
  const middle = Math.ceil((low + high) / 2)
  return fits(middle) ? highestFitting(middle, high, fits) : highestFitting(low, middle - 1, fits)
}

/**
 * Bytes of the text's first 0, 1, 2 … code points as a query has them. Ends early where that is more than `maxBytes`,
 * as no level beyond fits, whatever the text's length.
 */
function prefixBytes(text: string, maxBytes: number): readonly number[] {
  const prefixes = [0]
  let bytes = 0
  for (const character of text) {
    bytes += encodedBytes(character.codePointAt(0) ?? 0)
    prefixes.push(bytes)
    if (bytes > maxBytes && prefixes.length > minLevel) break
  }
  return prefixes
}

const asciiBytes = Array.from(
  { length: 128 },
  (_, code) => encodeURIComponent(String.fromCharCode(code)).length,
)

/** Three for each byte of UTF-8. */
function encodedBytes(codePoint: number): number {
  if (codePoint < 0x80) return asciiBytes[codePoint] ?? 3
  if (codePoint < 0x800) return 6
  return codePoint < 0x1_0000 ? 9 : 12
}

function firstCodePoints(text: string, count: number): string {
  let units = 0
  for (let passed = 0; passed < count; passed += 1) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
  return text.slice(0, units)
}

function sum<Item>(items: Iterable<Item>, size: (item: Item) => number): number {
  let total = 0
  for (const item of items) total += size(item)
  return total
}
