// What all webhooks of one origin share: the way to it. Form builders and CRMs serve many clients under one host, so
// what one path answers says nothing about the others; only name lookup, connection and TLS do.
import type { Webhook } from '../domain/webhook.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { AttemptEnding } from './admission.ts'
import type { Lane } from './lane.ts'

/** How many results one fault counts for: five in a row close the way. */
const faultWeight = 3

export class OriginGate {
  readonly breaker = new CircuitBreaker()
  /** Lanes of it in which somebody waits. */
  readonly waitingLanes = new Set<Lane>()
  underWay = 0
  movedAtMs = Number.NEGATIVE_INFINITY

  get isIdle(): boolean {
    return this.underWay === 0 && this.waitingLanes.size === 0
  }

  /** A new gate would know as much. */
  isForgettable(nowMs: number): boolean {
    return this.isIdle && this.breaker.state(nowMs).kind === 'closed'
  }

  /** Answers whether its breaker opened or closed by this. `isProbe`: as the breaker said when the attempt began. */
  ended(
    { kind }: AttemptEnding,
    isProbe: boolean,
    nowMs: number,
    random: number,
  ): 'opened' | 'closed' | null {
    switch (kind) {
      case 'unreachable':
        return this.breaker.failed(nowMs, faultWeight, random, isProbe) ? 'opened' : null
      case 'none':
        this.breaker.cancelProbe(isProbe)
        return null
      case 'hung':
        // It may have been connected or not: that is no verdict on the way.
        this.breaker.cancelProbe(isProbe)
        return null
      case 'answered':
      case 'throttled':
      case 'failed':
        return this.breaker.succeeded(isProbe) ? 'closed' : null
    }
  }
}

/** What has a gate: where receivers are verified and where they are not, the way fails for different reasons. */
export function wayTo({ origin, tlsVerification }: Webhook): string {
  return tlsVerification === 'on' ? origin : `${origin} unverified`
}
