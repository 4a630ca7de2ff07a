// What becomes of a text on its way into a request: names and values alike.
// It stands in the domain because validation must judge names as they will be sent, not as they were typed.

/** All but controls and surrogates: most texts hold nothing else and cost one look, half as long as by `\p{Cc}`. */
const doubtful = /[^ -~\u00a0-\ud7ff\ue000-\uffff]/
const controls = /\p{Cc}/gu

/**
 * Lone surrogates and control characters become U+FFFD: the first cannot be encoded, the second end lines and
 * fields in receivers' parsers.
 */
export function sendable(text: string): string {
  return doubtful.test(text) ? text.toWellFormed().replaceAll(controls, '\uFFFD') : text
}

/** What of a text would not arrive as it stands, or null. */
export function unsendable(text: string): string | null {
  if (!text.isWellFormed()) return 'half of a surrogate pair'
  return /\p{Cc}/u.test(text) ? 'a control character' : null
}
