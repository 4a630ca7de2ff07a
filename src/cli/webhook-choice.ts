// Which webhook to try out: from a form in a file, or the one that stands in the topic. Nothing else is sent or shown
// than what the worker would take: an invalid one is refused with its faults.
import { Option } from 'commander'
import type { WebhookId } from '../domain/ids.ts'
import { faultText } from '../domain/webhook-fault.ts'
import { warningsOf } from '../domain/webhook-warnings.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Settings } from '../settings/schema.ts'
import { readJsonInput } from './json-input.ts'
import { rulesFor } from './operator-rules.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'
import { placedFault, readForms, warningText } from './webhook-forms.ts'

export interface WebhookChoice {
  readonly webhook?: string
  readonly webhookId?: string
}

/** A value, or why there is none: a line for each reason. */
export type Choice<Value> =
  | { readonly kind: 'chosen'; readonly value: Value }
  | { readonly kind: 'refused'; readonly lines: readonly string[] }

export function webhookOptions(): readonly Option[] {
  return [
    new Option('--webhook <file>', 'JSON file with a webhook form; - is the standard input').conflicts(
      'webhookId',
    ),
    new Option('--webhook-id <id>', 'the webhook of the topic that has this webhook_id'),
  ]
}

export async function chosenWebhook(
  settings: Settings,
  choice: WebhookChoice,
  terminal: Terminal,
): Promise<Choice<Webhook>> {
  if (choice.webhook !== undefined) return webhookOfFile(choice.webhook, settings, terminal)
  if (choice.webhookId !== undefined) return webhookOfTopic(choice.webhookId, settings)
  return refused('name a webhook with --webhook or --webhook-id')
}

async function webhookOfFile(file: string, settings: Settings, terminal: Terminal): Promise<Choice<Webhook>> {
  const input = await readJsonInput(file, terminal)
  const readings = [...readForms(input.kind === 'entries' ? input.entries() : [input], rulesFor(settings))]
  const [reading] = readings
  if (reading === undefined || readings.length > 1) {
    return refused(`${file}: holds ${readings.length} webhooks; allowed: one`)
  }
  if (reading.kind === 'valid') return { kind: 'chosen', value: reading.webhook }
  return refused(...reading.faults.map((fault) => placedFault(reading.place, fault)))
}

async function webhookOfTopic(id: string, settings: Settings): Promise<Choice<Webhook>> {
  const { storedWebhooks } = await import('./stored-webhooks.ts')
  const stored = await storedWebhooks(
    settings,
    (webhookId) => webhookId === id,
    ({ entry }) => entry,
  )
  const entry = stored.get(id as WebhookId)
  if (entry === undefined) return refused(shownText(`${settings.topics.webhooks.name}: no webhook ${id}`))
  if (entry.kind === 'valid') return { kind: 'chosen', value: entry.webhook }
  return refused(...entry.faults.map((fault) => shownText(`${id}: ${faultText(fault)}`)))
}

/** What a person should know of a webhook before it is used, a line each. */
export function webhookWarnings(webhook: Webhook): readonly string[] {
  const lines = warningsOf(webhook).map(warningText)
  return webhook.enabled ? lines : ['the webhook is disabled: it matches no event', ...lines]
}

export function refused<Value>(...lines: readonly string[]): Choice<Value> {
  return { kind: 'refused', lines }
}
