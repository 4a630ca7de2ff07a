import { describe, expect, it } from '@jest/globals'
import type { Judgement } from '../../../src/retry/judgement.ts'
import { nextStep } from '../../../src/retry/next-step.ts'
import type { AttemptHistory, NextStep, RetryPolicy } from '../../../src/retry/next-step.ts'

type Failure = Exclude<Judgement, { readonly kind: 'delivered' | 'blocked' | 'withheld' }>

const policy: RetryPolicy = {
  quickTries: 2,
  quickWaitMs: 200,
  quickWindowMs: 5_000,
  scheduleMs: [5_000, 30_000, 1_800_000],
  delaysMs: [5_000, 30_000, 120_000, 1_800_000],
  roomDelaysMs: [120_000],
  mendedAfterMs: 1_800_000,
}
const fault = { reason: 'connect', faultOwner: 'network' } as const
const quick: Failure = { kind: 'retryable', quick: true, ...fault }
const slow: Failure = { kind: 'retryable', quick: false, ...fault }
const mended: Failure = { kind: 'mended_by_client', ...fault }
const nowMs = 1_700_000_000_000
const first: AttemptHistory = {
  attempts: 1,
  sinceFirstMs: 10,
  round: 'first',
  backoffStep: 0,
  retryAfterMs: null,
  nowMs,
  expiresAtMs: nowMs + 86_400_000,
}

interface Given {
  readonly random?: number
  readonly policy?: Partial<RetryPolicy>
  /** Quick tries that the lane's budget has left. */
  readonly budget?: number
}

function after(judgement: Failure, history: Partial<AttemptHistory> = {}, given: Given = {}): NextStep {
  let left = given.budget ?? 10
  return nextStep(
    judgement,
    { ...first, ...history },
    { ...policy, ...given.policy },
    { random: () => given.random ?? 0.5, spendQuickTry: () => (left -= 1) >= 0 },
  )
}

const parked = (delayMs: number, backoffStep: number): NextStep => ({
  kind: 'park',
  delayMs,
  dueAtMs: nowMs + delayMs,
  notBeforeMs: null,
  backoffStep,
})

describe('after a failure that showed at once', () => {
  it('tries again twice, after a wait drawn from a range that doubles, then parks', () => {
    expect(after(quick, { attempts: 1, sinceFirstMs: 10 })).toEqual({ kind: 'try_again', waitMs: 100 })
    expect(after(quick, { attempts: 2, sinceFirstMs: 110 })).toEqual({ kind: 'try_again', waitMs: 200 })
    expect(after(quick, { attempts: 3, sinceFirstMs: 310 })).toEqual(parked(5_000, 1))
  })

  it('does not where the try would begin outside the window', () => {
    expect(after(quick, { sinceFirstMs: 4_900 })).toEqual({ kind: 'try_again', waitMs: 100 })
    expect(after(quick, { sinceFirstMs: 4_901 })).toEqual(parked(5_000, 1))
    expect(after(quick, { sinceFirstMs: 5_000 }, { random: 0 })).toEqual({ kind: 'try_again', waitMs: 0 })
    expect(after(quick, { sinceFirstMs: 5_001 }, { random: 0 })).toEqual(parked(5_000, 1))
  })

  it.each<[string, Partial<AttemptHistory>, Given]>([
    ['quick tries are turned off', {}, { policy: { quickTries: 0 } }],
    ['the lane has none left', {}, { budget: 0 }],
    ['it was parked before', { round: 'resumed' }, {}],
    ['the receiver asked for time', { retryAfterMs: 1_000 }, {}],
  ])('does not where %s', (_where, history, given) => {
    expect(after(quick, history, given)).toEqual(parked(5_000, 1))
  })

  it.each<[string, Failure, Partial<AttemptHistory>]>([
    ['is outside the window', quick, { sinceFirstMs: 5_001 }],
    ['is one too many', quick, { attempts: 3 }],
    ['follows a slow failure', slow, {}],
  ])('spends nothing of the budget on a try that %s', (_which, judgement, history) => {
    const spendQuickTry = (): boolean => {
      throw new Error('the budget was asked')
    }
    const step = nextStep(judgement, { ...first, ...history }, policy, { random: () => 0.5, spendQuickTry })
    expect(step.kind).toBe('park')
  })
})

describe('after anything else', () => {
  it.each<[string, Failure, NextStep]>([
    ['a slow failure', slow, parked(5_000, 1)],
    ['what the client must mend', mended, parked(1_800_000, 3)],
    ['a refusal', { kind: 'refused', ...fault }, { kind: 'failed' }],
    ['an interruption', { kind: 'interrupted' }, parked(5_000, 0)],
  ])('does not try again at once: %s', (_what, judgement, step) => {
    expect(after(judgement, { sinceFirstMs: 0 }, { random: 0 })).toEqual(step)
  })
})

