// An answer read in each way in which a receiver may have written back what it was sent: as it stands,
// percent-encoded, with the escapes of JSON or of HTML, and two of these within each other.
// Invariant: each character of a reading knows which part of the answer it was read from.

export interface Reading {
  readonly text: string
  /** For each UTF-16 unit of `text`: where its part of the answer begins, and where the next one does. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

interface Escapes {
  readonly pattern: RegExp
  /** Null: it only looks like one. */
  readonly read: (escape: string) => string | null
}

// One code point each, so that a sequence which the answer's end cuts spoils no other.
const percentEncoding: Escapes = {
  pattern:
    /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi,
  read: (escape) => {
    try {
      return decodeURIComponent(escape)
    } catch {
      return null
    }
  },
}

/** No value has a control character, but a header of the client's own may have tabs. */
const jsonLetters: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const jsonEscapes: Escapes = {
  pattern: /\\(?:u[\da-fA-F]{4}|["'/\\bfnrt])/g,
  read: (escape) => {
    const escaped = escape.slice(1)
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return jsonLetters.get(escaped) ?? escaped
  },
}

const htmlNames: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
])

const htmlEscapes: Escapes = {
  pattern: /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi,
  read: (escape) => {
    if (!escape.startsWith('&#')) return htmlNames.get(escape.toLowerCase()) ?? null
    const codePoint = Number(`0${escape.slice(2, -1)}`)
    return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint) : null
  },
}

const ways: readonly Escapes[] = [percentEncoding, jsonEscapes, htmlEscapes]

/** The answer as it stands comes first; a way that changes nothing gives no reading. */
export function readingsOf(answer: string): readonly Reading[] {
  const units = Array.from({ length: answer.length }, (_, index) => index)
  const asItStands: Reading = { text: answer, starts: units, ends: units.map((index) => index + 1) }
  const once = unescapedReadings(asItStands)
  return [asItStands, ...once, ...once.flatMap(unescapedReadings)]
}

function unescapedReadings(reading: Reading): readonly Reading[] {
  return ways.flatMap((way) => unescaped(reading, way) ?? [])
}

function unescaped({ text, starts, ends }: Reading, { pattern, read }: Escapes): Reading | null {
  const found = { text: '', starts: [] as number[], ends: [] as number[] }
  let next = 0
  const keepUntil = (until: number): void => {
    found.text += text.slice(next, until)
    found.starts.push(...starts.slice(next, until))
    found.ends.push(...ends.slice(next, until))
    next = until
  }
  for (const { 0: escape, index } of text.matchAll(pattern)) {
    const meant = read(escape)
    if (meant === null) continue
    keepUntil(index)
    next += escape.length
    found.text += meant
    for (let unit = 0; unit < meant.length; unit += 1) {
      found.starts.push(starts[index] ?? 0)
      found.ends.push(ends[next - 1] ?? 0)
    }
  }
  if (next === 0) return null
  keepUntil(text.length)
  return found
}
