import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { InFlightBudget, workKinds } from '../../src/progress/in-flight-budget.ts'
import type { Hold } from '../../src/progress/in-flight-budget.ts'
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
                open.set(offset, tracker.take(offset, 0))
                last = offset
              } else {
                expect(tracker.isTaken(offset)).toBe(true)
                expect(() => tracker.take(offset, 0)).toThrow(RangeError)
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

it('the budget stays within its bounds but for one that is too large alone, and grants each kind in turn', async () => {
  const maxDeliveries = 4
  const maxBytes = 100
  const anyHold = fc.record({
    bytes: fc.integer({ min: 0, max: 150 }),
    kind: fc.constantFrom(...workKinds),
    accountId: fc.constantFrom('a', 'b'),
  })
  const anyMove = fc.oneof(anyHold, fc.constant('release' as const))
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { maxLength: 60 }), async (moves) => {
      const budget = new InFlightBudget({ maxDeliveries, maxBytes, maxParkedAtOnce: 1_000 })
      const asked: Hold[] = []
      const granted: Hold[] = []
      const inFlight: Hold[] = []
      let nowMs = 0
      const check = (): void => {
        const bytesOf = (holds: readonly Hold[]): number => holds.reduce((sum, { bytes }) => sum + bytes, 0)
        expect([budget.deliveries, budget.bytes]).toEqual([inFlight.length, bytesOf(inFlight)])
        expect(budget.deliveries).toBeLessThanOrEqual(maxDeliveries)
        if (budget.deliveries > 1) expect(budget.bytes).toBeLessThanOrEqual(maxBytes)
        const parked = inFlight.filter(({ kind }) => kind === 'parked')
        expect(parked.length).toBeLessThanOrEqual(maxDeliveries / 2)
        if (parked.length > 1) expect(bytesOf(parked)).toBeLessThanOrEqual(maxBytes / 2)
        for (const kind of workKinds) {
          const inTurn = asked.filter((hold) => hold.kind === kind)
          const grantedOf = granted.filter((hold) => hold.kind === kind)
          expect(grantedOf).toEqual(inTurn.slice(0, grantedOf.length))
        }
        expect(budget.waiting).toBe(asked.length - granted.length)
      }
      const release = async (): Promise<void> => {
        const hold = inFlight.shift()
        if (hold !== undefined) budget.release(hold, nowMs)
        await settled()
      }
      for (const move of moves) {
        nowMs += 1_000
        if (move === 'release') await release()
        else {
          asked.push(move)
          const note = (): void => {
            granted.push(move)
            inFlight.push(move)
          }
          const grant = budget.acquire(move, nowMs)
          if (grant instanceof Promise) void grant.then(note)
          else note()
        }
        check()
      }
      while (inFlight.length > 0) {
        await release()
        check()
      }
      expect([granted.length, budget.deliveries, budget.bytes, budget.waiting]).toEqual([
        asked.length,
        0,
        0,
        0,
      ])
    }),
    { numRuns: 300 },
  )
})
