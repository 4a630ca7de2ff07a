// The query of a GET: percent-encoded UTF-8, names in their configured order, repeated names kept.
// Not URLSearchParams: it writes a space as `+`, which only forms decode; `%20` every parser reads.
import { plainText } from './plain-text.ts'
import type { RenderedPair } from './rendered-pair.ts'

/** Without the question mark; empty for no pairs. A plus in a value is `%2B`, or it would arrive as a space. */
export function queryString(pairs: readonly RenderedPair[]): string {
  return pairs
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(plainText(value))}`)
    .join('&')
}
