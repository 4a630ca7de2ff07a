// The request of one attempt, or why there can be none: the renderer, told what a delivery and this process are.
import type { Delivery } from '../domain/delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Rendering } from '../render/render.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import { renderTraced } from './traced-attempt.ts'

/** `attempt`: from 1. */
export function requestOf(
  delivery: Delivery,
  webhook: Webhook,
  attempt: number,
  { clock, settings, tracer }: Pick<DeliveryWorld, 'clock' | 'settings' | 'tracer'>,
): Rendering {
  const { userAgent, maxTargetBytes, maxBodyBytes } = settings
  const by = { userAgent, maxTargetBytes, maxBodyBytes, nowMs: clock.nowMs() }
  return renderTraced(webhook, delivery, tracer, { attempt, ...by, purpose: 'delivery' })
}
