// What `render` and `send-test` try out: a webhook, and the call events to try it on.
import type { CallEvent } from '../domain/call-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Settings } from '../settings/schema.ts'
import { chosenEvents } from './event-choice.ts'
import type { EventChoice } from './event-choice.ts'
import type { Terminal } from './terminal.ts'
import { chosenWebhook, refused } from './webhook-choice.ts'
import type { Choice, WebhookChoice } from './webhook-choice.ts'

export interface Trial {
  readonly webhook: Webhook
  /** At least one. */
  readonly events: readonly CallEvent[]
}

/** Null where there is none; then the reasons stand on the error stream. */
export async function chosenTrial(
  settings: Settings,
  choice: WebhookChoice & EventChoice,
  terminal: Terminal,
): Promise<Trial | null> {
  const trial = await choose(settings, choice, terminal)
  if (trial.kind === 'chosen') return trial.value
  for (const line of trial.lines) terminal.err(line)
  return null
}

async function choose(
  settings: Settings,
  choice: WebhookChoice & EventChoice,
  terminal: Terminal,
): Promise<Choice<Trial>> {
  if (choice.webhook === '-' && choice.event === '-') {
    return refused('the standard input holds the webhook or the event; name a file for the other')
  }
  const webhook = await chosenWebhook(settings, choice, terminal)
  if (webhook.kind === 'refused') return webhook
  const events = await chosenEvents(settings, choice, { webhook: webhook.value, terminal })
  if (events.kind === 'refused') return events
  return { kind: 'chosen', value: { webhook: webhook.value, events: events.value } }
}
