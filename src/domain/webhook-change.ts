// What a record of the config topic says about its webhook.
import type { WebhookId } from './ids.ts'
import type { WebhookConfigRecord } from './records.ts'

export type WebhookChange =
  | { readonly kind: 'upsert'; readonly webhookId: WebhookId; readonly config: WebhookConfigRecord }
  | { readonly kind: 'tombstone'; readonly webhookId: WebhookId }
  | { readonly kind: 'undecodable'; readonly webhookId: WebhookId; readonly detail: string }
