// What an answer's excerpt may show. Receivers echo what they were sent; an outcome must not carry a caller's
// number or a token on to whoever reads the results topic.
// Invariant: what is hidden is marked first and cut out last, so that no replacement uncovers or builds another.
import type { AttemptResult } from '../domain/attempt.ts'
import type { Webhook } from '../domain/webhook.ts'
import { readingsOf } from './readings.ts'
import type { Reading } from './readings.ts'

const maxCharacters = 512
/** More is not looked at: what is hidden makes room for no more than this. */
const maxReadCharacters = 2_048
/** Shorter values ("1", "RU") would blot out half of every answer and reveal nobody. */
const minMaskedCharacters = 4
/** An escape of which the answer's end left only the beginning. */
const cutEscape =
  /(?:%[c-f][\da-f](?:%[89ab][\da-f]){0,2})?(?:%[\da-f]?)?$|\\(?:u[\da-f]{0,3})?$|&#?[\da-z]{0,7}$/i

/**
 * Every sensitive text of 4 characters or more becomes `***`, also where it stands percent-encoded, as in a form,
 * or with the escapes of JSON or HTML, and also where the excerpt ends in the middle of it. At most 512 characters.
 */
export function maskExcerpt(answer: string | null, sensitive: readonly string[]): string | null {
  if (answer === null) return null
  const excerpt = answer.slice(0, maxReadCharacters)
  const texts = new Set(sensitive.map(folded).filter((text) => text.length >= minMaskedCharacters))
  const hidden = new Uint8Array(excerpt.length)
  if (texts.size > 0) for (const reading of readingsOf(excerpt)) hide(texts, reading, hidden)
  return withStars(excerpt, hidden).slice(0, maxCharacters).toWellFormed()
}

/**
 * Where a redirect leads, as far as it may be told: a receiver can put what it was sent into a host's name too. What
 * stands in the webhook's own origin is no news, and the usual redirects, to https or to a name below or above, stay.
 */
function maskOrigin(origin: string, own: string, sensitive: readonly string[]): string {
  const [told, known] = [origin, own].map((text) => text.toLowerCase()) as [string, string]
  const repeats = sensitive
    .map((text) => text.toLowerCase())
    .some((text) => text.length >= minMaskedCharacters && told.includes(text) && !known.includes(text))
  return repeats ? `${origin.split('//', 1)[0]}//***` : origin
}

/** `sensitive`: asked only where there is a redirect. */
export function withMaskedRedirect(
  result: AttemptResult,
  { origin }: Pick<Webhook, 'origin'>,
  sensitive: () => readonly string[],
): AttemptResult {
  if (result.kind !== 'answered' || result.redirectOrigin === null) return result
  return { ...result, redirectOrigin: maskOrigin(result.redirectOrigin, origin, sensitive()) }
}

/** Forms write a space as a plus, and some receivers read every plus as a space. */
function folded(text: string): string {
  return text.replaceAll('+', ' ')
}

function hide(texts: Iterable<string>, reading: Reading, hidden: Uint8Array): void {
  const read = folded(reading.text)
  const uncut = read.replace(cutEscape, '')
  // A list may have tens of thousands of items; only those are looked for whose first characters are there at all.
  const beginnings = beginningsIn(read)
  for (const text of texts) {
    if (!beginnings.has(text.slice(0, minMaskedCharacters))) continue
    for (let at = read.indexOf(text); at !== -1; at = read.indexOf(text, at + 1)) {
      hidden.fill(1, reading.starts[at], reading.ends[at + text.length - 1])
    }
    const beginning = Math.min(beginningAtEnd(text, read), beginningAtEnd(text, uncut))
    if (beginning < read.length) hidden.fill(1, reading.starts[beginning])
  }
}

/** All runs of four characters. */
function beginningsIn(read: string): ReadonlySet<string> {
  const runs = new Set<string>()
  for (let at = 0; at + minMaskedCharacters <= read.length; at += 1) {
    runs.add(read.slice(at, at + minMaskedCharacters))
  }
  return runs
}

/** Where the first of the text's beginnings stands with which `read` ends; Infinity if it ends with none. */
function beginningAtEnd(text: string, read: string): number {
  const shortest = text.slice(0, minMaskedCharacters)
  const from = Math.max(0, read.length - text.length)
  for (let at = read.indexOf(shortest, from); at !== -1; at = read.indexOf(shortest, at + 1)) {
    if (text.startsWith(read.slice(at))) return at
  }
  return Number.POSITIVE_INFINITY
}

function withStars(excerpt: string, hidden: Uint8Array): string {
  let shown = ''
  for (let at = 0; at < excerpt.length; at += 1) {
    if (hidden[at] === 0) shown += excerpt.charAt(at)
    else if (at === 0 || hidden[at - 1] === 0) shown += '***'
  }
  return shown
}
