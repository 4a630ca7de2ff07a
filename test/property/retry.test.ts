import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { AttemptResult, TransportFailure } from '../../src/domain/attempt.ts'
import { fullJitter } from '../../src/retry/backoff.ts'
import { judge } from '../../src/retry/judgement.ts'
import { nextStep } from '../../src/retry/next-step.ts'

const anyChance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

it('full jitter lies between zero and its doubling bound, and reaches both ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 60_000 }),
      anyChance,
      (attempt, baseMs, chance) => {
        const bound = baseMs * 2 ** (attempt - 1)
        const waitMs = fullJitter(attempt, baseMs, chance)
        expect(Number.isInteger(waitMs)).toBe(true)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(Math.max(0, bound - 1))
        expect(fullJitter(attempt, baseMs, 0)).toBe(0)
      },
    ),
    { numRuns: 1_000 },
  )
})

const failures: readonly TransportFailure[] = [
  ...(['dns', 'connect', 'tls', 'reset', 'connect_timeout', 'total_timeout', 'protocol_error'] as const),
  ...(['response_too_large', 'interrupted'] as const),
]
const anyResult: fc.Arbitrary<AttemptResult> = fc
  .record({
    totalMs: fc.nat(2_000),
    answer: fc.oneof(fc.constantFrom(...failures), fc.integer({ min: 100, max: 999 })),
  })
  .map(({ totalMs, answer }) => {
    const timings = { connectMs: null, firstByteMs: null, totalMs }
    return typeof answer === 'number'
      ? { kind: 'answered', statusCode: answer, redirectOrigin: null, excerpt: null, timings }
      : { kind: 'unanswered', failure: answer, detail: '', timings }
  })
const policy = { retried: ['408', '425', '429', '5xx'], mended: ['3xx', '404'], quickFailureWithinMs: 1_000 }

it('a delivery makes at most one try more than quick tries are allowed, each begun within the window', () => {
  fc.assert(
    fc.property(
      fc.record({ quickTries: fc.nat(4), quickWaitMs: fc.nat(2_000), quickWindowMs: fc.nat(10_000) }),
      fc.array(fc.tuple(anyResult, anyChance), { minLength: 8, maxLength: 8 }),
      (bounds, tries) => {
        let sinceFirstMs = 0
        let attempts = 0
        for (const [result, chance] of tries) {
          attempts += 1
          if (attempts > 1) expect(sinceFirstMs).toBeLessThanOrEqual(bounds.quickWindowMs)
          sinceFirstMs += result.timings.totalMs
          const step = nextStep(judge(result, policy), { attempts, sinceFirstMs }, bounds, chance)
          const { kind } = step
          if (result.kind === 'answered' && result.statusCode >= 200 && result.statusCode < 300) {
            expect(kind).toBe('delivered')
          } else expect(kind).not.toBe('delivered')
          if (step.kind !== 'try_again') break
          expect(step.waitMs).toBeLessThan(Math.max(1, bounds.quickWaitMs * 2 ** (attempts - 1)))
          sinceFirstMs += step.waitMs
        }
        expect(attempts).toBeLessThanOrEqual(bounds.quickTries + 1)
      },
    ),
    { numRuns: 1_000 },
  )
})
