import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { InFlightBudget } from '../../src/progress/in-flight-budget.ts'
import { OffsetTracker, type TakenOffset } from '../../src/progress/offset-tracker.ts'

/** Lets everything that was granted say so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const anyStep = fc.oneof(
  // Holes are wide, as a compacted topic and transaction markers leave them.
  fc.record({ kind: fc.constant('take' as const), hole: fc.oneof(fc.constant(0), fc.nat(500)) }),
  fc.record({ kind: fc.constant('finish' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('read_again' as const), back: fc.nat(600) }),
)

it('the committable offset is that of the first unfinished record, never goes back, and ends behind the last', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 150 }),
      fc.bigInt({ min: 0n, max: 2n ** 62n }),
      (steps, first) => {
        const tracker = new OffsetTracker()
        const open = new Map<bigint, TakenOffset>()
        let last: bigint | null = null
        let next = first
        let committed = -1n
        const finish = (offset: bigint | undefined): void => {
          const taken = offset === undefined ? undefined : open.get(offset)
          if (offset === undefined || taken === undefined) return
          tracker.finish(taken)
          tracker.finish(taken)
          open.delete(offset)
        }
        const check = (): void => {
          const committable = tracker.committable()
          if (last === null) return expect(committable).toBeNull()
          let expected = last + 1n
          for (const offset of open.keys()) if (offset < expected) expected = offset
          expect(committable).toBe(expected)
          expect(expected >= committed).toBe(true)
          committed = expected
        }
        for (const step of steps) {
          switch (step.kind) {
            case 'take': {
              const offset = next + BigInt(step.hole)
              if (last === null || offset > last) {
                expect(tracker.isTaken(offset)).toBe(false)
                open.set(offset, tracker.take(offset))
                last = offset
              } else {
                expect(tracker.isTaken(offset)).toBe(true)
                expect(() => tracker.take(offset)).toThrow(RangeError)
              }
              next = offset + 1n
              break
            }
            case 'finish':
              finish([...open.keys()][step.which % Math.max(1, open.size)])
              break
            case 'read_again':
              next = next - BigInt(step.back) < first ? first : next - BigInt(step.back)
              break
          }
          check()
        }
        for (const offset of [...open.keys()].toReversed()) finish(offset)
        check()
      },
    ),
    { numRuns: 400 },
  )
})

it('the budget stays within its bounds but for one that is too large alone, and grants in turn', async () => {
  const maxDeliveries = 4
  const maxBytes = 100
  const anyMove = fc.oneof(fc.integer({ min: 0, max: 150 }), fc.constant('release' as const))
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { maxLength: 60 }), async (moves) => {
      const budget = new InFlightBudget({ maxDeliveries, maxBytes })
      const granted: { readonly turn: number; readonly bytes: number }[] = []
      const inFlight: number[] = []
      let turn = 0
      const check = (): void => {
        const bytes = inFlight.reduce((sum, of) => sum + of, 0)
        expect([budget.deliveries, budget.bytes]).toEqual([inFlight.length, bytes])
        expect(budget.deliveries).toBeLessThanOrEqual(maxDeliveries)
        if (budget.deliveries > 1) expect(budget.bytes).toBeLessThanOrEqual(maxBytes)
        expect(granted.map((grant) => grant.turn)).toEqual(granted.map((_, index) => index))
        expect(budget.waiting).toBe(turn - granted.length)
      }
      const release = async (): Promise<void> => {
        const bytes = inFlight.shift()
        if (bytes !== undefined) budget.release(bytes)
        await settled()
      }
      for (const move of moves) {
        if (move === 'release') await release()
        else {
          const grant = { turn, bytes: move }
          turn += 1
          const note = (): void => {
            granted.push(grant)
            inFlight.push(grant.bytes)
          }
          const wait = budget.acquire(move)
          if (wait === null) note()
          else void wait.then(note)
        }
        check()
      }
      while (inFlight.length > 0) {
        await release()
        check()
      }
      expect([granted.length, budget.deliveries, budget.bytes, budget.waiting]).toEqual([turn, 0, 0, 0])
    }),
    { numRuns: 150 },
  )
})
