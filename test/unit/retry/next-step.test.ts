import { describe, expect, it } from '@jest/globals'
import type { Judgement } from '../../../src/retry/judgement.ts'
import { nextStep, type NextStep } from '../../../src/retry/next-step.ts'

const bounds = { quickTries: 2, quickWaitMs: 200, quickWindowMs: 5_000 }
const fault = { reason: 'connect', faultOwner: 'network' } as const
const quick: Judgement = { kind: 'retryable', quick: true, ...fault }

function after(attempts: number, sinceFirstMs: number, random = 0.5, judgement = quick): NextStep {
  return nextStep(judgement, { attempts, sinceFirstMs }, bounds, random)
}

describe('after a failure that showed at once', () => {
  it('tries again twice, after a wait drawn from a range that doubles', () => {
    expect(after(1, 10)).toEqual({ kind: 'try_again', waitMs: 100 })
    expect(after(2, 110)).toEqual({ kind: 'try_again', waitMs: 200 })
    expect(after(3, 310)).toEqual({ kind: 'failed' })
  })

  it('does not where the try would begin outside the window', () => {
    expect(after(1, 4_900)).toEqual({ kind: 'try_again', waitMs: 100 })
    expect(after(1, 4_901)).toEqual({ kind: 'failed' })
    expect(after(1, 5_000, 0)).toEqual({ kind: 'try_again', waitMs: 0 })
    expect(after(1, 5_001, 0)).toEqual({ kind: 'failed' })
  })

  it('does not where quick tries are turned off', () => {
    const off = { ...bounds, quickTries: 0 }
    expect(nextStep(quick, { attempts: 1, sinceFirstMs: 0 }, off, 0)).toEqual({ kind: 'failed' })
  })
})

describe('after anything else', () => {
  it.each<[string, Judgement, NextStep]>([
    ['a delivery', { kind: 'delivered' }, { kind: 'delivered' }],
    ['a slow failure', { kind: 'retryable', quick: false, ...fault }, { kind: 'failed' }],
    ['what the client must mend', { kind: 'mended_by_client', ...fault }, { kind: 'failed' }],
    ['a refusal', { kind: 'refused', ...fault }, { kind: 'failed' }],
    ['an interruption', { kind: 'interrupted' }, { kind: 'leave' }],
  ])('does not try again: %s', (_what, judgement, step) => {
    expect(after(1, 0, 0, judgement)).toEqual(step)
  })
})
