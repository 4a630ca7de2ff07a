// A webhook with nothing optional set: a JSON POST to this machine, for both ends of a call. The demo's and the
// tests' webhooks say what is different.
import type { WebhookConfigRecord } from '../domain/records.ts'

export const plainWebhook: WebhookConfigRecord = {
  webhook_id: '',
  account_id: '',
  enabled: true,
  protocol: 'http',
  host: '127.0.0.1',
  port: 80,
  path: '/hook',
  parameters: [],
  method: 'POST',
  event_types: ['call_start', 'call_end'],
  content_type: 'application/json',
  headers: [],
  authentication: null,
  signing_secrets: [],
  tls_verification: null,
  missing_values: null,
  time_zone: null,
  limits: null,
  created_at: null,
  updated_at: null,
}
