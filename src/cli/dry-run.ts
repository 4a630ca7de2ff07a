// What a webhook's requests would be: rendered as a worker renders a first attempt, shown as they would stand on the
// wire, and not sent.
import type { CallEvent } from '../domain/call-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'
import { render } from '../render/render.ts'
import { systemClock } from '../runtime/clock.ts'
import { deliverySettingsOf } from '../settings/delivery-settings.ts'
import type { Settings } from '../settings/schema.ts'
import type { EventChoice } from './event-choice.ts'
import type { RequestText, Secrets } from '../render/request-text.ts'
import { requestText } from '../render/request-text.ts'
import { eventWarnings, refusalText, requestWarnings } from './request-warnings.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { chosenTrial } from './trial.ts'
import type { WebhookChoice } from './webhook-choice.ts'
import { webhookWarnings } from './webhook-choice.ts'

export interface DryRunChoice extends WebhookChoice, EventChoice {
  readonly json?: true
  readonly showSecrets?: true
}

/** Exit code 1 where there is nothing to show, with the reason. */
export async function dryRun(
  settings: Settings,
  choice: DryRunChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const trial = await chosenTrial(settings, choice, terminal)
  if (trial === null) return 1
  const { webhook, events } = trial
  const secrets = choice.showSecrets === true ? 'shown' : 'masked'
  const rendered = events.map((event) => renderedOf(webhook, event, { settings, secrets }))
  const warnings = webhookWarnings(webhook)
  if (choice.json === true) terminal.out(document(webhook, rendered, warnings))
  else print(rendered, warnings, terminal)
  return rendered.some(({ request }) => request !== null) ? 0 : 1
}

interface Rendered {
  readonly event: CallEvent
  /** Null where there can be none; the reason then is among the warnings. */
  readonly request: RequestText | null
  readonly warnings: readonly string[]
}

function renderedOf(
  webhook: Webhook,
  event: CallEvent,
  { settings, secrets }: { readonly settings: Settings; readonly secrets: Secrets },
): Rendered {
  const rendering = render(webhook, event, {
    ...deliverySettingsOf(settings),
    deliveryId: deliveryIdOf(event.event_id, webhook.webhookId),
    attempt: 1,
    nowMs: systemClock.nowMs(),
    purpose: 'delivery',
  })
  const warnings = eventWarnings(webhook, event)
  if (rendering.kind !== 'request') {
    return { event, request: null, warnings: [refusalText(rendering), ...warnings] }
  }
  return {
    event,
    request: requestText(rendering.request, webhook, secrets),
    warnings: [...requestWarnings(rendering), ...warnings],
  }
}

function print(rendered: readonly Rendered[], warnings: readonly string[], terminal: Terminal): void {
  for (const { event, request, warnings: own } of rendered) {
    if (request !== null) {
      terminal.out(`# ${event.event_type}`)
      for (const line of [request.line, ...request.headers, '']) terminal.out(line)
      if (request.body !== null) terminal.out(request.body)
      terminal.out('')
    }
    for (const warning of own) terminal.err(`warning: ${event.event_type}: ${warning}`)
  }
  for (const warning of warnings) terminal.err(`warning: ${warning}`)
}

function document(webhook: Webhook, rendered: readonly Rendered[], warnings: readonly string[]): string {
  const requests = rendered.map(({ event, request, warnings: own }) => ({
    event_type: event.event_type,
    event_id: event.event_id,
    request_line: request?.line ?? null,
    headers: request?.headers ?? [],
    body: request?.body ?? null,
    warnings: own,
  }))
  return JSON.stringify(
    { webhook_id: webhook.webhookId, origin: webhook.origin, warnings, requests },
    null,
    2,
  )
}
