import { describe, expect, it } from '@jest/globals'
import { limitsIn, limitTextsOf, noLimitTexts } from '../../../../src/console/page/limit-texts.ts'
import type { LimitTexts } from '../../../../src/console/page/limit-texts.ts'

const typed = (texts: Partial<LimitTexts>) => limitsIn({ ...noLimitTexts, ...texts })

describe('limits that are stored', () => {
  it.each([
    [7_200, '2', 'hours'],
    [2_592_000, '720', 'hours'],
    [5_400, '90', 'minutes'],
    [60, '1', 'minutes'],
    [100, '100', 'seconds'],
    [1, '1', 'seconds'],
  ] as const)('a horizon of %i s is shown as %s %s', (retry_horizon_s, text, unit) => {
    const texts = limitTextsOf({ retry_horizon_s })
    expect([texts.retryHorizon, texts.retryHorizonUnit]).toEqual([text, unit])
  })

  it('are empty where there are none, and where JSON could not say which', () => {
    expect(limitTextsOf(undefined)).toEqual(noLimitTexts)
    expect(limitTextsOf({})).toEqual(noLimitTexts)
    expect(limitTextsOf(JSON.parse(JSON.stringify({ rate_per_second: Number.NaN })))).toEqual(noLimitTexts)
    expect(limitsIn(noLimitTexts)).toBeNull()
  })
})

describe('limits that are typed', () => {
  it.each([
    ['10', 'minutes', 600],
    ['1.5', 'hours', 5_400],
    ['1,5', 'hours', 5_400],
    ['1.1', 'minutes', 66],
    ['0.1', 'hours', 360],
    [' 90 ', 'seconds', 90],
    ['-1', 'minutes', -60],
    ['an hour', 'minutes', 'an hour'],
    ['', 'hours', undefined],
  ] as const)('%j in %s are %s s', (retryHorizon, retryHorizonUnit, seconds) => {
    expect(typed({ retryHorizon, retryHorizonUnit })?.['retry_horizon_s']).toBe(seconds)
  })

  it('are not rounded where they are no whole seconds', () => {
    expect(typed({ retryHorizon: '0.5', retryHorizonUnit: 'seconds' })).toEqual({ retry_horizon_s: 0.5 })
    expect(typed({ retryHorizon: '1.01', retryHorizonUnit: 'minutes' })?.['retry_horizon_s']).toBeCloseTo(
      60.6,
    )
  })

  it.each([
    ['0,5', 0.5],
    ['0.01', 0.01],
    ['1e3', 1_000],
    ['.5', '.5'],
    ['0x10', '0x10'],
    ['1 000', '1 000'],
    ['Infinity', 'Infinity'],
  ])('a rate of %j is %j', (ratePerSecond, rate) => {
    expect(typed({ ratePerSecond })).toEqual({ rate_per_second: rate })
  })
})
