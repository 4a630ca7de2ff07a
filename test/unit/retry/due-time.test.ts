import { describe, expect, it } from '@jest/globals'
import { untilDueMs } from '../../../src/retry/due-time.ts'
import type { ParkedAt } from '../../../src/retry/due-time.ts'

const delayMs = 30_000
const appendedAtMs = 1_700_000_000_000
const parkedAt = (fields: Partial<ParkedAt> = {}): ParkedAt => ({
  offset: 7n,
  appendedAtMs,
  expectedAtMs: null,
  ...fields,
})

/** Milliseconds after it was appended at which it is due. */
const dueIn = (offset: bigint): number => untilDueMs(parkedAt({ offset }), delayMs, appendedAtMs)

describe('a record of a retry topic', () => {
  it('is due its delay after it was appended, a tenth more or less', () => {
    for (let offset = 0n; offset < 2_000n; offset += 1n) {
      expect(dueIn(offset)).toBeGreaterThanOrEqual(27_000)
      expect(dueIn(offset)).toBeLessThanOrEqual(33_000)
    }
  })

  it('is always due at the same time, whenever that is asked', () => {
    const at = (nowMs: number): number => nowMs + untilDueMs(parkedAt(), delayMs, nowMs)
    expect(at(appendedAtMs + 10_000)).toBe(at(appendedAtMs))
    expect(untilDueMs(parkedAt(), delayMs, appendedAtMs + 40_000)).toBe(0)
  })

  it('is due at another time than its neighbours, and all of them evenly over the fifth', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    let nearest = Number.POSITIVE_INFINITY
    for (let offset = 0n; offset < 10_000n; offset += 1n) {
      const tenth = Math.floor((dueIn(offset) - 27_000) / 600)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
      nearest = Math.min(nearest, Math.abs(dueIn(offset + 1n) - dueIn(offset)))
    }
    expect(nearest).toBeGreaterThan(1_000)
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(50)
  })

  it('is spread out as evenly behind offsets that no number holds', () => {
    const dues = new Set(Array.from({ length: 100 }, (_, index) => dueIn(2n ** 62n + BigInt(index))))
    expect(dues.size).toBe(100)
  })

  it('waits for no longer than its delay and a tenth, whatever the clocks say', () => {
    expect(
      untilDueMs(parkedAt({ appendedAtMs: appendedAtMs + 86_400_000 }), delayMs, appendedAtMs),
    ).toBeCloseTo(33_000, 6)
    const expected = parkedAt({ expectedAtMs: appendedAtMs + 86_400_000, appendedAtMs: appendedAtMs + 1e9 })
    expect(untilDueMs(expected, delayMs, appendedAtMs)).toBeCloseTo(33_000, 6)
  })

  it.each([-1, 0])('is due at once where nobody says when it was appended: %d', (unknown) => {
    expect(untilDueMs(parkedAt({ appendedAtMs: unknown }), delayMs, appendedAtMs)).toBe(0)
  })

  it('of a topic without a delay is due at once', () => {
    expect(untilDueMs(parkedAt(), 0, appendedAtMs - 5_000)).toBe(0)
  })
})

describe('a record that waits for room', () => {
  it.each([
    [2_100, 2_100],
    [30_000, 30_000],
    [32_999, 32_999],
    [60_000, 33_000],
    [0, 0],
    [-9_000, 0],
  ])(
    'is due when there should be some, %d ms later, but no later than its delay and a tenth: %d',
    (inMs, dueMs) => {
      const parked = parkedAt({ expectedAtMs: appendedAtMs + inMs })
      expect(untilDueMs(parked, delayMs, appendedAtMs)).toBeCloseTo(dueMs, 6)
    },
  )
})
