// One line of the tables beside: what differs from the ordinary webhook and from an ordinary event.
import type { WebhookForm } from '../../../../src/domain/webhook-form.ts'

export interface GoldenCase {
  /** Unique; begins a section of the golden file. */
  readonly title: string
  /** What to look at, where the title does not say it. */
  readonly note?: string
  readonly webhook: Partial<WebhookForm>
  readonly event: EventDifferences
  readonly sent?: SentDifferences
}

export interface EventDifferences {
  /** Of which ordinary event: the start of an answered call, or its end. */
  readonly of: 'call_start' | 'call_end'
  /** Fields of the event; times in ISO 8601. */
  readonly [field: string]: unknown
}

export interface SentDifferences {
  readonly attempt?: number
  readonly purpose?: 'delivery' | 'test'
  readonly deliveryId?: string
  readonly maxTargetBytes?: number
  readonly maxBodyBytes?: number
}

type FormParameter = WebhookForm['parameters'][number]

/** `name=parameter`, or a parameter under its own name. */
export function pairs(...texts: readonly string[]): readonly FormParameter[] {
  return texts.map((text) => {
    const at = text.lastIndexOf('=')
    return { name: text.slice(0, Math.max(at, 0)) || text, parameter: text.slice(at + 1) }
  })
}

/** Names with fixed texts. */
export function literals(
  ...texts: readonly (readonly [name: string, literal: string])[]
): readonly FormParameter[] {
  return texts.map(([name, literal]) => ({ name, literal }))
}

/** A POST of that content type. */
export function post(content_type: string): Partial<WebhookForm> {
  return { method: 'POST', content_type }
}

export const start: EventDifferences = { of: 'call_start' }
export const end: EventDifferences = { of: 'call_end' }

/** All that a webhook can be sent as: a GET, and a POST of each content type. */
export const ways: readonly (readonly [name: string, webhook: Partial<WebhookForm>])[] = [
  ['GET', {}],
  ['JSON', post('application/json')],
  ['form', post('application/x-www-form-urlencoded')],
  ['multipart', post('multipart/form-data')],
  ['application/xml', post('application/xml')],
  ['text/xml', post('text/xml')],
  ['text/plain', post('text/plain')],
]
