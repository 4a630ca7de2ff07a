// Times as people write them, ISO 8601 with a zone, and the one form in which they are written back.

/** All that can be told by a pattern; which days a month has cannot. */
export const timeTextPattern = String.raw`^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$`

const isoTime = new RegExp(timeTextPattern)

/** Epoch milliseconds, or null for what tells no time. Digits beyond milliseconds are dropped. */
export function readTimeText(text: string): number | null {
  const [, year, month, day] = isoTime.exec(text) ?? []
  // The language's own parser takes the 30th of February for the 2nd of March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() + 1 === Number(month) ? Date.parse(text) : null
}
