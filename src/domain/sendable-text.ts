// What becomes of a text on its way into a request: names and values alike.
// It stands in the domain because validation must judge names as they will be sent, not as they were typed.

/**
 * Lone surrogates and control characters become U+FFFD: the first cannot be encoded, the second end lines and
 * fields in receivers' parsers.
 */
export function sendable(text: string): string {
  return text.toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD')
}
