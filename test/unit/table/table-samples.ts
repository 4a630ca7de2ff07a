// Changes of the webhook table, as short as a test can say them.
import type { AccountId, WebhookId } from '../../../src/domain/ids.ts'
import type { RecordPosition } from '../../../src/domain/record-position.ts'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import type { CallEvent, EventType } from '../../../src/domain/call-event.ts'
import type { WebhookChange } from '../../../src/domain/webhook-change.ts'
import type { GlobalTable } from '../../../src/table/global-table.ts'
import { aWebhookRecord } from '../domain/samples.ts'

export function at(offset: number | bigint, partition = 0): RecordPosition {
  return { topic: 'webhook-configs', partition, offset: BigInt(offset) }
}

export function upsert(webhookId: string, fields: Partial<WebhookConfigRecord> = {}): WebhookChange {
  const config = aWebhookRecord({ webhook_id: webhookId, ...fields })
  return { kind: 'upsert', webhookId: webhookId as WebhookId, config }
}

export function tombstone(webhookId: string): WebhookChange {
  return { kind: 'tombstone', webhookId: webhookId as WebhookId }
}

export function undecodable(webhookId: string): WebhookChange {
  return { kind: 'undecodable', webhookId: webhookId as WebhookId, detail: 'undecodable: schema id 7' }
}

export function matching(account: string, type: EventType): Pick<CallEvent, 'account_id' | 'event_type'> {
  return { account_id: account as AccountId, event_type: type }
}

/** Ids of the webhooks that an event of this account and type goes to, in the table's order. */
export function found(table: GlobalTable, account = '10427', type: EventType = 'call_end'): string[] {
  return [...table.lookup(matching(account, type))]
}
