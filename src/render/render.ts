// delivery → HTTP request, or a reason why not.
// Invariant: values never reach scheme, host, port or path; the origin is the webhook's own, untouched.
import type { HttpRequest } from '../domain/attempt.ts'
import type { CallEvent } from '../domain/call-event.ts'
import { findParameter } from '../domain/parameter-catalogue.ts'
import type { ParameterValue } from '../domain/parameter-catalogue.ts'
import { sendable } from '../domain/sendable-text.ts'
import type { Webhook, WebhookParameter } from '../domain/webhook.ts'
import { jsonBody } from './json-body.ts'
import { isoSeconds } from './plain-text.ts'
import { queryString } from './query-string.ts'
import type { RenderedPair } from './rendered-pair.ts'
import { sensitiveTexts } from './sensitive-texts.ts'

export interface RenderOptions {
  readonly deliveryId: string
  /** From 1. */
  readonly attempt: number
  readonly userAgent: string
  /** Bytes of a GET's path and query; common servers refuse request lines over 8 KB. */
  readonly maxTargetBytes: number
  readonly maxBodyBytes: number
}

export type Rendering =
  | {
      readonly kind: 'request'
      readonly request: HttpRequest
      /** Every text that an answer's excerpt must not repeat. */
      readonly sensitive: readonly string[]
    }
  | { readonly kind: 'url_too_long' | 'body_too_large'; readonly bytes: number }

export function render(webhook: Webhook, event: CallEvent, options: RenderOptions): Rendering {
  const pairs = pairsOf(webhook, event)
  const headers: Record<string, string> = {
    'user-agent': options.userAgent,
    accept: '*/*',
    'accept-encoding': 'identity',
    'webhook-id': options.deliveryId,
    'webhook-attempt': String(options.attempt),
  }
  const { method, origin, path } = webhook
  const sensitive = sensitiveTexts(path, pairs)
  if (method === 'GET') {
    const query = queryString(pairs)
    const target = query === '' ? path : `${path}?${query}`
    // Percent-encoding left ASCII only, so characters are bytes.
    if (target.length > options.maxTargetBytes) return { kind: 'url_too_long', bytes: target.length }
    return { kind: 'request', request: { method, origin, target, headers, body: null }, sensitive }
  }
  const body = jsonBody(pairs)
  const bytes = Buffer.byteLength(body)
  if (bytes > options.maxBodyBytes) return { kind: 'body_too_large', bytes }
  headers['content-type'] = 'application/json'
  return { kind: 'request', request: { method, origin, target: path, headers, body }, sensitive }
}

function pairsOf(webhook: Webhook, event: CallEvent): readonly RenderedPair[] {
  const pairs = webhook.parameters.map((parameter) => ({
    name: sendable(parameter.name),
    value: valueOf(parameter, event),
  }))
  return webhook.missingValues === 'omit' ? pairs.filter(({ value }) => value !== null) : pairs
}

function valueOf({ source }: WebhookParameter, event: CallEvent): ParameterValue {
  if (source.kind === 'literal') return source.text
  const value = findParameter(source.parameter)?.value(event) ?? null
  // A time that no year of four digits can tell is not known, so that "left out" holds for it too.
  const isTime = typeof value === 'object' && value !== null && 'kind' in value
  return isTime && isoSeconds(value.ms) === null ? null : value
}
