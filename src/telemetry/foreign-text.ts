// Text from outside (an error's, a receiver's, a producer's) made fit for a log line.

const longest = 256

/**
 * At most 256 characters. Control characters, line separators and characters that reorder what is displayed
 * become `\u` escapes, so that one line stays one line and shows what it holds, in any viewer.
 */
export function foreignText(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text.toWellFormed()
  return cut.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code > 0xffff ? `{${code.toString(16)}}` : code.toString(16).padStart(4, '0')}`
  })
}
