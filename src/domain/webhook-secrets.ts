// The secret fields of a webhook's record, and what stands in them where they are sealed: an envelope in the place of
// the plain text, bound to the webhook and to the name of its field. How it is opened is passed in.
// Invariant: what begins with `sealed:` is never taken for a plain value, and no fault says more of it than its key's id.
import type { WebhookConfigRecord } from './records.ts'
import type { SecretPlace, Unseal, Unsealing } from './unseal.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { sealedMark, webhookPatterns } from './webhook-rules.ts'

type ChangeSecret = (text: string, place: SecretPlace, path: string) => string

const envelopePattern = new RegExp(webhookPatterns.sealed)
const allowed = 'the plain text, or a value sealed for this webhook and field with a key of the keyring'

export function isSealed(text: string): boolean {
  return text.startsWith(sealedMark)
}

/** The record with each of its secrets changed. `path`: where it stands, as faults name it. */
export function withSecrets(record: WebhookConfigRecord, change: ChangeSecret): WebhookConfigRecord {
  const { webhook_id: webhookId, headers, authentication, signing_secrets: secrets } = record
  const part = (name: 'password' | 'token'): string | null => {
    const text = authentication?.[name] ?? null
    const field = `authentication.${name}`
    return text === null ? null : change(text, { webhookId, field }, field)
  }
  return {
    ...record,
    headers: headers.map(({ name, value }, index) => {
      const place = { webhookId, field: `headers.${name.toLowerCase()}` }
      return { name, value: change(value, place, `headers[${index}].value`) }
    }),
    authentication:
      authentication === null
        ? null
        : { ...authentication, password: part('password'), token: part('token') },
    signing_secrets: secrets.map((secret, index) =>
      change(secret, { webhookId, field: 'signing_secrets' }, `signing_secrets[${index}]`),
    ),
  }
}

/** The record with plain secrets; what cannot be opened stays as it is, and is told. `unseal` absent: nothing can. */
export function openedRecord(
  record: WebhookConfigRecord,
  unseal: Unseal | undefined,
  add: (fault: WebhookFault) => void,
): WebhookConfigRecord {
  if (!hasSealed(record)) return record
  return withSecrets(record, (text, place, path) => {
    if (!isSealed(text)) return text
    const unsealing = open(text, place, unseal)
    if (unsealing.kind === 'plain') return unsealing.text
    add({ path, rule: 'sealed', found: unsealing.found, allowed })
    return text
  })
}

/** For a plain text in a secret's place; null: it is none that looks sealed. */
export function sealedProblem(text: string): Omit<WebhookFault, 'path'> | null {
  return isSealed(text) ? { rule: 'sealed', found: notAnEnvelope, allowed } : null
}

const notAnEnvelope = `begins with ${sealedMark} and is no sealed value`

function open(text: string, place: SecretPlace, unseal: Unseal | undefined): Unsealing {
  if (!envelopePattern.test(text)) return { kind: 'refused', found: notAnEnvelope }
  return unseal?.(text, place) ?? { kind: 'refused', found: 'is sealed, and cannot be opened here' }
}

function hasSealed({ headers, authentication, signing_secrets: secrets }: WebhookConfigRecord): boolean {
  return (
    headers.some(({ value }) => isSealed(value)) ||
    isSealed(authentication?.password ?? '') ||
    isSealed(authentication?.token ?? '') ||
    secrets.some(isSealed)
  )
}
