// `send-test` at work: the test requests are sent one after the other, as a call's events come, and told of.
// Invariant: at most one for each event type, and no outcome is written.
import type { CallEvent } from '../domain/call-event.ts'
import { mask } from '../domain/webhook-rules.ts'
import type { Webhook } from '../domain/webhook.ts'
import { asTestEvents, isSuccess, sendTestRequest } from '../console/test-request.ts'
import type { TestTry } from '../console/test-request.ts'
import { createHttpSender } from '../http/http-sender.ts'
import { requestText } from '../render/request-text.ts'
import type { RequestText } from '../render/request-text.ts'
import { systemClock } from '../runtime/clock.ts'
import { deliverySettingsOf } from '../settings/delivery-settings.ts'
import { readHttpAccess } from '../settings/http-access.ts'
import type { Settings } from '../settings/schema.ts'
import type { EventChoice } from './event-choice.ts'
import { refusalText } from './request-warnings.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { answerLines } from './test-answer.ts'
import { chosenTrial } from './trial.ts'
import type { WebhookChoice } from './webhook-choice.ts'
import { webhookWarnings } from './webhook-choice.ts'

export interface SendTestChoice extends WebhookChoice, Pick<EventChoice, 'event'> {
  readonly json?: true
  readonly showSecrets?: true
}

/** Exit code 0 only if every request was answered 2xx. */
export async function sendTest(
  settings: Settings,
  choice: SendTestChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const trial = await chosenTrial(settings, choice, terminal)
  if (trial === null) return 1
  const { webhook, events } = trial
  const tries = await sendAll(webhook, asTestEvents(events), settings)
  const told = tries.map((one) => toldOf(webhook, one, choice.showSecrets === true ? 'shown' : 'masked'))
  if (choice.json === true) {
    const requests = told.map(({ fields }) => fields)
    terminal.out(JSON.stringify({ webhook_id: webhook.webhookId, origin: webhook.origin, requests }, null, 2))
  } else for (const line of told.flatMap(({ lines }) => lines)) terminal.out(line)
  for (const warning of webhookWarnings(webhook)) terminal.err(`warning: ${warning}`)
  return tries.every(({ result }) => result !== null && isSuccess(result)) ? 0 : 1
}

async function sendAll(
  webhook: Webhook,
  events: readonly CallEvent[],
  settings: Settings,
): Promise<readonly TestTry[]> {
  const sender = createHttpSender(readHttpAccess(settings), systemClock)
  const options = { sender, settings: deliverySettingsOf(settings), clock: systemClock }
  const tries: TestTry[] = []
  try {
    for (const event of events) tries.push(await sendTestRequest(webhook, event, options))
    return tries
  } finally {
    await sender.stop()
  }
}

/** A label here, not a request to look at: what stands in its query is as little to be seen as the path. */
function lineOf({ line }: RequestText, secrets: 'shown' | 'masked'): string {
  return secrets === 'shown' ? line : line.replace(/\?\S*/, `?${mask}`)
}

/** One try for a person and for a program. */
function toldOf(
  webhook: Webhook,
  { event, rendering, result, excerpt }: TestTry,
  secrets: 'shown' | 'masked',
): { readonly lines: readonly string[]; readonly fields: object } {
  const { event_type, event_id } = event
  if (rendering.kind !== 'request' || result === null) {
    const reason = rendering.kind === 'request' ? 'not sent' : refusalText(rendering)
    return { lines: [`${event_type}: ${reason}`], fields: { event_type, event_id, delivered: false, reason } }
  }
  const line = lineOf(requestText(rendering.request, webhook, secrets), secrets)
  const { connectMs, firstByteMs, totalMs } = result.timings
  const answered = result.kind === 'answered' ? result : null
  const unanswered = result.kind === 'unanswered' ? result : null
  return {
    lines: [`${event_type}: ${line}, to ${webhook.origin}`, ...answerLines(result, excerpt)],
    fields: {
      event_type,
      event_id,
      request_line: line,
      delivered: isSuccess(result),
      status_code: answered?.statusCode ?? null,
      redirect_origin: answered?.redirectOrigin ?? null,
      failure: unanswered?.failure ?? null,
      detail: unanswered?.detail ?? null,
      connect_ms: connectMs,
      first_byte_ms: firstByteMs,
      total_ms: totalMs,
      excerpt,
    },
  }
}
