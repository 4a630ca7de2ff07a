// The body of a `multipart/form-data` POST: a part for each pair, in their order.
// Not FormData: its boundary is random and its body can only be read asynchronously, while an attempt must be
// repeatable and signed. Invariant: no value holds a delimiter, since line breaks do not survive cleaning and the
// boundary is not one that a value begins with.
import { sendable } from '../domain/sendable-text.ts'
import { plainText } from './encoder.ts'
import type { Encoder, RenderedPair } from './encoder.ts'

export const multipartEncoder: Encoder = {
  clean: sendable,
  // Backslashes as PHP, Python, Go and Node read them; the `%22` of browsers would arrive as it stands.
  lead: (name) =>
    `Content-Disposition: form-data; name="${name.replaceAll(/["\\]/g, String.raw`\$&`)}"\r\n\r\n`,
  write: (pairs, deliveryId) => {
    const boundary = boundaryFor(pairs, deliveryId)
    const parts = pairs.map(({ lead, value }) => `--${boundary}\r\n${lead}${plainText(value)}\r\n`)
    return { text: `${parts.join('')}--${boundary}--\r\n`, typeParameters: `; boundary=${boundary}` }
  },
}

/** Parsers take a boundary for one where a part's content begins, too: there a value could stand, if it knew. */
function boundaryFor(pairs: readonly RenderedPair[], deliveryId: string): string {
  let boundary = `webhook-${deliveryId}`
  while (pairs.some(({ value }) => plainText(value).startsWith(`--${boundary}`))) boundary += '-'
  return boundary
}
