// Webhook forms from files, each with where it stands, so that a fault in line 70,000 can be found.
// Invariant: an id stands once in an input; which of two versions would win is nobody's guess.
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import { faultText } from '../domain/webhook-fault.ts'
import { readWebhookForm } from '../domain/webhook-form.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import type { WebhookWarning } from '../domain/webhook-warnings.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { InputEntry } from './json-input.ts'
import { shownText } from './shown-text.ts'

/** One form of an input. `faults`: none for a valid one. */
export type FormReading = { readonly place: string } & (
  | {
      readonly kind: 'valid'
      readonly record: WebhookConfigRecord
      readonly webhook: Webhook
      readonly warnings: readonly WebhookWarning[]
    }
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }
)

/** Goes through the entries once; what it has given is not kept. */
export function* readForms(entries: Iterable<InputEntry>, rules: WebhookRules): Iterable<FormReading> {
  const places = new Map<string, string>()
  for (const entry of entries) {
    const { place } = entry
    if (entry.kind === 'unreadable') {
      yield { place, kind: 'invalid', faults: [{ path: '', rule: 'form', found: entry.fault, allowed: '' }] }
      continue
    }
    const reading = readWebhookForm(entry.value, rules)
    if (reading.kind === 'invalid') {
      yield { place, ...reading }
      continue
    }
    const { webhookId } = reading.webhook
    const earlier = places.get(webhookId)
    if (earlier === undefined) places.set(webhookId, place)
    yield earlier === undefined
      ? { place, ...reading }
      : { place, kind: 'invalid', faults: [repeatedId(earlier)] }
  }
}

/** `file:12: port is 0; allowed: a whole number from 1 to 65535`. */
export function placedFault(place: string, fault: WebhookFault): string {
  return shownText(`${place}: ${faultText(fault)}`)
}

/** `parameters[2].parameter is duration, which is known only when the call has ended`. */
export function warningText({ path, text }: WebhookWarning): string {
  return shownText(`${path} ${text}`.trim())
}

function repeatedId(earlier: string): WebhookFault {
  const found = `is that of ${earlier}`
  return { path: 'webhook_id', rule: 'repeated', found, allowed: 'each id once' }
}
