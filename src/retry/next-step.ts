// After an attempt: try again now, or end. Quick tries cure the hiccup that is over in a second (a connection
// refused during a restart, a gateway's 502); everything slower must not hold a place in the process.
import type { Judgement } from './judgement.ts'
import { fullJitter } from './backoff.ts'

export interface QuickTryBounds {
  /** Quick tries after the first attempt; 0 turns them off. */
  readonly quickTries: number
  /** Milliseconds below which the wait before the first quick try is drawn; doubles with each. */
  readonly quickWaitMs: number
  /** Milliseconds after the first attempt's begin within which a quick try must begin. */
  readonly quickWindowMs: number
}

export interface AttemptHistory {
  /** Attempts begun so far, this one included. */
  readonly attempts: number
  /** Milliseconds since the first one began. */
  readonly sinceFirstMs: number
}

export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'try_again'; readonly waitMs: number }
  | { readonly kind: 'failed' }
  /** Nothing is written: the event stays uncommitted and is delivered by whoever reads it next. */
  | { readonly kind: 'leave' }

/** `random`: 0 ≤ x < 1. */
export function nextStep(
  judgement: Judgement,
  history: AttemptHistory,
  bounds: QuickTryBounds,
  random: number,
): NextStep {
  switch (judgement.kind) {
    case 'delivered':
      return { kind: 'delivered' }
    case 'interrupted':
      return { kind: 'leave' }
    case 'mended_by_client':
    case 'refused':
      return { kind: 'failed' }
    case 'retryable': {
      const waitMs = fullJitter(history.attempts, bounds.quickWaitMs, random)
      const inTime = history.sinceFirstMs + waitMs <= bounds.quickWindowMs
      if (judgement.quick && history.attempts <= bounds.quickTries && inTime)
        return { kind: 'try_again', waitMs }
      return { kind: 'failed' }
    }
  }
}
