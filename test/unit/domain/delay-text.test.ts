import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { delayText, readDelay } from '../../../src/domain/delay-text.ts'

describe('a delay as text', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [500, '500ms'],
    [1_000, '1s'],
    [1_500, '1500ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
    [86_400_000, '24h'],
  ])('%d ms is %s', (delayMs, text) => {
    expect(delayText(delayMs)).toBe(text)
    expect(readDelay(text)).toBe(delayMs)
  })

  it('is read as it was written, and no two delays are written alike', () => {
    const anyDelay = fc.oneof(
      fc.nat(86_400_000),
      fc.nat(86_400).map((seconds) => seconds * 1_000),
      fc.nat(1_440).map((minutes) => minutes * 60_000),
    )
    fc.assert(
      fc.property(anyDelay, anyDelay, (delayMs, other) => {
        expect(readDelay(delayText(delayMs))).toBe(delayMs)
        expect(delayText(delayMs) === delayText(other)).toBe(delayMs === other)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is one text: whatever is read is written as it was', () => {
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789msh ')), maxLength: 8 }),
      fc
        .tuple(fc.nat(200_000), fc.constantFrom('ms', 's', 'm', 'h'))
        .map(([count, unit]) => `${count}${unit}`),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const delayMs = readDelay(text)
        if (delayMs !== null) expect(delayText(delayMs)).toBe(text)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a text that is no delay, or not the one of its delay', () => {
  it.each([
    '',
    's',
    '5',
    '5 s',
    ' 5s',
    '5s ',
    '5S',
    '5sec',
    '5d',
    '-5s',
    '+5s',
    '1.5s',
    '1e3s',
    '5s5s',
    '5s\n',
    '٥s',
    '60s',
    '1000ms',
    '60m',
    '0ms',
    '0m',
    '0h',
    '00s',
    '05s',
    '3600s',
    '1234567890s',
  ])('%j', (text) => {
    expect(readDelay(text)).toBeNull()
  })
})
