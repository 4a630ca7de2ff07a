// What an answer's excerpt may show. Receivers echo what they were sent; an outcome must not carry a caller's
// number or a token on to whoever reads the results topic.

const maxCharacters = 512
/** Shorter values ("1", "RU") would blot out half of every answer and reveal nobody. */
const minMaskedCharacters = 4

/** Every sensitive text of 4 characters or more becomes `***`, also where it stands percent-encoded. */
export function maskExcerpt(excerpt: string | null, sensitive: readonly string[]): string | null {
  if (excerpt === null) return null
  const texts = sensitive
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed()), JSON.stringify(text).slice(1, -1)])
    .filter((text) => text.length >= minMaskedCharacters)
    // Longest first: a value that contains another is masked whole.
    .sort((one, other) => other.length - one.length)
  let masked = excerpt
  for (const text of texts) masked = masked.replaceAll(text, '***')
  return masked.slice(0, maxCharacters)
}
