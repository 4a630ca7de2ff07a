// Text of others (ids, hosts, answers) on a person's terminal: what would move the cursor, colour the line or turn the
// reading order around is shown as an escape.

/** One line stays one line. */
export function shownText(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
}
