import { describe, expect, it } from '@jest/globals'
import { CircuitBreaker } from '../../../src/isolation/circuit-breaker.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

/** As an attempt that begins is noted: whether it is the probe. */
const begin = (breaker: CircuitBreaker): boolean => breaker.beginProbe()

/** Fails until it opens, and answers after how many failures it did. */
function failUntilOpen(breaker: CircuitBreaker, results = 1, nowMs = 0): number {
  for (let count = 1; count <= 1_000; count += 1) {
    if (breaker.failed(nowMs, results, 0.5, false)) return count
  }
  throw new Error('it never opens')
}

function opened(nowMs = 0): CircuitBreaker {
  const breaker = new CircuitBreaker()
  failUntilOpen(breaker, 5, nowMs)
  return breaker
}

/** Half-open, with the probe under way. */
function probing(): CircuitBreaker {
  const breaker = opened()
  expect(breaker.shutForMs(5_000)).toBeNull()
  expect(begin(breaker)).toBe(true)
  return breaker
}

describe('a breaker that is closed', () => {
  it('opens at the fourteenth failure in a row: more than half of about the last twenty results', () => {
    expect(failUntilOpen(new CircuitBreaker())).toBe(14)
  })

  it.each([
    [5, 3],
    [3, 5],
    [14, 1],
    [13, 2],
  ])('opens where each failure counts for %d results after %d of them', (results, failures) => {
    expect(failUntilOpen(new CircuitBreaker(), results)).toBe(failures)
  })

  it('lets everything through, however many attempts begin', () => {
    const breaker = new CircuitBreaker()
    expect([begin(breaker), begin(breaker), breaker.shutForMs(0), breaker.state(0).kind]).toEqual([
      false,
      false,
      null,
      'closed',
    ])
  })

  it.each([1, 2, 3])('never opens for a receiver that fails one time in ten (seed %d)', (seed) => {
    const breaker = new CircuitBreaker()
    const random = seededRandom(seed)
    let openings = 0
    for (let count = 0; count < 100_000; count += 1) {
      if (random.next() >= 0.1) breaker.succeeded(false)
      else if (breaker.failed(count, 1, 0.5, false)) openings += 1
    }
    expect(openings).toBe(0)
  })

  it('opens soon for a receiver that fails two times in three', () => {
    const breaker = new CircuitBreaker()
    for (let count = 1; count <= 120; count += 1) {
      if (count % 3 === 0) breaker.succeeded(false)
      else if (breaker.failed(0, 1, 0.5, false)) return expect(count).toBeLessThan(60)
    }
    throw new Error('it never opens')
  })

  it('forgets failures behind twenty successes for the most part', () => {
    const breaker = new CircuitBreaker()
    for (let count = 0; count < 13; count += 1) breaker.failed(0, 1, 0.5, false)
    for (let count = 0; count < 20; count += 1) breaker.succeeded(false)
    expect(failUntilOpen(breaker)).toBeGreaterThanOrEqual(9)
  })
})

describe('a breaker that is open', () => {
  it.each([
    [0, 4_000],
    [0.5, 5_000],
    [0.999_999, 6_000],
  ])('is shut for five seconds, a fifth more or less: %d', (random, openMs) => {
    const breaker = new CircuitBreaker()
    for (let count = 0; count < 3; count += 1) breaker.failed(1_000, 5, random, false)
    expect(breaker.shutForMs(1_000)).toBeCloseTo(openMs, 1)
    expect(breaker.shutForMs(1_000 + openMs - 1)).toBeCloseTo(1, 1)
    expect(breaker.state(1_000 + openMs - 1).kind).toBe('open')
    expect(breaker.shutForMs(1_000 + openMs)).toBeNull()
    expect(breaker.state(1_000 + openMs)).toEqual({ kind: 'half_open', openings: 1, probing: false })
  })

  it('is not kept open by results of attempts that were begun before', () => {
    const breaker = opened(0)
    for (const nowMs of [100, 1_000, 4_900]) expect(breaker.failed(nowMs, 5, 0.5, false)).toBe(false)
    expect(breaker.state(4_999)).toMatchObject({ kind: 'open', openings: 1 })
    expect(breaker.shutForMs(5_000)).toBeNull()
  })

  it('is not closed by a late success: it was open for what came later', () => {
    const breaker = opened(0)
    expect(breaker.succeeded(false)).toBe(false)
    expect(breaker.state(4_999).kind).toBe('open')
  })

  it('has no probe, whoever begins or gives one back', () => {
    const breaker = opened(0)
    expect(begin(breaker)).toBe(false)
    breaker.cancelProbe(true)
    expect(breaker.shutForMs(1_000)).toBe(4_000)
  })
})

