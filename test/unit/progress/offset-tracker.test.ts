import { describe, expect, it } from '@jest/globals'
import { decodeMetadata, encodeMetadata } from '../../../src/progress/commit-metadata.ts'
import { OffsetTracker } from '../../../src/progress/offset-tracker.ts'
import type { TakenOffset } from '../../../src/progress/offset-tracker.ts'

describe('an offset tracker', () => {
  it('knows nothing to commit before anything was taken', () => {
    const tracker = new OffsetTracker()
    expect(tracker.committable()).toBeNull()
    expect(tracker.isTaken(0n)).toBe(false)
  })

  it('stands at the first offset that is not finished', () => {
    const tracker = new OffsetTracker()
    const [first, second, third] = [5n, 6n, 7n].map((offset) => tracker.take(offset, 0))
    expect(tracker.committable()).toBe(5n)
    tracker.finish(second!)
    expect(tracker.committable()).toBe(5n)
    tracker.finish(first!)
    expect(tracker.committable()).toBe(7n)
    tracker.finish(third!)
    expect(tracker.committable()).toBe(8n)
  })

  it('counts offsets that never came as finished with those around them', () => {
    const tracker = new OffsetTracker()
    const [first, second] = [10n, 510n].map((offset) => tracker.take(offset, 0))
    tracker.finish(first!)
    expect(tracker.committable()).toBe(510n)
    tracker.finish(second!)
    expect(tracker.committable()).toBe(511n)
    expect([10n, 300n, 510n, 511n].map((offset) => tracker.isTaken(offset))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('refuses an offset that was taken before', () => {
    const tracker = new OffsetTracker()
    tracker.take(5n, 0)
    expect(() => tracker.take(5n, 0)).toThrow(new RangeError('offset 5 was taken before; the next is 6'))
    expect(() => tracker.take(4n, 0)).toThrow(RangeError)
    expect(tracker.committable()).toBe(5n)
  })

  it('is not moved by finishing the same record twice', () => {
    const tracker = new OffsetTracker()
    const first = tracker.take(0n, 0)
    tracker.take(1n, 0)
    tracker.finish(first)
    tracker.finish(first)
    expect(tracker.committable()).toBe(1n)
  })

  it('has room for as many unfinished records as a commit can tell apart, and again when one is finished', () => {
    const tracker = new OffsetTracker()
    const taken: TakenOffset[] = []
    for (let offset = 0n; tracker.hasRoomFor(offset); offset += 2n) taken.push(tracker.take(offset, 0))
    const unfinished = tracker.unfinished()
    expect(unfinished.offsets).toHaveLength(taken.length)
    expect(decodeMetadata(0n, encodeMetadata(0n, unfinished))).toEqual(unfinished)
    expect(taken.length).toBeGreaterThan(2_000)
    tracker.finish(taken[1]!)
    tracker.finish(taken[1]!)
    const next = BigInt(2 * taken.length)
    expect(tracker.hasRoomFor(next)).toBe(true)
    tracker.take(next, 0)
    expect(tracker.hasRoomFor(next + 1n)).toBe(false)
  })

  it('has room for what the commit before it says is unfinished, however much that is', () => {
    const offsets = Array.from({ length: 3_000 }, (_, index) => BigInt(index) * 2n)
    const tracker = new OffsetTracker({ offsets, end: 6_000n })
    for (const offset of offsets) {
      expect(tracker.hasRoomFor(offset)).toBe(true)
      tracker.take(offset, 0)
    }
    expect(tracker.hasRoomFor(6_000n)).toBe(false)
  })

  it('holds offsets beyond what a number can', () => {
    const tracker = new OffsetTracker()
    tracker.finish(tracker.take(2n ** 62n, 0))
    expect(tracker.committable()).toBe(2n ** 62n + 1n)
  })

  it('keeps count over many more records than it keeps, one finishing last', () => {
    const tracker = new OffsetTracker()
    const slow = tracker.take(0n, 0)
    for (let offset = 1n; offset <= 5_000n; offset += 1n) tracker.finish(tracker.take(offset, 0))
    expect(tracker.committable()).toBe(0n)
    tracker.finish(slow)
    expect(tracker.committable()).toBe(5_001n)
    const next = tracker.take(5_001n, 0)
    expect(tracker.committable()).toBe(5_001n)
    tracker.finish(slow)
    expect(tracker.committable()).toBe(5_001n)
    tracker.finish(next)
    expect(tracker.committable()).toBe(5_002n)
  })
})
