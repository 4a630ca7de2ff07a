// What the sketches of bounded size promise, over any stream of keys.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { SpaceSaving } from '../../src/telemetry/space-saving.ts'
import { WindowMaxima } from '../../src/telemetry/window-maxima.ts'

/** A few keys that come often among many that come now and then, as time passes: rarely, much of it. */
const stream = fc.array(
  fc.record({
    key: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 60 }).map(String)),
    afterMs: fc.oneof(
      { weight: 9, arbitrary: fc.nat({ max: 2_000 }) },
      { weight: 1, arbitrary: fc.nat({ max: 40_000_000 }) },
    ),
    value: fc.nat({ max: 1_000 }),
  }),
  { maxLength: 400 },
)

const halfLifeMs = 42_000
/** Of sums of doubles that were added up in another order. */
const slack = 1e-6

describe('space-saving with decay', () => {
  it('never says too little, nor too much by more than its error, and lists whoever has more than a k-th of all', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 12 }), (events, capacity) => {
        const sketch = new SpaceSaving<string>(capacity, halfLifeMs)
        const exact = new Map<string, number>()
        let all = 0
        let nowMs = 0
        for (const { key, afterMs } of events) {
          nowMs += afterMs
          const faded = 2 ** (-afterMs / halfLifeMs)
          for (const [each, count] of exact) exact.set(each, count * faded)
          all = all * faded + 1
          exact.set(key, (exact.get(key) ?? 0) + 1)
          sketch.add(key, nowMs, () => key)
        }
        const hitters = sketch.hitters(nowMs)
        expect(hitters.length).toBe(Math.min(capacity, new Set(events.map(({ key }) => key)).size))
        for (const { key, count, error, note } of hitters) {
          const truth = exact.get(key) ?? 0
          expect(note).toBe(key)
          expect(count).toBeGreaterThanOrEqual(truth - slack)
          expect(count - error).toBeLessThanOrEqual(truth + slack)
        }
        const listed = new Set(hitters.map(({ key }) => key))
        for (const [key, count] of exact) if (count > all / capacity + slack) expect(listed).toContain(key)
        const counts = hitters.map(({ count }) => count)
        expect(counts).toEqual(counts.toSorted((one, other) => other - one))
      }),
    )
  })

  it('counts exactly while there are no more keys than places', () => {
    const sketch = new SpaceSaving<null>(2, halfLifeMs)
    for (const key of ['a', 'b', 'a']) sketch.add(key, 0, () => null)
    expect(sketch.hitters(halfLifeMs)).toEqual([
      { key: 'a', count: 1, error: 0, note: null },
      { key: 'b', count: 0.5, error: 0, note: null },
    ])
  })
})

describe('the largest values of late', () => {
  it('are those of the span that lasts and of the one before, exactly, and none that is older', () => {
    const spanMs = 60_000
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 8 }), (events, capacity) => {
        const maxima = new WindowMaxima<number>(capacity, spanMs)
        const told: { key: string; value: number; atMs: number }[] = []
        let nowMs = 0
        for (const [index, { key, afterMs, value }] of events.entries()) {
          nowMs += afterMs
          maxima.add(key, value, nowMs, index)
          told.push({ key, value, atMs: nowMs })
        }
        const largest = maxima.largest(nowMs)
        const within = (ms: number): Map<string, number> => {
          const most = new Map<string, number>()
          for (const { key, value, atMs } of told)
            if (nowMs - atMs < ms) most.set(key, Math.max(most.get(key) ?? 0, value))
          return most
        }
        const [sure, perhaps] = [within(spanMs), within(2 * spanMs)]
        for (const { key, value, note } of largest) {
          expect(value).toBeGreaterThanOrEqual(sure.get(key) ?? 0)
          expect(value).toBeLessThanOrEqual(perhaps.get(key) ?? -1)
          expect(events[note]).toMatchObject({ key, value })
        }
        // Fewer than the capacity are larger than it within both spans: it cannot have been pushed out.
        const listed = new Map(largest.map(({ key, value }) => [key, value]))
        for (const [key, value] of sure) {
          const larger = [...perhaps.values()].filter((other) => other >= value).length
          if (larger <= capacity) expect(listed.get(key)).toBeGreaterThanOrEqual(value)
        }
      }),
    )
  })
})
