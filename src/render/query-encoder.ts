// The query of a GET: percent-encoded UTF-8, names in their configured order, repeated names kept.
// Not URLSearchParams: it writes a space as `+`, which only forms decode; `%20` every parser reads.
import { sendable } from '../domain/sendable-text.ts'
import { plainText } from './encoder.ts'
import type { Encoder } from './encoder.ts'

/** Without the question mark; empty for no pairs. A plus in a value is `%2B`, or it would arrive as a space. */
export const queryEncoder: Encoder = {
  clean: sendable,
  lead: (name) => `${encodeURIComponent(name)}=`,
  write: (pairs) => ({
    text: pairs.map(({ lead, value }) => lead + encodeURIComponent(plainText(value))).join('&'),
    typeParameters: '',
  }),
}
