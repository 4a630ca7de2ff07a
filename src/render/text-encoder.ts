// The body of a `text/plain` POST: a line `name=value` for each pair, each with its line feed.
// Invariant: as many lines as pairs. What breaks a line or a column becomes one space; nothing else is escaped,
// because there is nothing that a reader of plain text would unescape.
import { sendable } from '../domain/sendable-text.ts'
import { plainText } from './encoder.ts'
import type { Encoder } from './encoder.ts'

/** What editors and languages take for the end of a line, and the tab. */
const breaks = /\r\n|[\t-\r\u0085\u2028\u2029]/g

export const textEncoder: Encoder = {
  clean: (text) => sendable(text.replaceAll(breaks, ' ')),
  lead: (name) => `${name}=`,
  write: (pairs) => ({
    text: pairs.map(({ lead, value }) => `${lead}${plainText(value)}\n`).join(''),
    typeParameters: '; charset=utf-8',
  }),
}
