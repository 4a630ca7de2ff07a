// A time of a call as every encoder writes it: ISO 8601 with whole seconds.
// Invariant: the instant is exact. Where a zone's offset had seconds, as some had until 1972, the offset is written in
// whole minutes and the local time agrees with what is written.
import { zoneOffsetMs } from './zone-offset.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const year10000Ms = Date.UTC(10_000, 0)

/**
 * `2026-03-14T09:15:02Z`, or `2026-03-14T12:15:02+03:00` in a time zone.
 * Null for a time before 1970 or one that four digits of a year cannot tell: nonsense from a producer counts as not
 * known.
 */
export function isoTime(epochMs: number, timeZone: string | null): string | null {
  // No zone is a day away from UTC; no number at all compares false.
  if (!(epochMs >= 0 && epochMs < year10000Ms + dayMs)) return null
  const offsetMinutes = timeZone === null ? 0 : Math.round(zoneOffsetMs(timeZone, epochMs) / minuteMs)
  const localMs = epochMs + offsetMinutes * minuteMs
  if (localMs >= year10000Ms) return null
  const local = `${dateOf(localMs)}T${timeOfDay(localMs)}`
  return timeZone === null ? `${local}Z` : local + offsetText(offsetMinutes)
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const hours = twoDigits(Math.floor(size / 60))
  return `${minutes < 0 ? '-' : '+'}${hours}:${twoDigits(size % 60)}`
}

// Most times that are written in a row are of one day. `toISOString` for each was a seventh of all the time that it
// takes to render a request.
let day = Number.NaN
let date = ''

function dateOf(localMs: number): string {
  const localDay = Math.floor(localMs / dayMs)
  if (localDay !== day) {
    date = new Date(localMs).toISOString().slice(0, 10)
    day = localDay
  }
  return date
}

function timeOfDay(localMs: number): string {
  const seconds = Math.floor(localMs / 1_000) - Math.floor(localMs / dayMs) * 86_400
  return `${twoDigits(Math.floor(seconds / 3_600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
