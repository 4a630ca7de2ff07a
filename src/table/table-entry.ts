// What the table holds for one webhook id: a webhook to deliver to, or the reasons why there is none.
// An invalid version replaces the valid one before it: what a client broke must not go on delivering unseen.
import type { EventType } from '../domain/call-event.ts'
import type { ConfigPosition } from '../domain/delivery.ts'
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'

interface EntryKey {
  readonly webhookId: WebhookId
  readonly config: ConfigPosition
  /** Whose events it matches; null where neither this version nor the one before said. */
  readonly accountId: AccountId | null
  readonly eventTypes: readonly EventType[]
  /** A disabled version matches no event, be it valid or not. What cannot be decoded is as the one before it. */
  readonly enabled: boolean
}

export interface ValidEntry extends EntryKey {
  readonly kind: 'valid'
  readonly webhook: Webhook
}

export interface InvalidEntry extends EntryKey {
  readonly kind: 'invalid'
  readonly faults: readonly WebhookFault[]
}

export type TableEntry = ValidEntry | InvalidEntry

/** Whether both are made from one record. An entry may have been made anew meanwhile. */
export function isSameVersion({ config }: TableEntry, other: TableEntry | undefined): boolean {
  return other?.config.partition === config.partition && other.config.offset === config.offset
}
