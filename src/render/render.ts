// delivery → HTTP request, or a reason why not: values, then their encoder, then headers and signatures.
// Invariants: values never reach scheme, host, port or path; the origin is the webhook's own, untouched. What a request
// costs is bounded by the event's own size, however often a webhook names a value: 200 times a text of a megabyte is more
// than a string can hold.
import type { HttpRequest } from '../domain/attempt.ts'
import type { CallEvent } from '../domain/call-event.ts'
import type { ParameterName } from '../domain/parameter-catalogue.ts'
import type { ContentType, Webhook } from '../domain/webhook.ts'
import { textUnits } from './encoder.ts'
import type { CleanValue } from './encoder.ts'
import { fitQuery } from './fit-query.ts'
import type { EventPair } from './fit-query.ts'
import { openingHeaders } from './request-headers.ts'
import { sensitiveTexts } from './sensitive-texts.ts'
import { signedBy } from './signature.ts'
import { planOf } from './webhook-plan.ts'
import type { WebhookPlan } from './webhook-plan.ts'

export interface RenderOptions {
  readonly deliveryId: string
  /** From 1. */
  readonly attempt: number
  readonly userAgent: string
  /** Bytes of a GET's path and query; common servers refuse request lines over 8 KB. */
  readonly maxTargetBytes: number
  readonly maxBodyBytes: number
  /** Epoch milliseconds at which the attempt begins: the time that a signature carries. */
  readonly nowMs: number
  /** A test says so in a header of its own; its ids begin with `test-`. */
  readonly purpose: 'delivery' | 'test'
}

export type Rendering =
  | {
      readonly kind: 'request'
      readonly request: HttpRequest
      /** The call parameters whose values were shortened or left empty to keep the target within its limit. */
      readonly cutValues: readonly ParameterName[]
      /** Every text that an answer's excerpt must not repeat; computed when asked, for most answers are not kept. */
      readonly sensitive: () => readonly string[]
    }
  | Refusal

/**
 * `bytes`: of the target after all that may be cut, or of the body, which is never cut. Of what is far beyond its limit,
 * the least that it would be.
 */
interface Refusal {
  readonly kind: 'url_too_long' | 'body_too_large'
  readonly bytes: number
}

/** The same arguments give the same request; no value of an event makes it throw. */
export function render(webhook: Webhook, event: CallEvent, options: RenderOptions): Rendering {
  const plan = planOf(webhook)
  const pairs = pairsOf(webhook, plan, event)
  const content =
    webhook.contentType === null
      ? queryOf(webhook, plan, pairs, options)
      : bodyOf(webhook, plan, pairs, options, webhook.contentType)
  if (content.kind !== 'content') return content
  const { target, body, contentType, cutValues } = content
  const { deliveryId } = options
  const { method, origin, tlsVerification } = webhook
  const signed = signedBy(plan.signingKeys, {
    id: deliveryId,
    nowMs: options.nowMs,
    payload: body ?? `GET.${target}`,
  })
  const headers = openingHeaders({ ...options, contentType, signed })
  headers.push(...plan.closingHeaders)
  return {
    kind: 'request',
    request: { method, origin, tlsVerification, target, headers, body },
    cutValues,
    sensitive: () => sensitiveTexts(webhook, [...pairs, ...content.pairs]),
  }
}

/** Where the pairs went. */
interface Content {
  readonly kind: 'content'
  readonly target: string
  readonly body: string | null
  readonly contentType: string | null
  /** As they were sent. */
  readonly pairs: readonly EventPair[]
  readonly cutValues: readonly ParameterName[]
}

/** Of characters; a longer value is made fit for sending once, and not for each parameter that names it. */
const longValue = 1_000

function pairsOf({ missingValues }: Webhook, plan: WebhookPlan, event: CallEvent): readonly EventPair[] {
  let long: Map<ParameterName, CleanValue> | null = null
  const pairs = plan.pairs.map((planned) => {
    const { lead, parameter } = planned
    const before = parameter === null ? undefined : long?.get(parameter)
    const value = before === undefined ? planned.value(event) : before
    if (before === undefined && parameter !== null && textUnits(value) > longValue)
      long = (long ?? new Map<ParameterName, CleanValue>()).set(parameter, value)
    return { lead, value, planned }
  })
  return missingValues === 'omit' ? pairs.filter(({ value }) => value !== null) : pairs
}

/** What the pairs' values come to at least. */
function sumOfUnits(pairs: readonly EventPair[]): number {
  let units = 0
  for (const { value } of pairs) units += textUnits(value)
  return units
}

/** Percent-encoding leaves ASCII only, so characters are bytes. */
function queryOf(
  { path, missingValues }: Webhook,
  { encoder }: WebhookPlan,
  pairs: readonly EventPair[],
  { deliveryId, maxTargetBytes }: RenderOptions,
): Content | Refusal {
  const asQuery = (sent: readonly EventPair[], cutValues: readonly ParameterName[]): Content => {
    const query = encoder.write(sent, deliveryId).text
    const target = query === '' ? path : `${path}?${query}`
    return { kind: 'content', target, body: null, contentType: null, pairs: sent, cutValues }
  }
  if (sumOfUnits(pairs) <= maxTargetBytes) {
    const uncut = asQuery(pairs, [])
    if (uncut.target.length <= maxTargetBytes) return uncut
  }
  const fit = fitQuery(pairs, { bytes: maxTargetBytes - path.length, missingValues })
  if (fit.kind === 'too_long') return { kind: 'url_too_long', bytes: path.length + fit.bytes }
  return asQuery(fit.pairs, fit.cutValues)
}

function bodyOf(
  { path }: Webhook,
  { encoder }: WebhookPlan,
  pairs: readonly EventPair[],
  { deliveryId, maxBodyBytes }: RenderOptions,
  contentType: ContentType,
): Content | Refusal {
  // What is only too large is counted; what is many times too large is not written first.
  const least = sumOfUnits(pairs)
  if (least > 4 * maxBodyBytes) return { kind: 'body_too_large', bytes: least }
  const { text: body, typeParameters } = encoder.write(pairs, deliveryId)
  // A UTF-16 unit takes three bytes at most, so that few bodies have to be counted.
  const bytes = body.length * 3 > maxBodyBytes ? Buffer.byteLength(body) : 0
  if (bytes > maxBodyBytes) return { kind: 'body_too_large', bytes }
  const fullType = contentType + typeParameters
  return { kind: 'content', target: path, body, contentType: fullType, pairs, cutValues: [] }
}
