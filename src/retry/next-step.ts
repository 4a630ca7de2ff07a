// After an attempt: try again now, wait in a retry topic, or end. Quick tries cure the hiccup that is over in a second (a
// connection refused during a restart, a gateway's 502); everything slower must not hold a place in the process.
// Invariant: nothing waits past its horizon: what would be due later ends now.
import { largestDelayWithin } from '../domain/retry-delays.ts'
import { fullJitter } from './backoff.ts'
import { earliestDueMs } from './due-time.ts'
import type { Judgement } from './judgement.ts'

export interface QuickTryBounds {
  /** Quick tries after the first attempt; 0 turns them off. */
  readonly quickTries: number
  /** Milliseconds below which the wait before the first quick try is drawn; doubles with each. */
  readonly quickWaitMs: number
  /** Milliseconds after the first attempt's begin within which a quick try must begin. */
  readonly quickWindowMs: number
}

export interface RetryPolicy extends QuickTryBounds {
  /** The delays after one failed attempt after the other, in milliseconds; rising, never empty; the last one repeats. */
  readonly scheduleMs: readonly number[]
  /** Every delay that there is a topic for, but the one that does not wait; rising. */
  readonly delaysMs: readonly number[]
  /** Those of them for deliveries that wait for room at a receiver that is only full; rising, never empty. */
  readonly roomDelaysMs: readonly number[]
  /** What the client has to mend is tried again after no less than this. */
  readonly mendedAfterMs: number
}

export interface AttemptHistory {
  /** Attempts begun since this process took the delivery, the one judged included. */
  readonly attempts: number
  /** Milliseconds since the first of them began. */
  readonly sinceFirstMs: number
  /** `resumed`: it was parked before, and its waits are the schedule's. */
  readonly round: 'first' | 'resumed'
  readonly backoffStep: number
  /** What the receiver asked for with its answer; null: nothing. */
  readonly retryAfterMs: number | null
  /** Epoch milliseconds, both. */
  readonly nowMs: number
  readonly expiresAtMs: number
}

export interface Chances {
  /** 0 ≤ x < 1. */
  random(): number
  /** Whether the lane's retry budget has one more quick try; it is spent then. */
  spendQuickTry(): boolean
}

export type NextStep =
  | { readonly kind: 'try_again'; readonly waitMs: number }
  | {
      readonly kind: 'park'
      readonly delayMs: number
      /** Epoch milliseconds. */
      readonly dueAtMs: number
      /** Where the delay alone could bring it back too early; null: the delay decides. */
      readonly notBeforeMs: number | null
      /** For the failed attempt after this one. */
      readonly backoffStep: number
    }
  | { readonly kind: 'failed' }

export function nextStep(
  judgement: Exclude<Judgement, { readonly kind: 'delivered' | 'blocked' | 'withheld' }>,
  history: AttemptHistory,
  policy: RetryPolicy,
  chances: Chances,
): NextStep {
  switch (judgement.kind) {
    case 'refused':
      return { kind: 'failed' }
    case 'interrupted':
      return park(0, history.backoffStep, history, policy)
    case 'mended_by_client': {
      const first = policy.scheduleMs.findIndex((delayMs) => delayMs >= policy.mendedAfterMs)
      if (first === -1) return { kind: 'failed' }
      const step = Math.max(first, history.backoffStep)
      return park(step, step + 1, history, policy)
    }
    case 'retryable':
      return (
        quickTry(judgement.quick, history, policy, chances) ??
        park(history.backoffStep, history.backoffStep + 1, history, policy)
      )
  }
}

function quickTry(
  isQuick: boolean,
  { attempts, sinceFirstMs, round, retryAfterMs }: AttemptHistory,
  { quickTries, quickWaitMs, quickWindowMs }: RetryPolicy,
  { random, spendQuickTry }: Chances,
): NextStep | null {
  if (!isQuick || round === 'resumed' || retryAfterMs !== null || attempts > quickTries) return null
  const waitMs = fullJitter(attempts, quickWaitMs, random())
  return sinceFirstMs + waitMs <= quickWindowMs && spendQuickTry() ? { kind: 'try_again', waitMs } : null
}

function park(
  step: number,
  backoffStep: number,
  { retryAfterMs, nowMs, expiresAtMs }: AttemptHistory,
  { scheduleMs, delaysMs }: RetryPolicy,
): NextStep {
  const ownMs = scheduleMs[Math.min(step, scheduleMs.length - 1)] ?? 0
  const waitMs = Math.max(ownMs, retryAfterMs ?? 0)
  const dueAtMs = nowMs + waitMs
  if (dueAtMs > expiresAtMs) return { kind: 'failed' }
  if (waitMs === ownMs) {
    // The topic's jitter must not bring it back before the receiver wants it.
    const notBeforeMs = (retryAfterMs ?? 0) > earliestDueMs(ownMs) ? dueAtMs : null
    return { kind: 'park', delayMs: ownMs, dueAtMs, notBeforeMs, backoffStep }
  }
  return {
    kind: 'park',
    delayMs: largestDelayWithin(delaysMs, waitMs),
    dueAtMs,
    notBeforeMs: dueAtMs,
    backoffStep,
  }
}
