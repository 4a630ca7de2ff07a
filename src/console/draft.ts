// What a client sends as a webhook, judged: the account, the id and the times are not theirs to choose, and `***` is
// what is stored. One reader for saving, previews and tests, so that none of them takes what another refuses.
import { readWebhookForm } from '../domain/webhook-form.ts'
import type { WebhookFormReading } from '../domain/webhook-form.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import type { StoredWebhook } from './webhook-index.ts'
import { isFields, withStoredSecrets } from './stored-secrets.ts'

export interface DraftContext {
  readonly accountId: string
  /** Whose stored secrets `***` stands for; null for a webhook that does not exist yet. */
  readonly stored: StoredWebhook | null
  readonly rules: WebhookRules
}

/** Stands for the id that is made when the webhook is saved. */
const unsavedId = 'new'

export function readDraft(body: unknown, { accountId, stored, rules }: DraftContext): WebhookFormReading {
  // Refused by the reader as it stands.
  if (!isFields(body)) return readWebhookForm(body, rules)
  const { webhook_id, account_id, created_at: _createdAt, updated_at: _updatedAt, ...given } = body
  const webhookId = stored?.webhookId ?? unsavedId
  const foreign = [
    ...conflict('account_id', account_id, accountId),
    ...(stored === null ? idOfNew(webhook_id) : conflict('webhook_id', webhook_id, webhookId)),
  ]
  const { form, withheld } = withStoredSecrets(given, stored?.config ?? null)
  const reading = readWebhookForm({ ...form, webhook_id: webhookId, account_id: accountId }, rules)
  if (foreign.length === 0 && withheld.length === 0) return reading
  const read = reading.kind === 'invalid' ? reading.faults : []
  // The reader refuses each `***` too, without knowing why it is still there.
  const others = read.filter(({ path }) => withheld.every((fault) => fault.path !== path))
  return { kind: 'invalid', faults: [...foreign, ...withheld, ...others] }
}

function conflict(path: string, given: unknown, ours: string): readonly WebhookFault[] {
  if (given === undefined || given === null || given === ours) return []
  return [{ path, rule: 'conflict', found: 'is another one', allowed: 'leave it out' }]
}

function idOfNew(given: unknown): readonly WebhookFault[] {
  if (given === undefined || given === null) return []
  return [
    { path: 'webhook_id', rule: 'conflict', found: 'is given, but it is made here', allowed: 'leave it out' },
  ]
}
