// One attempt, from its request to what its result says: of the delivery, and of the receiver's lane.
import type { AttemptResult } from '../domain/attempt.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { AttemptEnding } from '../isolation/admission.ts'
import type { Rendering } from '../render/render.ts'
import { judge } from '../retry/judgement.ts'
import type { Judgement } from '../retry/judgement.ts'
import { retryAfterMs } from '../retry/retry-after.ts'
import { endingOf } from './attempt-ending.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import { requestOf } from './request-of.ts'
import { sendTraced } from './traced-attempt.ts'

type Rendered = Extract<Rendering, { readonly kind: 'request' }>

/** Why there is no request. */
export type Refusal = Exclude<Rendering, Rendered>

export interface BegunAttempt {
  readonly kind: 'begun'
  readonly webhook: Webhook
  readonly rendering: Rendered
  /** Monotonic milliseconds. */
  readonly begunAtMs: number
  /** `key`: of the pause that came before it left, if one did; known when the result is. */
  readonly pausedBy: { readonly key: string | null }
  /** Never rejects. */
  readonly result: Promise<AttemptResult>
}

/** `number`: from 1. `cut`: ends it early. */
export function beginAttempt(
  delivery: Delivery,
  webhook: Webhook,
  number: number,
  cut: AbortSignal,
  world: DeliveryWorld,
): BegunAttempt | Refusal {
  const { clock, settings, gate, pauses } = world
  const rendering = requestOf(delivery, webhook, number, world)
  if (rendering.kind !== 'request') return rendering
  const begunAtMs = clock.monotonicMs()
  const pausedBy: { key: string | null } = { key: null }
  // While the connection is being opened a pause may come, or the process be frozen until others have its partitions.
  const mayLeave = (): boolean => (pausedBy.key = pauses.pausing(webhook)) === null && gate.isOpen
  const { totalTimeoutMs } = settings.limits
  const terms = { ...settings.limits, totalTimeoutMs: webhook.totalTimeoutMs ?? totalTimeoutMs, mayLeave }
  const result = sendTraced({ request: rendering.request, number, trace: delivery.trace }, terms, cut, world)
  return { kind: 'begun', webhook, rendering, begunAtMs, pausedBy, result }
}

export interface Judged {
  readonly judgement: Judgement
  /** Milliseconds for which the receiver asked to be left alone; null: it did not. */
  readonly waitMs: number | null
  /** What its lane is told. */
  readonly ending: AttemptEnding
}

export function judged(result: AttemptResult, { clock, settings }: DeliveryWorld): Judged {
  const judgement = judge(result, settings.statuses)
  const waitMs = result.kind === 'answered' ? retryAfterMs(result.retryAfter, clock.nowMs()) : null
  return { judgement, waitMs, ending: endingOf(result, judgement, waitMs) }
}
