// One version of a webhook, judged: to whom it belongs, what it matches, and what it is good for. What a version does not
// say is as in the one before it.
import type { EventType } from '../domain/call-event.ts'
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { knownEventTypes, validateWebhook } from '../domain/webhook-validation.ts'
import type { WebhookChange } from '../domain/webhook-change.ts'

/** What an event is matched by. */
export interface Matching {
  /** Null: no version so far has said. */
  readonly accountId: AccountId | null
  readonly eventTypes: readonly EventType[]
  readonly enabled: boolean
}

export type Verdict =
  | { readonly kind: 'valid'; readonly webhook: Webhook }
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }

export const unsaid: Matching = { accountId: null, eventTypes: [], enabled: true }

export function matchingOf(
  change: Exclude<WebhookChange, { kind: 'tombstone' }>,
  before: Matching,
): Matching {
  if (change.kind === 'undecodable') return before
  const { account_id, enabled } = change.config
  const types = knownEventTypes(change.config)
  return {
    accountId: account_id === '' ? before.accountId : (account_id as AccountId),
    eventTypes: types.length > 0 ? types : before.eventTypes,
    enabled,
  }
}

export function verdictOn(webhookId: WebhookId, record: WebhookConfigRecord, rules: WebhookRules): Verdict {
  const validation = validateWebhook(record, rules)
  if (record.webhook_id === webhookId) return validation
  return { kind: 'invalid', faults: [otherKey, ...(validation.kind === 'valid' ? [] : validation.faults)] }
}

export function undecodable(detail: string): Verdict {
  return { kind: 'invalid', faults: [{ path: '', rule: 'undecodable', found: detail, allowed: '' }] }
}

const otherKey: WebhookFault = {
  path: 'webhook_id',
  rule: 'conflict',
  found: "differs from the record's key",
  allowed: 'the same text',
}
