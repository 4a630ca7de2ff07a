// When a rate counts as back, on courses made by hand: one delivery every 10 ms, but for a hole.
import { describe, expect, it } from '@jest/globals'
import type { Course } from '../../faults/oracle/recovery.ts'
import { recoveryMs } from '../../faults/oracle/recovery.ts'

/** Every 10 ms until 20 s. */
const orderedAtMs = Array.from({ length: 2_000 }, (_, index) => index * 10)
const usual = { usualPerSecond: 100, nowMs: 20_000 }

/** `arrivalOf`: of each, in the order of orders. */
const courseOf = (arrivalOf: readonly number[], ordered = orderedAtMs): Course => ({
  orderedAtMs: ordered,
  arrivalOf,
  partitionOf: ordered.map((_, index) => index % 6),
  arrivedAtMs: arrivalOf.filter(Number.isFinite).toSorted((a, b) => a - b),
})

describe('recovery', () => {
  it('takes no time where nothing happened', () => {
    const course = courseOf(orderedAtMs.map((ms) => ms + 5))
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000 })).toBe(0)
  })

  it('lasts until as much is delivered as before', () => {
    const held = orderedAtMs.map((ms) => (ms >= 5_000 && ms < 8_000 ? 8_000 + (ms - 5_000) / 3 : ms))
    const course = courseOf(held)
    const tookMs = recoveryMs(course, { ...usual, endedAtMs: 5_000 })
    expect(tookMs).toBeGreaterThan(2_000)
    expect(tookMs).toBeLessThanOrEqual(3_000)
  })

  it('is not over while more and more waits, however much is delivered', () => {
    const more = Array.from({ length: 4_000 }, (_, index) => index * 5)
    const course = courseOf(
      more.map((ms, index) => (index % 2 === 0 && ms > 8_000 ? ms : Number.POSITIVE_INFINITY)),
      more,
    )
    expect(recoveryMs(course, { ...usual, usualPerSecond: 90, endedAtMs: 5_000 })).toBe(null)
  })

  it('is not a burst between two holes', () => {
    const arrivedAtMs = orderedAtMs.map((ms) => (ms < 5_000 ? ms : ms < 6_000 ? 6_000 : Math.max(ms, 9_000)))
    const course = courseOf(arrivedAtMs)
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000 })).toBeGreaterThan(2_000)
  })

  it('is not over while some have nobody who delivers them', () => {
    // The first partition is without an owner from 5 s to 15 s, all others from 2 s to 10 s: then these are made up for.
    const arrivedAtMs = orderedAtMs.map((ms, index) => {
      if (index % 6 === 0) return ms < 5_000 ? ms : Math.max(ms, 15_000)
      if (ms < 2_000) return ms
      return ms < 14_000 ? Math.max(ms, 10_000 + (ms - 2_000) / 3) : ms
    })
    const course = courseOf(arrivedAtMs)
    expect(recoveryMs(course, { ...usual, usualPerSecond: 90, endedAtMs: 5_000 })).toBeGreaterThan(9_000)
  })

  it('is not known before three seconds have passed', () => {
    const course = courseOf(orderedAtMs)
    expect(recoveryMs(course, { ...usual, endedAtMs: 5_000, nowMs: 7_900 })).toBe(null)
  })
})
