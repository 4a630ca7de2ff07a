import { describe, expect, it } from '@jest/globals'
import {
  deliverySettingsOf,
  horizonsOf,
  isolationBoundsOf,
  retryDelaysOf,
} from '../../../src/settings/delivery-settings.ts'
import { loadSettings } from '../../../src/settings/load.ts'
import type { Settings } from '../../../src/settings/schema.ts'

const settingsWith = (environment: Readonly<Record<string, string>> = {}): Settings =>
  loadSettings({ files: [], environment })

describe('the waits that there are retry topics for', () => {
  it('are those of the schedule and those for room, rising, each once', () => {
    const delays = retryDelaysOf(settingsWith({ RETRY_DELAYS: '5s,30s,8h', RETRY_ROOM_DELAYS: '4s,30s,2m' }))
    expect(delays).toEqual({
      scheduleMs: [5_000, 30_000, 28_800_000],
      roomDelaysMs: [4_000, 30_000, 120_000],
      delaysMs: [4_000, 5_000, 30_000, 120_000, 28_800_000],
    })
  })

  it('are those of the schedule alone where there are none for room', () => {
    const delays = retryDelaysOf(settingsWith({ RETRY_DELAYS: '5s,30s', RETRY_ROOM_DELAYS: 'none' }))
    expect(delays).toEqual({
      scheduleMs: [5_000, 30_000],
      roomDelaysMs: [5_000, 30_000],
      delaysMs: [5_000, 30_000],
    })
  })

  it('are by default six steps, and four for room', () => {
    const { scheduleMs, roomDelaysMs, delaysMs } = retryDelaysOf(settingsWith())
    expect(scheduleMs).toEqual([5_000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000])
    expect(roomDelaysMs).toEqual([4_000, 20_000, 120_000, 600_000])
    expect(delaysMs).toHaveLength(10)
  })
})

describe('a delivery’s settings', () => {
  it('have the schedule beside the bounds of quick tries', () => {
    expect(deliverySettingsOf(settingsWith({ RETRY_QUICK_TRIES: '1' })).retry).toMatchObject({
      ...retryDelaysOf(settingsWith()),
      quickTries: 1,
      quickWaitMs: 250,
      quickWindowMs: 5_000,
      mendedAfterMs: 1_800_000,
    })
  })

  it('end the start of a call after ten minutes and its end after a day', () => {
    expect(horizonsOf(settingsWith())).toEqual({
      horizonMs: { call_start: 600_000, call_end: 86_400_000 },
      toleranceMs: 300_000,
    })
  })
})

describe('what one receiver may have', () => {
  it('is by default not limited in its rate, and half of what is in flight at most', () => {
    expect(isolationBoundsOf(settingsWith())).toEqual({
      laneConcurrency: 64,
      originConcurrency: 256,
      ratePerSecond: null,
      maxWaitMs: 1_000,
      maxWaiting: 2_048,
      maxOldAttempts: 2_048,
      maxLanes: 50_000,
    })
  })

  it('is never nothing, however little is in flight', () => {
    const bounds = isolationBoundsOf(
      settingsWith({ IN_FLIGHT_MAX_DELIVERIES: '1', LANES_RATE_PER_SECOND: '7' }),
    )
    expect(bounds).toMatchObject({ maxWaiting: 1, maxOldAttempts: 1, ratePerSecond: 7 })
  })
})
