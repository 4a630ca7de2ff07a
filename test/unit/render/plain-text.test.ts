import { describe, expect, it } from '@jest/globals'
import { isoSeconds, plainText } from '../../../src/render/plain-text.ts'

describe('a time', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [999, '1970-01-01T00:00:00Z'],
    [1_773_479_702_500, '2026-03-14T09:15:02Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59Z'],
  ])('%i is %s, to the second', (ms, text) => {
    expect(isoSeconds(ms)).toBe(text)
    expect(plainText({ kind: 'time', ms })).toBe(text)
  })

  it.each([-1, 253_402_300_800_000, Number.MAX_SAFE_INTEGER, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d cannot be told, so it is not known',
    (ms) => {
      expect(isoSeconds(ms)).toBeNull()
      expect(plainText({ kind: 'time', ms })).toBe('')
    },
  )
})

it.each([
  [null, ''],
  ['', ''],
  ['a\nb', 'a\ufffdb'],
  [0, '0'],
  [-1.5, '-1.5'],
  [true, '1'],
  [false, '0'],
  [[], ''],
  [['a'], 'a'],
  [['a', '', 'b\t'], 'a,,b\ufffd'],
])('%j as text is %j', (value, text) => {
  expect(plainText(value)).toBe(text)
})
