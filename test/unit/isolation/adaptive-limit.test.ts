import { describe, expect, it } from '@jest/globals'
import { AdaptiveLimit, startLimit } from '../../../src/isolation/adaptive-limit.ts'

/** Rounds in which as many attempts as the limit lets through succeed, one after the other; the limit behind each. */
function rounds(limit: AdaptiveLimit, count: number, cap = 64): number[] {
  return Array.from({ length: count }, () => {
    const atOnce = Math.max(1, Math.floor(limit.value))
    for (let each = 0; each < atOnce; each += 1) limit.increase(Math.floor(limit.value), cap)
    return limit.value
  })
}

const decreased = (factor = 0.5, from = 16): AdaptiveLimit => {
  const limit = new AdaptiveLimit()
  while (limit.value < from) limit.increase(Math.floor(limit.value), from)
  limit.decrease(factor, 0, 0, 'one')
  return limit
}

describe('a limit', () => {
  it('starts at two', () => {
    expect(new AdaptiveLimit().value).toBe(2)
    expect(startLimit).toBe(2)
  })

  it('doubles with each round until its first decrease', () => {
    expect(rounds(new AdaptiveLimit(), 5)).toEqual([4, 8, 16, 32, 64])
  })

  it('gains about one with each round after that', () => {
    const grown = rounds(decreased(), 4)
    expect(grown.every((value, index) => Math.abs(value - (9 + index)) < 0.6)).toBe(true)
  })

  it('says nothing of a receiver that it does not use to the full', () => {
    const limit = new AdaptiveLimit()
    limit.increase(1, 64)
    expect(limit.value).toBe(2)
    limit.increase(2, 64)
    expect(limit.value).toBe(3)
    limit.increase(2, 64)
    expect(limit.value).toBe(3)
  })

  it('never passes its cap, nor grows under one that has become smaller', () => {
    const limit = new AdaptiveLimit()
    expect(Math.max(...rounds(limit, 10, 7))).toBe(7)
    limit.increase(7, 3)
    expect(limit.value).toBe(3)
    rounds(limit, 3, 0)
    expect(limit.value).toBe(1)
  })
})

describe('a decrease', () => {
  it('takes back once what attempts of one round tell of', () => {
    const limit = new AdaptiveLimit()
    rounds(limit, 4)
    limit.decrease(0.5, 100, 1_000, 'one')
    for (const begunAtMs of [101, 500, 999]) limit.decrease(0.5, begunAtMs, 1_100, 'one')
    expect(limit.value).toBe(16)
    limit.decrease(0.5, 1_000, 1_200, 'one')
    expect(limit.value).toBe(8)
    limit.decrease(0.5, 1_100, 1_300, 'one')
    expect(limit.value).toBe(8)
  })

  it('stops at one for a receiver that is slow or hangs', () => {
    const limit = new AdaptiveLimit()
    for (let nowMs = 0; nowMs < 20; nowMs += 1) limit.decrease(0.5, nowMs, nowMs, 'one')
    expect(limit.value).toBe(1)
  })

  it('to one is made good by the first success', () => {
    const limit = new AdaptiveLimit()
    limit.decrease(0.5, 0, 0, 'one')
    expect(limit.value).toBe(1)
    limit.increase(1, 64)
    expect(limit.value).toBe(2)
  })

  it('goes below one for a receiver that says that it is too much, but never to nothing', () => {
    const limit = new AdaptiveLimit()
    for (let nowMs = 0; nowMs < 3; nowMs += 1) limit.decrease(0.5, nowMs, nowMs, 'less')
    expect(limit.value).toBe(0.25)
    for (let nowMs = 3; nowMs < 100; nowMs += 1) limit.decrease(0.5, nowMs, nowMs, 'less')
    expect(limit.value).toBe(0.01)
  })

  it('of one that is below one already changes nothing where it stops at one', () => {
    const limit = new AdaptiveLimit()
    for (let nowMs = 0; nowMs < 3; nowMs += 1) limit.decrease(0.5, nowMs, nowMs, 'less')
    limit.decrease(0.5, 10, 10, 'one')
    expect(limit.value).toBe(0.25)
  })

  it('is made good below one in steps of a twentieth, by each success', () => {
    const limit = new AdaptiveLimit()
    for (let nowMs = 0; nowMs < 100; nowMs += 1) limit.decrease(0.5, nowMs, nowMs, 'less')
    for (let count = 0; count < 20; count += 1) limit.increase(1, 64)
    expect(limit.value).toBeCloseTo(1.01, 5)
  })
})

describe('a restart', () => {
  it('forgets all: two, and doubling', () => {
    const limit = decreased()
    limit.restart()
    expect(limit.value).toBe(2)
    expect(rounds(limit, 2)).toEqual([4, 8])
  })
})
