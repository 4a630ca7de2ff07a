// What of a webhook's requests is the same for every event, worked out once: names escaped, literals cleaned, catalogue
// entries found, closing headers and signing keys made.
// Invariant: a plan says nothing that its webhook does not; a webhook never changes, a new version is a new one.
import type { KeyObject } from 'node:crypto'
import { findParameter } from '../domain/parameter-catalogue.ts'
import type { ParameterName, ParameterValue } from '../domain/parameter-catalogue.ts'
import type { CallEvent } from '../domain/call-event.ts'
import type { ContentType, Webhook, WebhookParameter } from '../domain/webhook.ts'
import type { CleanValue, Encoder } from './encoder.ts'
import { formEncoder } from './form-encoder.ts'
import { isoTime } from './iso-time.ts'
import { jsonEncoder } from './json-encoder.ts'
import { multipartEncoder } from './multipart-encoder.ts'
import { queryEncoder } from './query-encoder.ts'
import { closingHeaders } from './request-headers.ts'
import { signingKey } from './signature.ts'
import { textEncoder } from './text-encoder.ts'
import { xmlEncoder } from './xml-encoder.ts'

/** What of a value may be cut where a target is too long: nothing, its end, or all of it. */
export type Cuttable = 'never' | 'text' | 'url'

export interface PlannedPair {
  readonly lead: string
  /** Null for a literal. */
  readonly parameter: ParameterName | null
  readonly cuttable: Cuttable
  /** Null: not known in this event. */
  readonly value: (event: CallEvent) => CleanValue
}

export interface WebhookPlan {
  readonly encoder: Encoder
  readonly pairs: readonly PlannedPair[]
  readonly closingHeaders: readonly string[]
  readonly signingKeys: readonly KeyObject[]
}

const plans = new WeakMap<Webhook, WebhookPlan>()

/** Kept for as long as the table keeps the webhook. */
export function planOf(webhook: Webhook): WebhookPlan {
  const known = plans.get(webhook)
  if (known !== undefined) return known
  const encoder = webhook.contentType === null ? queryEncoder : encoderOf(webhook.contentType)
  const plan = {
    encoder,
    pairs: webhook.parameters.map((parameter) => plannedPair(parameter, encoder, webhook.timeZone)),
    closingHeaders: closingHeaders(webhook),
    signingKeys: webhook.signingSecrets.map(signingKey),
  }
  plans.set(webhook, plan)
  return plan
}

function encoderOf(contentType: ContentType): Encoder {
  switch (contentType) {
    case 'application/json':
      return jsonEncoder
    case 'application/x-www-form-urlencoded':
      return formEncoder
    case 'multipart/form-data':
      return multipartEncoder
    case 'application/xml':
    case 'text/xml':
      return xmlEncoder
    case 'text/plain':
      return textEncoder
  }
}

function plannedPair(
  { name, source }: WebhookParameter,
  { clean, lead }: Encoder,
  timeZone: string | null,
): PlannedPair {
  const written = lead(clean(name))
  if (source.kind === 'literal') {
    const text = clean(source.text)
    return { lead: written, parameter: null, cuttable: 'never', value: () => text }
  }
  const parameter = findParameter(source.parameter)
  const type = parameter?.type
  return {
    lead: written,
    parameter: source.parameter,
    cuttable: type === 'text' || type === 'url' ? type : 'never',
    value: (event) => cleanValue(parameter?.value(event) ?? null, clean, timeZone),
  }
}

/** A time that cannot be told is not known, so that "left out" holds for it too. */
function cleanValue(
  value: ParameterValue,
  clean: (text: string) => string,
  timeZone: string | null,
): CleanValue {
  if (typeof value === 'string') return clean(value)
  if (value === null || typeof value !== 'object') return value
  return 'kind' in value ? isoTime(value.ms, timeZone) : value.map(clean)
}
