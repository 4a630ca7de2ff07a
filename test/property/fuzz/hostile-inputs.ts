// Inputs that are almost right: valid ones with a few changes, each of a kind that breaks readers somewhere. Random
// texts alone would be refused at the first character and reach nothing behind it.
import * as fc from 'fast-check'

/** Where a length is judged, what is one more and one less. */
const lengths = [1, 63, 64, 65, 200, 201, 253, 254, 256, 257, 512, 513, 2_048, 2_049, 4_096, 8_001, 70_000]

/** Controls, what ends lines and fields, what turns or hides text, halves of characters, twins of ASCII. */
const characters = [
  ...Array.from(
    '\0\t\n\r\u001b\u007f\u0080\u0085\u00a0\u00ad\u200b\u200d\u202e\u2028\u2066\ufeff\ufffd\uffff',
  ),
  ...Array.from('"\'`\\/?#@:%&=+;,<>[]{}|^~ .-_'),
  '\r\n',
  '\ud800',
  '\udfff',
  '\u0301'.repeat(50),
  ...Array.from('0１。．ａİıßŁ😀𝕏\u{e0041}\u{10ffff}'),
  '%00',
  '%2e%2e%2f',
  '%ff',
  '%u0041',
]

const words = [
  '__proto__ constructor prototype hasOwnProperty toString valueOf then null NaN -0 1e309 0x7f 1_000 ９',
  'sealed:v1: whsec_ *** ${7*7} {{7*7}} http:// HTTPS:// javascript: file:/// // .. xn-- xn--a',
  '127.1 0177.0.0.1 0x7f000001 2130706433 [::ffff:127.0.0.1] [::1%25eth0] １２７.0.0.1',
].flatMap((line) => line.split(' '))

const anyCharacter = fc.constantFrom(...characters)

/** Without any sense, or with too much of it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  anyCharacter,
  fc.constantFrom(...words, 'a.'.repeat(130)),
  fc.tuple(fc.constantFrom(...lengths), anyCharacter).map(([length, part]) => part.repeat(length)),
  fc.array(anyCharacter, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

/**
 * Places are told as parts of the whole, so that shrinking an input does not move them out of it. Not `fc.double`: most
 * of its numbers are next to 0, and nothing would be changed but beginnings.
 */
const anyPlace = fc.nat(2 ** 20 - 1).map((part) => part / 2 ** 20)

const textChange = fc.oneof(
  fc.tuple(anyPlace, hostileText).map(([at, more]) => (text: string) => {
    const place = Math.floor(at * (text.length + 1))
    return text.slice(0, place) + more + text.slice(place)
  }),
  fc.tuple(anyPlace, anyPlace).map(([from, part]) => (text: string) => {
    const place = Math.floor(from * text.length)
    return text.slice(0, place) + text.slice(place + 1 + Math.floor(part * 8))
  }),
  anyPlace.map((at) => (text: string) => text.slice(Math.floor(at * text.length))),
  anyPlace.map((at) => (text: string) => text.slice(0, Math.floor(at * text.length))),
  fc.constantFrom(
    (text: string) => text.toUpperCase(),
    (text: string) => text.normalize('NFD'),
    (text: string) => text + text,
    (text: string) => Array.from(text).toReversed().join(''),
    (text: string) => ` ${text}\t`,
  ),
)

/** Mostly the valid one with up to three changes. */
export function changedText(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const changed = fc
    .tuple(valid, fc.array(textChange, { maxLength: 3 }))
    .map(([text, changes]) => changes.reduce((before, change) => change(before), text))
  return fc.oneof({ weight: 5, arbitrary: changed }, { weight: 1, arbitrary: hostileText })
}

/** Numbers in seven bits a byte: what Avro and Kafka say lengths and counts with. */
const varints = [0n, 1n, 2n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(
  varint,
)
const endless = Buffer.alloc(16, 0xff)

const byteChange = fc.oneof(
  fc.tuple(anyPlace, fc.nat(7)).map(([at, bit]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes)
    const place = Math.floor(at * bytes.length)
    if (place < bytes.length) changed[place] = (changed[place] ?? 0) ^ (1 << bit)
    return changed
  }),
  fc
    .tuple(
      anyPlace,
      anyPlace,
      fc.oneof(fc.constantFrom(...varints, endless), fc.uint8Array({ maxLength: 12 })),
    )
    .map(([from, part, more]) => (bytes: Buffer) => {
      const place = Math.floor(from * (bytes.length + 1))
      const behind = place + Math.floor(part * 4)
      return Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(behind)])
    }),
  anyPlace.map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(at * bytes.length))),
  fc.tuple(anyPlace, fc.nat(200)).map(([at, times]) => (bytes: Buffer) => {
    const place = Math.floor(at * bytes.length)
    const part = bytes.subarray(place, place + 16)
    const repeated = Array.from({ length: times }, () => part)
    return Buffer.concat([bytes.subarray(0, place), ...repeated, bytes.subarray(place)])
  }),
)

/** Mostly the valid ones with up to four changes. */
export function changedBytes(valid: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const changed = fc
    .tuple(valid, fc.array(byteChange, { maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce((before, change) => change(before), bytes))
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  return fc.oneof({ weight: 6, arbitrary: changed }, { weight: 1, arbitrary: random })
}

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, 5e-324, true, false, null),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    JSON.parse('{"__proto__":{"enabled":true},"constructor":{}}'),
  ),
  fc
    .constantFrom(1, 21, 201, 5_000)
    .map((length) => Array.from({ length }, () => ({ name: 'a', value: 'b' }))),
  fc.constantFrom(1, 100, 1_000).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Some values anywhere within replaced, and fields added that nobody knows; as JSON.parse gives it. */
export function changedJson(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.array(anyPlace, { minLength: 1, maxLength: 4 }), hostileValue, hostileText)
  const changed = fc.tuple(valid, fc.array(change, { maxLength: 2 })).map(([value, changes]) => {
    const copy = JSON.parse(JSON.stringify(value)) as unknown
    return changes.reduce((before, [path, other, name]) => replaced(before, path, other, name), copy)
  })
  return fc.oneof({ weight: 8, arbitrary: changed }, { weight: 1, arbitrary: hostileValue })
}

/** One field in seven is a new one. */
function replaced(value: unknown, path: readonly number[], other: unknown, name: string): unknown {
  const [at, ...rest] = path
  if (at === undefined || typeof value !== 'object' || value === null) return other
  const entries = Object.entries(value)
  const place = Math.floor(at * (entries.length * 1.15 + 1))
  const key = entries[place]?.[0] ?? name
  const inner = entries[place] === undefined ? other : replaced(entries[place][1], rest, other, name)
  if (Array.isArray(value)) return entries[place] === undefined ? [...value, inner] : value.with(place, inner)
  // As JSON.parse does it: a name such as `__proto__` is a field like any other.
  return Object.defineProperty({ ...value }, key, {
    value: inner,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
