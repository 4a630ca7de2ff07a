// One of a million webhooks: 300 bytes, two to an account, each with an address of its own.
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { plainWebhook } from '../../src/local/plain-webhook.ts'

const parameters = ['call_id', 'event_id', 'client_number', 'calltracking_number', 'time_start', 'duration']

/** Webhooks of an account, and so deliveries of an event. */
export const perAccount = 2

export function tableWebhookOf(
  index: number,
  port: number,
  fields: Partial<WebhookConfigRecord> = {},
): WebhookConfigRecord {
  return {
    ...plainWebhook,
    webhook_id: `0198f1c2-7b1e-7c3a-9a10-${String(index).padStart(12, '0')}`,
    account_id: `a${Math.floor(index / perAccount)}`,
    port,
    path: `/customers/of/this/installation/hooks/${index}/calls`,
    parameters: parameters.map((name) => ({ name, source: { parameter: name, literal: null } })),
    ...fields,
  }
}
