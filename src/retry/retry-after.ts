// What a Retry-After header asks for (RFC 9110, section 10.2.3): seconds, or a date in one of HTTP's three forms.
// Invariant: junk asks for nothing, because a receiver that cannot say what it means must not stop its deliveries.

/** Longer than any horizon; a number beyond it means "never" all the same. */
const longestMs = 366 * 24 * 60 * 60_000

const seconds = /^\d+$/
const clock = String.raw`\d\d:\d\d:\d\d`
/** Sun, 06 Nov 1994 08:49:37 GMT, and the obsolete Sunday, 06-Nov-94 08:49:37 GMT. */
const dateWithZone = new RegExp(`^[A-Z][a-z]+, \\d\\d[ -][A-Z][a-z]{2}[ -]\\d{2,4} ${clock} GMT$`)
/** Sun Nov  6 08:49:37 1994, in UTC too. */
const dateOfAsctime = new RegExp(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d ${clock} \\d{4}$`)

/** Milliseconds from `nowMs` (epoch) on, above 0; null: nothing is asked for, also where the date has passed. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  const waitMs = seconds.test(text) ? Number(text) * 1_000 : dateMs(text) - nowMs
  return waitMs > 0 ? Math.min(waitMs, longestMs) : null
}

/** NaN where it is no date. */
function dateMs(text: string): number {
  if (dateWithZone.test(text)) return Date.parse(text)
  return dateOfAsctime.test(text) ? Date.parse(`${text} GMT`) : Number.NaN
}
