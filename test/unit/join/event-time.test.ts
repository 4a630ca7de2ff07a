import { describe, expect, it } from '@jest/globals'
import { eventTimeOf } from '../../../src/join/event-time.ts'
import type { EventTime } from '../../../src/join/event-time.ts'
import { aCallEvent } from '../domain/samples.ts'

const horizons = { horizonMs: { call_start: 600_000, call_end: 86_400_000 }, toleranceMs: 300_000 }
const nowMs = Date.UTC(2026, 2, 14)

function timeOf(occurredAtMs: number, timestampMs: number, type = 'call_end'): EventTime {
  return eventTimeOf(aCallEvent({ occurred_at: occurredAtMs, event_type: type }), timestampMs, horizons)
}

describe("the event's own time", () => {
  it.each([0, 1, -1, 300_000, -300_000])('counts where it differs by %i ms from the record', (byMs) => {
    expect(timeOf(nowMs + byMs, nowMs)).toEqual({
      eventTimeMs: nowMs + byMs,
      expiresAtMs: nowMs + byMs + 86_400_000,
      distrustedByMs: null,
    })
  })

  it.each([
    [nowMs + 300_001, 300_001],
    [nowMs - 300_001, 300_001],
    [0, nowMs],
    [-nowMs, 2 * nowMs],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - nowMs],
    [Number.MIN_SAFE_INTEGER, nowMs - Number.MIN_SAFE_INTEGER],
  ])('does not count at %i: the record has the say', (occurredAtMs, differenceMs) => {
    expect(timeOf(occurredAtMs, nowMs)).toEqual({
      eventTimeMs: nowMs,
      expiresAtMs: nowMs + 86_400_000,
      distrustedByMs: differenceMs,
    })
  })

  it('counts where the record has none: it must not expire in 1970', () => {
    expect(timeOf(nowMs, -1)).toEqual({
      eventTimeMs: nowMs,
      expiresAtMs: nowMs + 86_400_000,
      distrustedByMs: null,
    })
  })
})

it.each([
  [Number.MAX_SAFE_INTEGER, -1, 253_402_300_799_999],
  [Number.MIN_SAFE_INTEGER, -1, 0],
  [-1, -1, 0],
  // A record's time is a 64-bit number of its producer's.
  [nowMs, 2 ** 63, 253_402_300_799_999],
])(
  'of %i in a record of %i ms can still be reckoned with and written',
  (occurredAtMs, timestampMs, timeMs) => {
    const { eventTimeMs, expiresAtMs } = timeOf(occurredAtMs, timestampMs)
    expect({ eventTimeMs, expiresAtMs }).toEqual({ eventTimeMs: timeMs, expiresAtMs: timeMs + 86_400_000 })
  },
)

it('is worth delivering for as long as its type is', () => {
  expect(timeOf(nowMs, nowMs, 'call_start').expiresAtMs).toBe(nowMs + 600_000)
})