describe('a breaker that is half-open', () => {
  it('lets exactly one probe through', () => {
    const breaker = probing()
    expect(breaker.shutForMs(5_000)).toBe(0)
    expect(begin(breaker)).toBe(false)
    expect(breaker.shutForMs(1e9)).toBe(0)
  })

  it('closes when the probe succeeds', () => {
    const breaker = probing()
    expect(breaker.succeeded(true)).toBe(true)
    expect(breaker.state(5_010)).toEqual({ kind: 'closed' })
    expect(breaker.shutForMs(5_010)).toBeNull()
  })

  it('opens again when the probe fails, for twice as long', () => {
    const breaker = probing()
    expect(breaker.failed(6_000, 1, 0.5, true)).toBe(true)
    expect(breaker.shutForMs(6_000)).toBe(10_000)
  })

  it('lets another probe through when the first ended without a verdict', () => {
    const breaker = probing()
    breaker.cancelProbe(true)
    expect(breaker.shutForMs(5_000)).toBeNull()
    expect(begin(breaker)).toBe(true)
    expect(breaker.shutForMs(5_000)).toBe(0)
  })

  it('is decided by its probe, not by results of attempts that were begun before it opened', () => {
    const breaker = probing()
    expect(breaker.failed(5_100, 5, 0.5, false)).toBe(false)
    expect(breaker.succeeded(false)).toBe(false)
    expect(breaker.state(5_100)).toEqual({ kind: 'half_open', openings: 1, probing: true })
    expect(breaker.succeeded(true)).toBe(true)
  })

  it('does not take the end of an earlier attempt for that of its probe', () => {
    const breaker = probing()
    breaker.cancelProbe(false)
    expect(breaker.shutForMs(5_100)).toBe(0)
    expect(begin(breaker)).toBe(false)
  })

  it('waits for its first probe whatever late failures come before it', () => {
    const breaker = opened()
    expect(breaker.shutForMs(5_000)).toBeNull()
    expect(breaker.failed(5_000, 5, 0.5, false)).toBe(false)
    expect(breaker.shutForMs(5_000)).toBeNull()
  })
})

describe('openings', () => {
  const openings = (random: number): number[] => {
    const breaker = new CircuitBreaker()
    failUntilOpen(breaker)
    const seen: number[] = []
    let nowMs = 0
    for (let count = 0; count < 6; count += 1) {
      nowMs += breaker.shutForMs(nowMs) ?? 0
      breaker.state(nowMs)
      begin(breaker)
      breaker.failed(nowMs, 1, random, true)
      seen.push(breaker.shutForMs(nowMs) ?? 0)
    }
    return seen.map(Math.round)
  }

  it('double up to a minute, a fifth more or less', () => {
    expect(openings(0.5)).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
    expect(openings(0)).toEqual([8_000, 16_000, 32_000, 48_000, 48_000, 48_000])
    expect(openings(0.999_999_9)).toEqual([12_000, 24_000, 48_000, 72_000, 72_000, 72_000])
  })

  /** Closed by a probe, then so many successes. */
  const closedAgain = (successes: number): CircuitBreaker => {
    const breaker = probing()
    breaker.succeeded(true)
    for (let count = 0; count < successes; count += 1) breaker.succeeded(false)
    return breaker
  }

  it('come sooner after a probe: four failures', () => {
    expect(failUntilOpen(closedAgain(0))).toBe(4)
    expect(failUntilOpen(closedAgain(0), 5)).toBe(1)
  })

  it('go on doubling where the receiver has not recovered', () => {
    const breaker = closedAgain(20)
    failUntilOpen(breaker, 5, 10_000)
    expect(breaker.shutForMs(10_000)).toBe(10_000)
  })

  it('begin anew once it has recovered, also where it still fails one time in ten', () => {
    const breaker = closedAgain(0)
    for (let count = 1; count <= 200; count += 1) {
      if (count % 10 === 0) breaker.failed(0, 1, 0.5, false)
      else breaker.succeeded(false)
    }
    for (let count = 0; count < 45; count += 1) breaker.succeeded(false)
    failUntilOpen(breaker, 5, 10_000)
    expect(breaker.shutForMs(10_000)).toBe(5_000)
  })
})
