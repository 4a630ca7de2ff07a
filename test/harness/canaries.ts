// Texts that stand nowhere but where they were planted, one for each place, and the search for them in what a process
// writes. Invariant: a canary is found as it is and also percent-encoded, escaped as in JSON, and in Base64 at any
// alignment and of either alphabet, so that none passes because it was encoded on its way.
import { randomBytes } from 'node:crypto'
import type { SourceRecord } from '../../src/ports.ts'

export interface Canaries {
  /** The text for this place, made when it is first asked for: letters and digits, 20 of them. */
  at(place: string): string
  /** The same for a place that takes digits alone: eleven, as in a telephone number. */
  digitsAt(place: string): string
  /** A place's own text, which has to be long enough to stand nowhere by chance. */
  plant(place: string, text: string): string
  /** Where the canaries were planted that stand in the text; `of`: only those whose places it takes. */
  hitsIn(text: string, of?: (place: string) => boolean): readonly string[]
  readonly size: number
}

export function createCanaries(): Canaries {
  const texts = new Map<string, string>()
  const forms = new Map<string, readonly string[]>()
  // Common beginnings, by which a text without canaries is passed over at once.
  const letters = `cnry${randomBytes(4).toString('hex')}`
  const digits = `99${String(randomBytes(4).readUInt32BE()).slice(-5).padStart(5, '0')}`
  const beginnings = [letters, digits].flatMap((text) => [text, ...base64Forms(text)])
  const others = new Set<string>()
  const plant = (place: string, text: string): string => {
    const known = texts.get(place)
    if (known !== undefined) return known
    texts.set(place, text)
    forms.set(place, [text, ...base64Forms(text)])
    return text
  }
  return {
    plant(place, text) {
      others.add(place)
      return plant(place, text)
    },
    at: (place) => plant(place, `${letters}${randomBytes(4).toString('hex')}`),
    // No time, offset or size begins so.
    digitsAt: (place) => plant(place, `${digits}${String(texts.size).padStart(4, '0')}`),
    hitsIn(text, of = () => true) {
      const readings = [...new Set([text, percentDecoded(text), escapesDecoded(text)])]
      const isSuspect = beginnings.some((form) => readings.some((reading) => reading.includes(form)))
      return [...forms]
        .filter(([place]) => (isSuspect || others.has(place)) && of(place))
        .filter(([, all]) => all.some((form) => readings.some((reading) => reading.includes(form))))
        .map(([place]) => place)
    },
    get size() {
      return texts.size
    },
  }
}

/** What of the Base64 of any text around it is the canary's alone, for each place that it may have in it. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const first = Math.ceil((before * 8) / 6)
    const end = Math.floor((padded.length * 8) / 6)
    return (['base64', 'base64url'] as const).map((alphabet) => padded.toString(alphabet).slice(first, end))
  })
}

function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

function escapesDecoded(text: string): string {
  return text
    .replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\(.)/g, '$1')
}

/** The headers that a worker gave a dead letter, as text; those of the record itself are left out. */
export function headersOfLetter({ headers }: Pick<SourceRecord, 'headers'>): string {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith('dead-letter-'))
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')
}
