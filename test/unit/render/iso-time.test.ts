import { describe, expect, it } from '@jest/globals'
import { isoTime } from '../../../src/render/iso-time.ts'

describe('a time in UTC', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [999, '1970-01-01T00:00:00Z'],
    [1_773_479_702_500, '2026-03-14T09:15:02Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59Z'],
  ])('%i is %s, to the second', (ms, text) => {
    expect(isoTime(ms, null)).toBe(text)
  })

  it.each([-1, 253_402_300_800_000, Number.MAX_SAFE_INTEGER, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d cannot be told, so it is not known',
    (ms) => {
      expect(isoTime(ms, null)).toBeNull()
      expect(isoTime(ms, 'Europe/Moscow')).toBeNull()
    },
  )
})

describe('a time in a zone', () => {
  it.each([
    ['Europe/Moscow', '2026-03-14T09:15:02Z', '2026-03-14T12:15:02+03:00'],
    ['Europe/London', '2026-03-14T09:15:02Z', '2026-03-14T09:15:02+00:00'],
    ['Etc/UTC', '2026-03-14T23:15:02Z', '2026-03-14T23:15:02+00:00'],
    ['Asia/Kolkata', '2026-03-14T22:15:02Z', '2026-03-15T03:45:02+05:30'],
    ['Asia/Kathmandu', '2026-03-14T09:15:02Z', '2026-03-14T15:00:02+05:45'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31T20:30:00-03:30'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2027-01-01T00:00:00+14:00'],
    // Clocks go forward and back between one second and the next.
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:59:59+01:00'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29T03:00:00+02:00'],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', '2026-10-25T02:59:59+02:00'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00+01:00'],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', '2026-04-05T01:59:59+11:00'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-05T01:30:00+10:30'],
    // A day that did not exist there.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29T23:59:59-10:00'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T00:00:00+14:00'],
    // 44 minutes and 30 seconds behind: written in whole minutes, with a local time that fits them.
    ['Africa/Monrovia', '1971-06-01T12:00:00Z', '1971-06-01T11:16:00-00:44'],
    ['Africa/Monrovia', '1972-01-07T00:44:30Z', '1972-01-07T00:44:30+00:00'],
    ['America/New_York', '1970-01-01T00:00:00Z', '1969-12-31T19:00:00-05:00'],
    ['America/New_York', '+010000-01-01T04:59:59Z', '9999-12-31T23:59:59-05:00'],
    ['Europe/Moscow', '9999-12-31T20:59:59Z', '9999-12-31T23:59:59+03:00'],
  ])('in %s: %s is %s', (zone, utc, local) => {
    expect(isoTime(Date.parse(utc), zone)).toBe(local)
  })

  it.each([
    ['Europe/Moscow', '9999-12-31T21:00:00Z'],
    ['America/New_York', '+010000-01-01T05:00:00Z'],
    ['Africa/Monrovia', '1969-12-31T23:59:59Z'],
  ])('in %s is not known where four digits of a year cannot tell it: %s', (zone, utc) => {
    expect(isoTime(Date.parse(utc), zone)).toBeNull()
  })
})
