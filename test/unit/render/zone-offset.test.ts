import { expect, it } from '@jest/globals'
import { zoneOffsetMs } from '../../../src/render/zone-offset.ts'

/** From the local date and time instead, which no cache stands before. */
function offsetByFields(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (ms) => {
    const [month = 0, day, year = 0, ...time] = (format.format(ms).match(/\d+/g) ?? []).map(Number)
    return Date.UTC(year, month - 1, day, ...time) - Math.floor(ms / 1_000) * 1_000
  }
}

it('is exact in every zone, in any order of asking, and more zones and days are asked for than are kept', () => {
  const dayMs = 86_400_000
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const expected = offsetByFields(zone)
    // 100 instants from 1970 to 2037, steps of some months and an odd number of seconds; near them both ends of a day.
    for (let ms = 0; ms < Date.UTC(2037, 0); ms += 247 * dayMs + 12_345_000) {
      const dayBegin = ms - (ms % dayMs)
      for (const at of [ms, dayBegin, dayBegin - 1]) {
        if (at >= 0 && zoneOffsetMs(zone, at) !== expected(at)) {
          throw new Error(`${zone} at ${at}: ${zoneOffsetMs(zone, at)}, not ${expected(at)}`)
        }
      }
    }
  }
})

it.each(['Europe/Berlin', 'Africa/Casablanca', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Gaza'])(
  'is exact throughout the days on which it changes in %s',
  (zone) => {
    const expected = offsetByFields(zone)
    const quarterMs = 900_000
    const changes = new Set<number>()
    for (let ms = Date.UTC(2026, 0); ms < Date.UTC(2027, 0); ms += quarterMs) {
      const offset = zoneOffsetMs(zone, ms)
      changes.add(offset)
      if (offset !== expected(ms)) throw new Error(`${new Date(ms).toISOString()}: ${offset}`)
    }
    expect(changes.size).toBe(2)
  },
)

it('is an error for what is no zone', () => {
  expect(() => zoneOffsetMs('Mars/Olympus', 0)).toThrow(RangeError)
})
