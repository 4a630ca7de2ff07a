import { describe, expect, it } from '@jest/globals'
import { StartPace } from '../../../src/isolation/start-pace.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const toleranceMs = 20

/** Begins whenever it may, looked at in steps that `stepMs` draws; the times of the begins. */
function begins(
  pace: StartPace,
  rateAt: (nowMs: number) => number,
  untilMs: number,
  stepMs: () => number,
): number[] {
  const begun: number[] = []
  for (let nowMs = 0; nowMs < untilMs; nowMs += stepMs()) {
    while (nowMs >= pace.nextAtMs(rateAt(nowMs))) {
      pace.began(nowMs, rateAt(nowMs))
      begun.push(nowMs)
    }
  }
  return begun
}

/** The most that begin within any time of that length, as they lie. */
export function mostWithin(begun: readonly number[], windowMs: number): number {
  let most = 0
  let first = 0
  for (const [last, atMs] of begun.entries()) {
    while (atMs - (begun[first] ?? 0) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

describe('a pace', () => {
  it.each([0.01, 0.7, 5, 49, 100, 900])(
    'of %d a second begins no more than that and one in any time, give or take its tolerance',
    (perSecond) => {
      const random = seededRandom(2)
      // From the finest clock to one that sleeps for seconds.
      for (const coarseMs of [1, 10, 400, 5_000]) {
        const pace = new StartPace(Number.NEGATIVE_INFINITY)
        const stepMs = (): number => (0.1 + random.next()) * Math.max(coarseMs, 100 / perSecond)
        const begun = begins(pace, () => perSecond, 3_000 * Math.max(coarseMs, 100 / perSecond), stepMs)
        expect(begun.length).toBeGreaterThan(200)
        for (const windowMs of [100, 1_000, 10_000]) {
          expect(mostWithin(begun, windowMs)).toBeLessThanOrEqual(
            Math.floor(((windowMs + toleranceMs) * perSecond) / 1_000 + 1),
          )
        }
      }
    },
  )

  it.each([5, 80])(
    'of %d a second is kept, not only not passed, by a clock of ten milliseconds',
    (perSecond) => {
      const begun = begins(
        new StartPace(0),
        () => perSecond,
        60_000,
        () => 10,
      )
      expect(begun.length / 60 / perSecond).toBeGreaterThan(0.98)
    },
  )

  it('makes up for no more than its tolerance after a time without any', () => {
    const pace = new StartPace(0)
    pace.began(1_000_000, 100)
    expect(pace.nextAtMs(100)).toBe(1_000_000 - toleranceMs + 10)
  })

  it('holds through changes of the rate: never more than the highest of them allows', () => {
    const random = seededRandom(8)
    const rates = Array.from({ length: 100 }, () => 1 + random.next() * 40)
    const rateAt = (nowMs: number): number => rates[Math.floor(nowMs / 500) % rates.length] ?? 1
    const begun = begins(new StartPace(0), rateAt, 50_000, () => 1 + random.next() * 15)
    for (let fromMs = 0; fromMs < 49_000; fromMs += 250) {
      const within = begun.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000).length
      const most = Math.max(rateAt(fromMs), rateAt(fromMs + 500), rateAt(fromMs + 999))
      expect(within).toBeLessThanOrEqual((most * (1_000 + toleranceMs)) / 1_000 + 1)
    }
  })

  it('goes on from what began last when the rate rises from next to none', () => {
    const pace = new StartPace(0)
    pace.began(100, 10)
    expect(pace.nextAtMs(0.000_1)).toBe(10_000_100)
    expect(pace.nextAtMs(10)).toBe(200)
  })
})

describe('a restart', () => {
  it('spaces the next begin from then, as if another had begun just before', () => {
    const pace = new StartPace(0)
    pace.restart(5_000)
    expect(pace.nextAtMs(4)).toBe(5_250)
  })

  it('never brings a begin forward', () => {
    const pace = new StartPace(0)
    pace.began(10_000, 1)
    pace.restart(9_970)
    expect(pace.nextAtMs(1)).toBe(10_980)
  })
})
