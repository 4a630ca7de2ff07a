// An outcome as a line for a person: when, what, why, whose, where.
import { styleText } from 'node:util'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'

export function outcomeLine(outcome: WebhookOutcomeRecord, { style }: Pick<Terminal, 'style'>): string {
  const { written_at, result, webhook_id, account_id, origin, attempt, delivery_id, replay } = outcome
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    style === 'colours' ? styleText(format, text, { validateStream: false }) : text
  return [
    paint('dim', momentText(written_at)),
    paint(colourOf(outcome), (outcome.final ? result : `(${result})`).padEnd(17)),
    reasonText(outcome).padEnd(15),
    `${shownText(webhook_id ?? 'whole event')} of ${shownText(account_id)}`,
    ...(origin === null ? [] : [shownText(origin)]),
    `try ${attempt}${replay > 0 ? ` of replay ${replay}` : ''}`,
    ...(outcome.total_ms === null ? [] : [`${outcome.total_ms} ms`]),
    paint('dim', shownText(delivery_id === '' ? outcome.event_id : delivery_id)),
  ].join('  ')
}

/** `http_status 503`; empty for what was delivered. */
export function reasonText({ reason, status_code }: WebhookOutcomeRecord): string {
  if (reason === 'ok') return status_code === null ? '' : String(status_code)
  return status_code === null ? reason : `${reason} ${status_code}`
}

/** In the terms of ISO 8601, to the millisecond, UTC; what is beyond a calendar stays a number. */
export function momentText(ms: number): string {
  return Math.abs(ms) <= lastMomentMs ? new Date(ms).toISOString() : String(ms)
}

const lastMomentMs = 8_640_000_000_000_000

function colourOf({ result }: WebhookOutcomeRecord): 'green' | 'red' | 'yellow' | 'cyan' {
  switch (result) {
    case 'delivered':
      return 'green'
    case 'failed':
    case 'expired':
    case 'rejected':
      return 'red'
    case 'retry_scheduled':
    case 'deferred':
      return 'yellow'
    case 'cancelled':
    case 'shadowed':
    case 'unknown':
      return 'cyan'
  }
}
