// When a rate counts as back, on courses made by hand: one delivery every 10 ms, but for a hole.
import { describe, expect, it } from '@jest/globals'
import { recoveryMs } from '../../faults/oracle/recovery.ts'

/** Every 10 ms until 20 s. */
const orderedAtMs = Array.from({ length: 2_000 }, (_, index) => index * 10)
const usual = { usualPerSecond: 100, nowMs: 20_000 }

describe('recovery', () => {
  it('takes no time where nothing happened', () => {
    const course = { orderedAtMs, arrivedAtMs: orderedAtMs.map((ms) => ms + 5) }
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000 })).toBe(0)
  })

  it('lasts until as much is delivered as before', () => {
    const held = orderedAtMs.map((ms) => (ms >= 5_000 && ms < 8_000 ? 8_000 + (ms - 5_000) / 3 : ms))
    const course = { orderedAtMs, arrivedAtMs: held.toSorted((a, b) => a - b) }
    const tookMs = recoveryMs(course, { ...usual, endedAtMs: 5_000 })
    expect(tookMs).toBeGreaterThan(2_000)
    expect(tookMs).toBeLessThanOrEqual(3_000)
  })

  it('is not over while more and more waits, however much is delivered', () => {
    const more = Array.from({ length: 4_000 }, (_, index) => index * 5)
    const course = { orderedAtMs: more, arrivedAtMs: orderedAtMs.filter((ms) => ms > 8_000) }
    expect(recoveryMs(course, { ...usual, usualPerSecond: 90, endedAtMs: 5_000 })).toBe(null)
  })

  it('is not a burst between two holes', () => {
    const arrivedAtMs = orderedAtMs.map((ms) => (ms < 5_000 ? ms : ms < 6_000 ? 6_000 : Math.max(ms, 9_000)))
    const course = { orderedAtMs, arrivedAtMs }
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000 })).toBeGreaterThan(2_000)
  })

  it('is not known before three seconds have passed', () => {
    const course = { orderedAtMs, arrivedAtMs: orderedAtMs }
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000, nowMs: 7_900 })).toBe(null)
  })
})
