// How long ago something was, as people say it.
import type { Language } from './language.ts'

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** `2 minutes ago`; a clock that is behind the server's makes no future of it. */
export function relativeTime(epochMs: number, nowMs: number, language: Language): string {
  const agoMs = Math.max(0, nowMs - epochMs)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, unitMs] of units) {
    if (agoMs >= unitMs) return format.format(-Math.floor(agoMs / unitMs), unit)
  }
  return format.format(0, 'second')
}

/** Date and time to the second, with the zone of the reader. */
export function exactTime(epochMs: number, language: Language): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long' })
  return format.format(epochMs)
}
