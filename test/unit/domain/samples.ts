// A call event and a webhook in every shape that a test needs: what is not named stays ordinary.
import { plainWebhook } from '../../../src/local/plain-webhook.ts'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { validateWebhook } from '../../../src/domain/webhook-validation.ts'
import type { Webhook } from '../../../src/domain/webhook.ts'
import { readExample } from '../schemas/schema-types.ts'

const answered = readExample('call-event', 'call-end-answered') as CallEvent

/** The end of an answered call, with all values known. */
export function aCallEvent(fields: Partial<Record<keyof CallEvent, unknown>> = {}): CallEvent {
  return { ...answered, ...fields } as CallEvent
}

/** A JSON POST without parameters. */
export function aWebhookRecord(fields: Partial<WebhookConfigRecord> = {}): WebhookConfigRecord {
  return {
    ...plainWebhook,
    webhook_id: 'webhook-1',
    account_id: '10427',
    protocol: 'https',
    host: 'crm.example.com',
    port: 443,
    path: '/calls',
    ...fields,
  }
}

/** @throws where the fields make it invalid. */
export function aWebhook(fields: Partial<WebhookConfigRecord> = {}): Webhook {
  const validation = validateWebhook(aWebhookRecord(fields))
  if (validation.kind === 'valid') return validation.webhook
  throw new Error(validation.faults.map(faultText).join('; '))
}

type ParameterRecord = WebhookConfigRecord['parameters'][number]

/** A configured name whose value is the call parameter of that name, or of another. */
export function call(parameter: string, name = parameter): ParameterRecord {
  return { name, source: { parameter, literal: null } }
}

/** A configured name with a fixed text. */
export function fixed(name: string, literal: string): ParameterRecord {
  return { name, source: { parameter: null, literal } }
}
