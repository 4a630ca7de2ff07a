// The budget under floods: whatever else comes, and in whatever sizes, whoever waits gets its turn, as long as all that was
// granted is given back some time.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { InFlightBudget, workKinds } from '../../src/progress/in-flight-budget.ts'
import type { BudgetBounds, Grant, Hold } from '../../src/progress/in-flight-budget.ts'

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await Promise.resolve()
}

/** Asks, and gives back in the order in which it was granted. */
class Flood {
  readonly budget: InFlightBudget
  readonly waiting = new Set<Hold>()
  readonly held: Hold[] = []
  readonly granted: [Hold, Grant][] = []
  nowMs = 0

  constructor(bounds: BudgetBounds) {
    this.budget = new InFlightBudget(bounds)
  }

  ask(hold: Hold): void {
    const note = (grant: Grant): void => {
      this.waiting.delete(hold)
      this.held.push(hold)
      this.granted.push([hold, grant])
    }
    this.waiting.add(hold)
    const asked = this.budget.acquire(hold, this.nowMs)
    if (asked instanceof Promise) void asked.then(note)
    else note(asked)
  }

  async releaseOne(): Promise<void> {
    const hold = this.held.shift()
    if (hold !== undefined) this.budget.release(hold, this.nowMs)
    else this.budget.look(this.nowMs)
    await settled()
  }
}

const anyBounds: fc.Arbitrary<BudgetBounds> = fc.record({
  maxDeliveries: fc.integer({ min: 1, max: 12 }),
  maxBytes: fc.integer({ min: 1, max: 60 }),
  maxParkedAtOnce: fc.integer({ min: 1, max: 12 }),
})
const anyHold: fc.Arbitrary<Hold> = fc.record({
  bytes: fc.integer({ min: 0, max: 80 }),
  kind: fc.constantFrom(...workKinds),
  accountId: fc.constantFrom('a', 'b', 'c'),
})
const small = fc.record({
  bytes: fc.integer({ min: 0, max: 3 }),
  kind: fc.constantFrom(...workKinds),
  accountId: fc.constantFrom('a', 'b'),
})

it('whoever waits is granted in the end, however large, though a flood of all the others never ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyBounds,
      anyHold,
      fc.array(small, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      async (bounds, victim, others, deep) => {
        const flood = new Flood(bounds)
        let next = 0
        // As many of each as there are partitions that read them: a flood is never out of records.
        const fill = (): void => {
          for (
            let count = 0;
            count < others.length * deep && flood.waiting.size < others.length * deep;
            count += 1
          ) {
            flood.ask({ ...others[next % others.length]! })
            next += 1
          }
        }
        fill()
        const asked = { ...victim }
        flood.ask(asked)
        for (let step = 0; step < 600 && flood.waiting.has(asked); step += 1) {
          flood.nowMs += 300
          await flood.releaseOne()
          fill()
        }
        expect(flood.waiting.has(asked)).toBe(false)
      },
    ),
    { numRuns: 300 },
  )
})

it('all who ask are granted once all that was granted is given back, and nothing is left then', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyBounds,
      fc.array(fc.oneof({ weight: 3, arbitrary: anyHold }, { weight: 2, arbitrary: fc.nat(2_500) }), {
        maxLength: 80,
      }),
      async (bounds, moves) => {
        const flood = new Flood(bounds)
        let asked = 0
        for (const move of moves) {
          if (typeof move === 'number') {
            flood.nowMs += move
            await flood.releaseOne()
          } else {
            asked += 1
            flood.ask({ ...move })
          }
          await settled()
          expect(flood.budget.waiting).toBe(flood.waiting.size)
        }
        for (let step = 0; step < 3 * asked && flood.granted.length < asked; step += 1)
          await flood.releaseOne()
        while (flood.held.length > 0) await flood.releaseOne()
        expect([flood.granted.length, flood.budget.deliveries, flood.budget.bytes]).toEqual([asked, 0, 0])
        expect(flood.budget.waiting).toBe(0)
      },
    ),
    { numRuns: 500 },
  )
})

it('an account is over its share only while room is scarce, it has a quarter of it, and another is about', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c') },
          { weight: 2, arbitrary: fc.constant('release' as const) },
          { weight: 1, arbitrary: fc.nat(15_000) },
        ),
        { maxLength: 120 },
      ),
      async (moves) => {
        const flood = new Flood({ maxDeliveries: 16, maxBytes: 1_000, maxParkedAtOnce: 16 })
        const askedAtMs = new Map<string, number>()
        for (const move of moves) {
          if (typeof move === 'number') flood.nowMs += move
          else if (move === 'release') await flood.releaseOne()
          else if (flood.held.length < 16) {
            const own = flood.held.filter(({ accountId }) => accountId === move).length
            const isAnotherAbout = [...askedAtMs].some(
              ([accountId, atMs]) => accountId !== move && flood.nowMs - atMs < 10_000,
            )
            const isOver = flood.held.length >= 12 && own >= 4 && isAnotherAbout
            askedAtMs.set(move, flood.nowMs)
            flood.ask({ bytes: 1, kind: 'start', accountId: move })
            expect(flood.granted.at(-1)?.[1]).toBe(isOver ? 'over_share' : 'granted')
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})
