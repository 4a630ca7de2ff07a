// What a person should know of a request before it is made: nothing here stops it.
import type { CallEvent } from '../domain/call-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Rendering } from '../render/render.ts'
import { shownText } from './shown-text.ts'

/** Old proxies and some frameworks refuse or cut addresses from about here on. */
const longQueryBytes = 2_000

type Rendered = Extract<Rendering, { readonly kind: 'request' }>

export function requestWarnings({ request, cutValues }: Rendered): readonly string[] {
  const lines: string[] = []
  const mark = request.target.indexOf('?')
  // Percent-encoding left ASCII only, so characters are bytes.
  const queryBytes = mark === -1 ? 0 : request.target.length - mark - 1
  if (queryBytes >= longQueryBytes) {
    lines.push(`the query has ${queryBytes} bytes: some servers take no more than ${longQueryBytes}`)
  }
  if (cutValues.length > 0) lines.push(`values that were cut to fit the address: ${cutValues.join(', ')}`)
  return lines
}

/** Where the worker would not make this request at all. */
export function eventWarnings(webhook: Webhook, event: CallEvent): readonly string[] {
  const lines: string[] = []
  if (!webhook.eventTypes.includes(event.event_type)) {
    lines.push(`the webhook does not take this event type, only ${webhook.eventTypes.join(', ')}`)
  }
  if (webhook.accountId !== event.account_id) {
    lines.push(shownText(`the event is of account ${event.account_id}, the webhook of ${webhook.accountId}`))
  }
  return lines
}

export function refusalText({ kind, bytes }: Exclude<Rendering, { readonly kind: 'request' }>): string {
  return kind === 'url_too_long'
    ? `no request: the address has ${bytes} bytes and nothing more can be cut (url_too_long)`
    : `no request: the body has ${bytes} bytes (body_too_large)`
}
