import { describe, expect, it } from '@jest/globals'
import { durationText, momentText, shareText } from '../../../../../src/console/page/log/amounts.ts'
import { chartBars } from '../../../../../src/console/page/log/chart-bars.ts'
import { localText, windowOf } from '../../../../../src/console/page/log/replay-period.ts'

describe('a duration', () => {
  it.each([
    [-5, '0 ms', '0 мс'],
    [0, '0 ms', '0 мс'],
    [340, '340 ms', '340 мс'],
    [999, '999 ms', '999 мс'],
    [1_240, '1.2 sec', '1,2 с'],
    [42_000, '42 sec', '42 с'],
    [300_000, '5 min', '5 мин'],
    [3 * 3_600_000, '3 hr', '3 ч'],
    [72 * 3_600_000, '3 days', '3 дн.'],
  ])('of %i ms', (ms, english, russian) => {
    expect(durationText(ms, 'en')).toBe(english)
    expect(durationText(ms, 'ru').replaceAll('\u00A0', ' ')).toBe(russian)
  })
})

describe('a share', () => {
  it.each([
    [0, 0, null],
    [0, 7, '0%'],
    [1, 1_000, '1%'],
    [999, 1_000, '99%'],
    [1_000, 1_000, '100%'],
    [2, 3, '67%'],
  ])('%i of %i is all or none only where it is', (part, all, text) => {
    expect(shareText(part, all, 'en')).toBe(text)
  })
})

it('a moment is told to the second', () => {
  expect(momentText(Date.UTC(2026, 2, 14, 12, 5, 7), 'en')).toMatch(/26.*05:07/)
})

describe('the bars of a chart', () => {
  const frame = { width: 240, height: 70 }
  it('stand side by side within their frame, what failed at the foot', () => {
    const hours = Array.from({ length: 24 }, (_, index) => ({ delivered: index * 100, failed: 23 - index }))
    const bars = chartBars(hours, frame)
    expect(bars).toHaveLength(46)
    for (const { kind, x, y, width, height } of bars) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(frame.width)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(height).toBeGreaterThan(1)
      if (kind === 'failed') expect(y + height).toBeCloseTo(frame.height, 1)
    }
  })

  it('of one failure among thousands are high enough to be seen', () => {
    const [failed] = chartBars([{ delivered: 100_000, failed: 1 }], frame)
    expect(failed).toMatchObject({ kind: 'failed', height: 1.5 })
  })

  it('of nothing are none', () => {
    expect(chartBars([{ delivered: 0, failed: 0 }], frame)).toEqual([])
    expect(chartBars([], frame)).toEqual([])
  })
})

describe('the time of what is sent again', () => {
  const nowMs = Date.UTC(2026, 2, 14, 12)
  const own = { since: '', until: '' }
  it.each([
    ['hour', '2026-03-14T11:00:00.000Z'],
    ['day', '2026-03-13T12:00:00.000Z'],
    ['week', '2026-03-07T12:00:00.000Z'],
  ] as const)('a %s ends now', (period, since) => {
    expect(windowOf(period, own, nowMs)).toEqual({ since, until: '2026-03-14T12:00:00.000Z' })
  })

  it('of one’s own is in the zone of the reader, and may have no end', () => {
    const since = localText(nowMs - 120_000)
    const until = localText(nowMs - 60_000)
    expect(windowOf('own', { since, until }, nowMs)).toEqual({
      since: '2026-03-14T11:58:00.000Z',
      until: '2026-03-14T11:59:00.000Z',
    })
    expect(windowOf('own', { since, until: '' }, nowMs)?.until).toBe('2026-03-14T12:00:00.000Z')
  })

  it.each([
    ['', ''],
    ['2026-03-14T12:00', '2026-03-14T12:00'],
    ['2026-03-14T13:00', '2026-03-14T12:00'],
    ['nonsense', ''],
    ['2026-03-14T12:00', 'nonsense'],
  ])('from %j to %j is none', (since, until) => {
    expect(windowOf('own', { since, until }, nowMs)).toBeNull()
  })
})
