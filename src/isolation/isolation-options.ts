// What bounds all lanes together, and what is told of them.
import type { OverallLimits } from './shares.ts'

export interface IsolationBounds extends OverallLimits {
  /** Milliseconds that a delivery waits in the process for room in its lane. */
  readonly maxWaitMs: number
  /** Deliveries that wait so, over all lanes. */
  readonly maxWaiting: number
  /** Attempts under way for more than two seconds, beyond which only proven receivers get new ones. */
  readonly maxOldAttempts: number
  /** Webhooks, and origins, of which something is remembered. */
  readonly maxLanes: number
}

export interface BreakerChange {
  readonly of: 'webhook' | 'origin'
  /** The webhook's id, or the origin. */
  readonly name: string
  readonly change: 'opened' | 'closed'
}

export interface IsolationOptions {
  readonly bounds: IsolationBounds
  /** 0 ≤ x < 1. */
  random(): number
  changed(change: BreakerChange): void
}
