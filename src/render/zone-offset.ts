// How far a time zone is from UTC at an instant, from the zone data that Node brings along.
// Asking Intl takes 60 µs for a new formatter and over 1 µs for each answer, so both are kept.
// Invariant: what is kept is exact. An offset is kept for a whole day only if it is the same at both ends; since 1970
// no zone has changed its offset twice within six days, nor is any known to be going to.

const dayMs = 86_400_000
/** A formatter takes about 30 KB. The world has some 420 zones; one worker's clients live in few of them. */
const maxZones = 128
/** Calls are of today and yesterday. */
const maxDays = 64

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** Milliseconds by the day since 1970 in UTC; null for a day on which the offset changes. */
  readonly offsets: Map<number, number | null>
}

const zones = new Map<string, Zone>()

/**
 * Milliseconds to add to UTC for the zone's local time, to the second.
 * @throws RangeError for a name that is no IANA zone, which validation refuses.
 */
export function zoneOffsetMs(timeZone: string, epochMs: number): number {
  const { format, offsets } = zoneOf(timeZone)
  const day = Math.floor(epochMs / dayMs)
  let offset = offsets.get(day)
  if (offset === undefined) {
    const first = askedOffsetMs(format, day * dayMs)
    offset = first === askedOffsetMs(format, (day + 1) * dayMs - 1) ? first : null
    keep(offsets, maxDays, day, offset)
  }
  return offset ?? askedOffsetMs(format, epochMs)
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const zone = { format, offsets: new Map<number, number | null>() }
  keep(zones, maxZones, timeZone, zone)
  return zone
}

/** When it is full it begins anew: what is in use is back at once. */
function keep<Key, Value>(kept: Map<Key, Value>, maxSize: number, key: Key, value: Value): void {
  if (kept.size >= maxSize) kept.clear()
  kept.set(key, value)
}

/** From `3/14/2026, GMT+03:00`, `GMT-00:44:30`, or `GMT` alone. */
function askedOffsetMs(format: Intl.DateTimeFormat, epochMs: number): number {
  const [, sign, hours, minutes, seconds] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(epochMs)) ?? []
  if (sign === undefined) return 0
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds ?? 0)) * 1_000
  return sign === '-' ? -ms : ms
}
