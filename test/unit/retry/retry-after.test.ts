import { describe, expect, it } from '@jest/globals'
import { retryAfterMs } from '../../../src/retry/retry-after.ts'

const nowMs = Date.parse('2026-03-14T09:15:00Z')
const longestMs = 366 * 24 * 60 * 60_000

describe('a Retry-After header in seconds', () => {
  it.each([
    ['1', 1_000],
    ['120', 120_000],
    [' 7\t', 7_000],
    ['007', 7_000],
    ['31622400', longestMs],
    ['31622401', longestMs],
    ['9'.repeat(400), longestMs],
  ])('%s', (header, waitMs) => {
    expect(retryAfterMs(header, nowMs)).toBe(waitMs)
  })
})

describe('a Retry-After header with a date', () => {
  it.each([
    ['Sat, 14 Mar 2026 09:17:00 GMT', 120_000],
    ['Saturday, 14-Mar-26 09:17:00 GMT', 120_000],
    ['Sat Mar 14 09:17:00 2026', 120_000],
    ['Wed Apr  1 00:00:00 2026', Date.parse('2026-04-01T00:00:00Z') - nowMs],
    ['Sat, 14 Mar 2026 09:15:01 GMT', 1_000],
    ['Fri, 14 Mar 2036 09:15:00 GMT', longestMs],
  ])('%s', (header, waitMs) => {
    expect(retryAfterMs(header, nowMs)).toBe(waitMs)
  })

  it('is read by the clock that the receiver means, to the millisecond of ours', () => {
    expect(retryAfterMs('Sat, 14 Mar 2026 09:15:01 GMT', nowMs + 999)).toBe(1)
    expect(retryAfterMs('Sat, 14 Mar 2026 09:15:01 GMT', nowMs + 1_000)).toBeNull()
  })
})

describe('a Retry-After header that asks for nothing', () => {
  it.each([
    ['', 'nothing'],
    ['   ', 'blanks'],
    ['0', 'no time'],
    ['000', 'no time, at length'],
    ['-5', 'a negative number'],
    ['+5', 'a sign'],
    ['1.5', 'a fraction'],
    ['1,5', 'a list'],
    ['5, 10', 'two numbers'],
    ['1e400', 'more than a number can hold'],
    ['1e3', 'another notation'],
    ['0x10', 'yet another notation'],
    ['Infinity', 'no number'],
    ['NaN', 'no number either'],
    ['٥', 'a digit of another script'],
    ['5 s', 'a unit'],
    ['soon', 'a word'],
    ['null', 'a word of programmers'],
    ['Sat, 14 Mar 2026 09:14:59 GMT', 'a date that has passed'],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 'a date long ago'],
    ['Sat, 14 Mar 2026 09:17:00 MSK', 'another zone'],
    ['Sat, 14 Mar 2026 09:17:00', 'no zone'],
    ['Sat, 14 Mar 2026 25:00:00 GMT', 'an hour that there is not'],
    ['Sat, 44 Mar 2026 09:17:00 GMT', 'a day that there is not'],
    ['Sat, 14 Foo 2026 09:17:00 GMT', 'a month that there is not'],
    ['2026-03-14T09:17:00Z', 'a date of another standard'],
    ['Sat, 14 Mar 2026 09:17:00 GMT, 120', 'a date and more'],
    ['\0', 'a control character'],
  ])('%j: %s', (header) => {
    expect(retryAfterMs(header, nowMs)).toBeNull()
  })

  it('is none at all', () => {
    expect(retryAfterMs(null, nowMs)).toBeNull()
  })
})
