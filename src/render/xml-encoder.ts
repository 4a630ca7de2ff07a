// The body of an XML POST: `<call><param name="…">value</param></call>`.
// Invariant: well-formed whatever the values are. Names stand in attributes because few of them could be elements.
import { sendable } from '../domain/sendable-text.ts'
import { plainText } from './encoder.ts'
import type { Encoder } from './encoder.ts'

/** The two characters beyond controls and lone surrogates that XML 1.0 has no way to write. */
const notInXml = /[\ufffe\uffff]/g

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

export const xmlEncoder: Encoder = {
  clean: (text) => sendable(text).replaceAll(notInXml, '\uFFFD'),
  lead: (name) => `<param name="${escaped(name)}">`,
  write: (pairs) => ({
    text: `<call>${pairs.map(({ lead, value }) => `${lead}${escaped(plainText(value))}</param>`).join('')}</call>`,
    typeParameters: '; charset=utf-8',
  }),
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities.get(character) ?? character)
}