describe('what is parked', () => {
  it.each([
    [0, 5_000],
    [1, 30_000],
    [2, 1_800_000],
    [3, 1_800_000],
    [90, 1_800_000],
  ])('waits at step %d of the schedule for %d ms, the last one again and again', (backoffStep, delayMs) => {
    expect(after(slow, { round: 'resumed', backoffStep })).toEqual(parked(delayMs, backoffStep + 1))
  })

  it('goes on from where it had come when it was interrupted', () => {
    expect(after({ kind: 'interrupted' }, { round: 'resumed', backoffStep: 2 })).toEqual(parked(5_000, 2))
  })

  it.each([
    ['within the horizon to the millisecond', 5_000, parked(5_000, 1)],
    ['past the horizon: it has failed', 4_999, { kind: 'failed' }],
  ])('would be due %s', (_when, leftMs, step) => {
    expect(after(slow, { expiresAtMs: nowMs + leftMs })).toEqual(step)
  })
})

describe('what the client must mend', () => {
  it.each([
    [0, 3],
    [2, 3],
    [5, 6],
  ])('waits at step %d for no less than it should', (backoffStep, next) => {
    expect(after(mended, { backoffStep })).toEqual(parked(1_800_000, next))
  })

  it('has failed where that is past the horizon, or no wait is so long', () => {
    expect(after(mended, { expiresAtMs: nowMs + 600_000 })).toEqual({ kind: 'failed' })
    expect(after(mended, {}, { policy: { mendedAfterMs: 1_800_001 } })).toEqual({ kind: 'failed' })
  })
})

describe('a receiver that asks for time', () => {
  it.each([
    ['less than the schedule', 4_000, 5_000, null],
    ['less than the schedule, but more than its jitter may leave of it', 4_501, 5_000, 5_000],
    ['just what the schedule has', 5_000, 5_000, 5_000],
    ['more than the schedule', 29_999, 5_000, 29_999],
    ['what another topic has', 120_000, 120_000, 120_000],
    ['more than any topic', 7_200_000, 1_800_000, 7_200_000],
  ])('gets it where it is %s', (_what, retryAfterMs, delayMs, notBeforeMs) => {
    expect(after(slow, { retryAfterMs })).toEqual({
      kind: 'park',
      delayMs,
      dueAtMs: nowMs + (notBeforeMs ?? delayMs),
      notBeforeMs: notBeforeMs === null ? null : nowMs + notBeforeMs,
      backoffStep: 1,
    })
  })

  it('past the horizon gets no other try', () => {
    expect(after(slow, { retryAfterMs: 60_001, expiresAtMs: nowMs + 60_000 })).toEqual({ kind: 'failed' })
    expect(after(slow, { retryAfterMs: 60_000, expiresAtMs: nowMs + 60_000 }).kind).toBe('park')
  })
})

describe('a delivery that fails again and again', () => {
  it('waits six times longer and longer, then every eight hours, until its horizon', () => {
    const scheduleMs = [5_000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000]
    const expiresAtMs = nowMs + 86_400_000
    const waits: number[] = []
    let [backoffStep, atMs] = [0, nowMs]
    for (;;) {
      const history = { round: 'resumed' as const, backoffStep, nowMs: atMs, expiresAtMs }
      const step = after(slow, history, { policy: { scheduleMs, delaysMs: scheduleMs } })
      if (step.kind !== 'park') {
        expect(step).toEqual({ kind: 'failed' })
        break
      }
      waits.push(step.dueAtMs - atMs)
      ;[backoffStep, atMs] = [step.backoffStep, step.dueAtMs]
    }
    expect(waits).toEqual([...scheduleMs, 28_800_000])
  })

  it('keeps its place in the schedule through interruptions, quick tries and deferrals between', () => {
    const interrupted = after({ kind: 'interrupted' }, { round: 'resumed', backoffStep: 1 })
    expect(interrupted).toEqual(parked(5_000, 1))
    expect(after(quick, { backoffStep: 1 })).toEqual({ kind: 'try_again', waitMs: 100 })
    expect(after(quick, { backoffStep: 1, attempts: 3 })).toEqual(parked(30_000, 2))
  })

  it('has failed where its interruption would let it be due past its horizon', () => {
    expect(after({ kind: 'interrupted' }, { expiresAtMs: nowMs + 4_999 })).toEqual({ kind: 'failed' })
  })
})
