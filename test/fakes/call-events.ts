// Call events and webhooks with ids of the test's choosing, for worlds that have no codec to mint them.
import { plainWebhook } from '../../src/local/plain-webhook.ts'
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { CallEventRecord, WebhookConfigRecord } from '../../src/domain/records.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'

const { start } = simulateCall(0, 'acme', 0)

/** A call start of account `acme`, one call per event. */
export function callEvent(eventId: string, fields: Partial<CallEventRecord>): CallEvent {
  if (start === null) throw new Error('the first simulated call is connected')
  return { ...start, event_id: eventId, call_id: `call of ${eventId}`, ...fields } as CallEvent
}

/** A webhook of account `acme` for both event types: POST to `http://<id>.test/hook`. */
export function webhookConfig(
  webhookId: string,
  fields: Partial<WebhookConfigRecord> = {},
): WebhookConfigRecord {
  return {
    ...plainWebhook,
    webhook_id: webhookId,
    account_id: 'acme',
    host: `${webhookId}.test`,
    parameters: [{ name: 'call', source: { parameter: 'call_id', literal: null } }],
    ...fields,
  }
}
