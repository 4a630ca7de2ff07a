import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { AttemptResult, TransportFailure } from '../../src/domain/attempt.ts'
import { fullJitter } from '../../src/retry/backoff.ts'
import { judge } from '../../src/retry/judgement.ts'
import type { Judgement } from '../../src/retry/judgement.ts'
import { nextStep } from '../../src/retry/next-step.ts'
import type { RetryPolicy } from '../../src/retry/next-step.ts'

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
  ...(['response_too_large', 'proxy', 'address_denied', 'interrupted'] as const),
]
const anyResult: fc.Arbitrary<AttemptResult> = fc
  .record({
    totalMs: fc.nat(2_000),
    answer: fc.oneof(fc.constantFrom(...failures), fc.integer({ min: 100, max: 999 })),
  })
  .map(({ totalMs, answer }) => {
    const timings = { connectMs: null, firstByteMs: null, totalMs }
    return typeof answer === 'number'
      ? {
          kind: 'answered',
          statusCode: answer,
          redirectOrigin: null,
          retryAfter: null,
          excerpt: null,
          timings,
        }
      : { kind: 'unanswered', failure: answer, detail: '', timings }
  })
const statuses = {
  retried: ['408', '425', '429', '5xx'],
  mended: ['3xx', '404'],
  quickFailureWithinMs: 1_000,
}

type Over = Extract<Judgement, { readonly kind: 'delivered' | 'blocked' | 'withheld' }>

/** There is no next step. */
function isOver(judgement: Judgement): judgement is Over {
  return ['delivered', 'blocked', 'withheld'].includes(judgement.kind)
}

const anyDelays = fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 6 })
const anyPolicy: fc.Arbitrary<RetryPolicy> = fc
  .record({
    quickTries: fc.nat(4),
    quickWaitMs: fc.nat(2_000),
    quickWindowMs: fc.nat(10_000),
    mendedAfterMs: fc.integer({ min: 1, max: 120_000 }),
    schedule: anyDelays,
    others: anyDelays,
  })
  .map(({ schedule, others, ...bounds }) => ({
    ...bounds,
    scheduleMs: schedule.toSorted((a, b) => a - b),
    roomDelaysMs: others.toSorted((a, b) => a - b),
    delaysMs: [...new Set([...schedule, ...others])].sort((a, b) => a - b),
  }))
const anyRetryAfter = fc.option(fc.integer({ min: 1, max: 200_000 }), { freq: 2 })
const anyTry = fc.record({ result: anyResult, chance: anyChance, retryAfterMs: anyRetryAfter })

it('a delivery makes at most one try more than quick tries are allowed, each begun within the window', () => {
  fc.assert(
    fc.property(anyPolicy, fc.array(anyTry, { minLength: 8, maxLength: 8 }), (policy, tries) => {
      let sinceFirstMs = 0
      let attempts = 0
      for (const { result, chance, retryAfterMs } of tries) {
        attempts += 1
        if (attempts > 1) expect(sinceFirstMs).toBeLessThanOrEqual(policy.quickWindowMs)
        sinceFirstMs += result.timings.totalMs
        const judgement = judge(result, statuses)
        const isSuccess = result.kind === 'answered' && Math.floor(result.statusCode / 100) === 2
        expect(judgement.kind === 'delivered').toBe(isSuccess)
        if (isOver(judgement)) break
        const history = { attempts, sinceFirstMs, round: 'first', backoffStep: 0, retryAfterMs } as const
        const chances = { random: () => chance, spendQuickTry: () => true }
        const step = nextStep(judgement, { ...history, nowMs: 0, expiresAtMs: 1e9 }, policy, chances)
        if (step.kind !== 'try_again') break
        expect(retryAfterMs).toBeNull()
        expect(step.waitMs).toBeLessThan(Math.max(1, policy.quickWaitMs * 2 ** (attempts - 1)))
        sinceFirstMs += step.waitMs
      }
      expect(attempts).toBeLessThanOrEqual(policy.quickTries + 1)
    }),
    { numRuns: 1_000 },
  )
})

it('what is parked is due within the horizon, no sooner than the receiver asked, in a topic that there is', () => {
  const anyHistory = fc.record({
    attempts: fc.integer({ min: 1, max: 6 }),
    sinceFirstMs: fc.nat(20_000),
    round: fc.constantFrom('first' as const, 'resumed' as const),
    backoffStep: fc.nat(20),
    retryAfterMs: anyRetryAfter,
    nowMs: fc.nat(1_000_000),
    leftMs: fc.integer({ min: -10, max: 300_000 }),
  })
  fc.assert(
    fc.property(
      anyPolicy,
      anyTry,
      anyHistory,
      fc.boolean(),
      (policy, { result, chance }, given, hasTries) => {
        const judgement = judge(result, statuses)
        if (isOver(judgement)) return
        const { leftMs, ...rest } = given
        const history = { ...rest, expiresAtMs: rest.nowMs + leftMs }
        const chances = { random: () => chance, spendQuickTry: () => hasTries }
        const step = nextStep(judgement, history, policy, chances)
        if (step.kind !== 'park') return
        expect(judgement.kind).not.toBe('refused')
        expect(policy.delaysMs).toContain(step.delayMs)
        expect(step.dueAtMs).toBeLessThanOrEqual(history.expiresAtMs)
        expect(step.dueAtMs).toBeGreaterThanOrEqual(history.nowMs + (history.retryAfterMs ?? 0))
        expect(step.notBeforeMs ?? step.dueAtMs).toBe(step.dueAtMs)
        if (step.notBeforeMs === null) expect(step.dueAtMs).toBe(history.nowMs + step.delayMs)
        if (judgement.kind === 'mended_by_client') {
          expect(step.dueAtMs - history.nowMs).toBeGreaterThanOrEqual(policy.mendedAfterMs)
        }
        expect(step.backoffStep).toBeGreaterThanOrEqual(history.backoffStep)
      },
    ),
    { numRuns: 2_000 },
  )
})

it('whatever a receiver answers, every delivery ends', () => {
  fc.assert(
    fc.property(anyPolicy, fc.infiniteStream(anyTry), fc.nat(1_000_000), (policy, tries, horizonMs) => {
      let nowMs = 0
      let backoffStep = 0
      let parkings = 0
      for (const { result, chance, retryAfterMs } of tries) {
        nowMs += result.timings.totalMs
        const judgement = judge(result, statuses)
        if (isOver(judgement)) break
        const round = parkings === 0 ? ('first' as const) : ('resumed' as const)
        const history = { attempts: 9, sinceFirstMs: 0, round, backoffStep, retryAfterMs }
        const chances = { random: () => chance, spendQuickTry: () => true }
        const step = nextStep(judgement, { ...history, nowMs, expiresAtMs: horizonMs }, policy, chances)
        if (step.kind !== 'park') break
        parkings += 1
        nowMs = step.dueAtMs
        ;({ backoffStep } = step)
      }
      expect(parkings * (policy.scheduleMs[0] ?? 0)).toBeLessThanOrEqual(horizonMs)
    }),
    { numRuns: 300 },
  )
})
