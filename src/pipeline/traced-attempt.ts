// Rendering and sending as parts of a trace.
// Invariant: what a receiver is told of the trace names the attempt itself, so that what it does in turn stands under it.
import type { AttemptResult, AttemptTerms, HttpRequest } from '../domain/attempt.ts'
import type { Delivery } from '../domain/delivery.ts'
import { traceHeaders } from '../domain/trace-context.ts'
import type { TraceContext } from '../domain/trace-context.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Tracer } from '../ports.ts'
import { render } from '../render/render.ts'
import type { Rendering, RenderOptions } from '../render/render.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import { endedWith } from './ended-span.ts'

export function renderTraced(
  webhook: Webhook,
  { deliveryId, event, trace }: Delivery,
  tracer: Tracer,
  options: Omit<RenderOptions, 'deliveryId'>,
): Rendering {
  const span = tracer.begin({ kind: 'rendering' }, trace)
  const rendering = render(webhook, event, { ...options, deliveryId })
  span.end(rendering.kind === 'request' ? { kind: 'done' } : { kind: 'failed', reason: rendering.kind })
  return rendering
}

export interface TracedAttempt {
  readonly request: HttpRequest
  /** From 1. */
  readonly number: number
  /** Of the delivery. */
  readonly trace: TraceContext | null
}

/** As HttpSender.send. No webhook has headers of these names: they are reserved. */
export function sendTraced(
  { request, number, trace }: TracedAttempt,
  terms: AttemptTerms,
  signal: AbortSignal,
  { sender, tracer, settings }: DeliveryWorld,
): Promise<AttemptResult> {
  const { method, origin } = request
  const span = tracer.begin({ kind: 'attempt', method, origin, attempt: number }, trace)
  const told = traceHeaders(span.context, settings.tracePropagation)
  const sent = told.length === 0 ? request : { ...request, headers: [...request.headers, ...told] }
  return endedWith(span, sender.send(sent, terms, signal), (result) => ({ kind: 'attempted', result }))
}
