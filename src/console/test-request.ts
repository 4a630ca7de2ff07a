// Test requests: sent as a delivery's first attempt would be, but marked, and told of instead of recorded.
// Invariants: ids begin with `test-`, the header `webhook-test: 1` is there, and no outcome is written; an answer's
// text is kept for a success only, and masked: else a test would tell whoever aims it what stands behind an address.
import { randomUUID } from 'node:crypto'
import type { AttemptResult } from '../domain/attempt.ts'
import type { CallEvent, EventType } from '../domain/call-event.ts'
import type { CallId, EventId } from '../domain/ids.ts'
import { sampleEvent } from '../domain/sample-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'
import type { Clock, HttpSender } from '../ports.ts'
import { maskExcerpt, withMaskedRedirect } from '../render/mask.ts'
import { render } from '../render/render.ts'
import type { Rendering } from '../render/render.ts'
import { reasonOfStatus } from '../retry/judgement.ts'
import type { deliverySettingsOf } from '../settings/delivery-settings.ts'

export interface TestOptions {
  readonly sender: HttpSender
  readonly settings: ReturnType<typeof deliverySettingsOf>
  readonly clock: Clock
}

export interface TestTry {
  readonly event: CallEvent
  readonly rendering: Rendering
  /** Null where there was nothing to send. */
  readonly result: AttemptResult | null
  /** Masked; null where excerpts are off, or nothing printable was answered, or it was no success. */
  readonly excerpt: string | null
}

/** Events of one call, under ids that nobody takes for a call's. */
export function asTestEvents(events: readonly CallEvent[]): readonly CallEvent[] {
  const callId = testId()
  return events.map((event) => asTestEvent(event, callId))
}

function asTestEvent(event: CallEvent, callId: string): CallEvent {
  return { ...event, call_id: callId as CallId, event_id: testId() as EventId }
}

function testId(): string {
  return `test-${randomUUID()}`
}

export async function sendTestRequest(
  webhook: Webhook,
  event: CallEvent,
  { sender, settings, clock }: TestOptions,
): Promise<TestTry> {
  const { limits, excerpts, ...rendered } = settings
  const rendering = render(webhook, event, {
    ...rendered,
    deliveryId: `test-${deliveryIdOf(event.event_id, webhook.webhookId)}`,
    attempt: 1,
    nowMs: clock.nowMs(),
    purpose: 'test',
  })
  if (rendering.kind !== 'request') return { event, rendering, result: null, excerpt: null }
  const totalTimeoutMs = webhook.totalTimeoutMs ?? limits.totalTimeoutMs
  const { signal } = new AbortController()
  const answer = await sender.send(rendering.request, { ...limits, totalTimeoutMs }, signal)
  const result = withMaskedRedirect(answer, webhook, rendering.sensitive)
  const shown = excerpts && result.kind === 'answered' && isSuccess(result) ? result.excerpt : null
  return { event, rendering, result, excerpt: maskExcerpt(shown, rendering.sensitive()) }
}

export function isSuccess(result: AttemptResult): boolean {
  return result.kind === 'answered' && reasonOfStatus(result.statusCode) === 'ok'
}

/** What a test tells over the network. */
export interface TestAnswer {
  readonly event_type: EventType
  readonly delivered: boolean
  readonly status_code: number | null
  /** `unreachable`, whatever is wrong with the address: the differences would map a network for whoever asks. */
  readonly reason: 'ok' | 'http_status' | 'redirect' | 'unreachable' | 'url_too_long' | 'body_too_large'
  readonly redirect_origin: string | null
  /** Null where nothing was answered: how long a refusal took would tell which one it was. */
  readonly total_ms: number | null
  readonly excerpt: string | null
}

/** Sends the catalogue's example of an event, and tells what came back. */
export async function answerOfTest(
  webhook: Webhook,
  type: EventType,
  options: TestOptions,
): Promise<TestAnswer> {
  const event = asTestEvent(sampleEvent(type, webhook.accountId), testId())
  const { rendering, result, excerpt } = await sendTestRequest(webhook, event, options)
  const nothing = {
    event_type: type,
    delivered: false,
    status_code: null,
    redirect_origin: null,
    excerpt: null,
  }
  if (result === null) {
    return {
      ...nothing,
      reason: rendering.kind === 'request' ? 'unreachable' : rendering.kind,
      total_ms: null,
    }
  }
  if (result.kind === 'unanswered') return { ...nothing, reason: 'unreachable', total_ms: null }
  const { statusCode, redirectOrigin } = result
  const reason = reasonOfStatus(statusCode)
  return {
    event_type: type,
    delivered: reason === 'ok',
    status_code: statusCode,
    reason,
    redirect_origin: redirectOrigin,
    total_ms: Math.round(result.timings.totalMs),
    excerpt,
  }
}
