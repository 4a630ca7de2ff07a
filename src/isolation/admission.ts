// What a delivery asks of its receiver's lane, and what it is told.
import type { Webhook } from '../domain/webhook.ts'

/** Who goes first where not all can: a call's start drives a screen, its end is bookkeeping, a repeat is late already. */
export type Urgency = 'start' | 'end' | 'parked'

export const urgencies: readonly Urgency[] = ['start', 'end', 'parked']

export interface Asked {
  readonly webhook: Webhook
  readonly urgency: Urgency
  /** `at_once`: it is let in now or not at all. `not_now`: its account has its share of the process: not at all. */
  readonly patience: 'may_wait' | 'at_once' | 'not_now'
  /** A new event: part of the load that the receiver is used to. */
  readonly isOffered: boolean
}

export type DeferralReason = 'lane_full' | 'rate_limited' | 'breaker_open' | 'retry_after'

/**
 * Why an attempt may not begin. `closed`: the lane is open or hangs, and nobody can say for how long it will be; `waitMs`
 * is the least. `paused`: the receiver asked to be left alone for `waitMs`. `full`: it is well and has no room; it should
 * have after about `waitMs`.
 */
export interface Deferral {
  readonly kind: 'closed' | 'paused' | 'full'
  readonly reason: DeferralReason
  readonly waitMs: number
}

export function closed(reason: DeferralReason, waitMs: number): Deferral {
  return { kind: 'closed', reason, waitMs }
}

/** How long it will take is worked out only where somebody is sent away. */
export function full(reason: DeferralReason): Deferral {
  return { kind: 'full', reason, waitMs: 0 }
}

/** The right to begin one attempt. Exactly one of the two is called, once. */
export interface Permit {
  end(ending: AttemptEnding, nowMs: number): void
  /** Nothing was begun. */
  cancel(nowMs: number): void
}

export type Admission =
  { readonly kind: 'go'; readonly permit: Permit } | { readonly kind: 'defer'; readonly deferral: Deferral }

/** What an attempt tells of its receiver. */
export interface AttemptEnding {
  /**
   * `answered`: with anything that shows a receiver at work, refusals included. `throttled`: it says that this is too
   * much. `failed`: it answers that it cannot, or breaks off. `hung`: no answer in time. `unreachable`: name lookup,
   * connection or TLS failed, which all webhooks of the origin share. `none`: cut by this process.
   */
  readonly kind: 'answered' | 'throttled' | 'failed' | 'hung' | 'unreachable' | 'none'
  readonly latencyMs: number
  /** Milliseconds for which the receiver asked to be left alone; null: it did not. */
  readonly retryAfterMs: number | null
}
