// Where a delivery waits that its receiver cannot take now. Behind a receiver that is only full it waits as long as the
// backlog should take, and no longer the next time; behind one that asked to be left alone, as long as it asked; behind
// one that fails or hangs the waits grow, because nobody knows how long that will last.
// Invariant: what ends a delivery is its receiver's wait, never the growth of ours: a guess is cut to what is left.
import type { Deferral } from './admission.ts'

export interface DeferralFacts {
  /** Times that the delivery was deferred before. */
  readonly deferrals: number
  /** Epoch milliseconds. */
  readonly expiresAtMs: number
  /** Delays of the retry topics, without the one that does not wait; rising, never empty. */
  readonly delaysMs: readonly number[]
  /** Those of them for deliveries that wait for room; rising, never empty. */
  readonly roomDelaysMs: readonly number[]
  /** Epoch milliseconds. */
  readonly nowMs: number
}

export type DeferralPlan =
  | {
      readonly kind: 'park'
      readonly delayMs: number
      /** Epoch milliseconds. */
      readonly dueAtMs: number
      /** Epoch milliseconds at which it is to be taken, before the delay is over; null: when it is. */
      readonly expectedAtMs: number | null
    }
  /** It would be due past its horizon. */
  | { readonly kind: 'over' }

export function planDeferral(deferral: Deferral, facts: DeferralFacts): DeferralPlan {
  const { nowMs, expiresAtMs } = facts
  const delayMs = delayFor(deferral, facts)
  const expectedAtMs = deferral.kind === 'full' ? nowMs + Math.min(deferral.waitMs, delayMs) : null
  const dueAtMs = expectedAtMs ?? nowMs + delayMs
  return dueAtMs > expiresAtMs ? { kind: 'over' } : { kind: 'park', delayMs, dueAtMs, expectedAtMs }
}

export interface PauseFacts extends Pick<DeferralFacts, 'expiresAtMs' | 'nowMs'> {
  /** Of the retry topic for what the operator paused. */
  readonly delayMs: number
}

/**
 * Where a delivery waits that the operator paused: until the pause is over, which nobody knows, or its horizon, at which
 * it is taken to end. It is never given up for a wait that may be over any moment.
 */
export function planPause({
  expiresAtMs,
  delayMs,
  nowMs,
}: PauseFacts): Omit<Extract<DeferralPlan, { kind: 'park' }>, 'kind'> {
  const isLast = expiresAtMs <= nowMs + delayMs
  return {
    delayMs,
    dueAtMs: isLast ? expiresAtMs : nowMs + delayMs,
    expectedAtMs: isLast ? expiresAtMs : null,
  }
}

function delayFor({ kind, waitMs }: Deferral, facts: DeferralFacts): number {
  const { deferrals, delaysMs, roomDelaysMs } = facts
  switch (kind) {
    case 'full':
      return covering(roomDelaysMs, waitMs)
    case 'paused':
      return aboutAsLong(delaysMs, waitMs)
    case 'closed': {
      const leastMs = aboutAsLong(delaysMs, waitMs)
      const grownMs = delaysMs[Math.min(deferrals, delaysMs.length - 1)] ?? 0
      const leftMs = facts.expiresAtMs - facts.nowMs
      const inTimeMs = delaysMs.findLast((delayMs) => delayMs <= Math.min(grownMs, leftMs)) ?? 0
      return Math.max(leastMs, inTimeMs)
    }
  }
}

/** The shortest delay that is no shorter than the wait; the longest where none is. */
function covering(delaysMs: readonly number[], waitMs: number): number {
  return delaysMs.find((delayMs) => delayMs >= waitMs) ?? delaysMs.at(-1) ?? 0
}

/** The shortest delay that covers half of the wait at least: coming too early costs one more deferral, no attempt. */
function aboutAsLong(delaysMs: readonly number[], waitMs: number): number {
  return covering(delaysMs, waitMs / 2)
}
