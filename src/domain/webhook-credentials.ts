// How a webhook proves who sends: the Authorization header's parts, and the secrets that sign.
// Invariant: what passes can be sent as it stands, and no fault says more of a secret than its length.
import type { WebhookConfigRecord } from './records.ts'
import { unsendable } from './sendable-text.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { authenticationTypes, signingSecretPrefix, webhookLimits, webhookPatterns } from './webhook-rules.ts'
import { sealedProblem } from './webhook-secrets.ts'
import type { WebhookAuthentication } from './webhook.ts'

type AuthenticationRecord = NonNullable<WebhookConfigRecord['authentication']>
type Problem = Omit<WebhookFault, 'path'>
type AddFault = (fault: WebhookFault) => void

const {
  usernameLength,
  passwordLength,
  tokenLength,
  signingSecrets: maxSecrets,
  minSecretBytes,
  maxSecretBytes,
} = webhookLimits
const tokenPattern = new RegExp(webhookPatterns.token)
const secretPattern = new RegExp(webhookPatterns.signingSecret)

/** Null where there is none, or none that can be sent. */
export function readAuthentication(
  record: AuthenticationRecord | null,
  add: AddFault,
): WebhookAuthentication | null {
  switch (record?.type) {
    case undefined:
      return null
    case 'unknown': {
      const allowed = authenticationTypes.join(', ')
      add({ path: 'authentication.type', rule: 'one_of', found: 'is unknown', allowed })
      return null
    }
    case 'basic': {
      const username = part(record, 'username', usernameProblem, add)
      const password = part(record, 'password', passwordProblem, add)
      refuse(record, 'token', add)
      return username === null || password === null ? null : { kind: 'basic', username, password }
    }
    case 'bearer': {
      const token = part(record, 'token', tokenProblem, add)
      refuse(record, 'username', add)
      refuse(record, 'password', add)
      return token === null ? null : { kind: 'bearer', token }
    }
  }
}

type Part = 'username' | 'password' | 'token'

/** Null where it is missing. */
function part(
  record: AuthenticationRecord,
  name: Part,
  problemOf: (text: string) => Problem | null,
  add: AddFault,
): string | null {
  const text = record[name]
  const missing: Problem = { rule: 'required', found: 'is missing', allowed: `text, for ${record.type}` }
  const problem = text === null ? missing : problemOf(text)
  if (problem !== null) add({ path: `authentication.${name}`, ...problem })
  return text
}

function refuse(record: AuthenticationRecord, name: Part, add: AddFault): void {
  if (record[name] === null) return
  const found = `is no part of ${record.type}`
  add({ path: `authentication.${name}`, rule: 'conflict', found, allowed: 'leave it out' })
}

function usernameProblem(text: string): Problem | null {
  const length = lengthProblem(text, 0, usernameLength)
  if (length !== null) return length
  const found = text.includes(':') ? 'a colon' : unsendable(text)
  return found === null
    ? null
    : { rule: 'form', found: `contains ${found}`, allowed: 'text without colons and control characters' }
}

function passwordProblem(text: string): Problem | null {
  const early = sealedProblem(text) ?? lengthProblem(text, 0, passwordLength)
  if (early !== null) return early
  const found = unsendable(text)
  return found === null
    ? null
    : { rule: 'form', found: `contains ${found}`, allowed: 'text without control characters' }
}

function tokenProblem(text: string): Problem | null {
  const early = sealedProblem(text) ?? lengthProblem(text, 1, tokenLength)
  if (early !== null || tokenPattern.test(text)) return early
  const found = 'has a character that is not visible ASCII'
  return { rule: 'form', found, allowed: 'visible ASCII characters without blanks' }
}

function lengthProblem(text: string, least: number, most: number): Problem | null {
  if (text.length >= least && text.length <= most) return null
  const allowed = least === 0 ? `at most ${most}` : `${least} to ${most}`
  return { rule: 'length', found: `has ${text.length} characters`, allowed }
}

/** As they stand; they are distinct, and so are the keys that they encode. */
export function readSigningSecrets(secrets: readonly string[], add: AddFault): readonly string[] {
  const tooMany = secretCountFault(secrets.length)
  if (tooMany !== null) {
    add(tooMany)
    return []
  }
  secrets.forEach((secret, index) => {
    const problem = secretProblem(secret, secrets.indexOf(secret) < index)
    if (problem !== null) add({ path: `signing_secrets[${index}]`, ...problem })
  })
  return secrets
}

/** Null where they are not too many. */
export function secretCountFault(count: number): WebhookFault | null {
  if (count <= maxSecrets) return null
  return {
    path: 'signing_secrets',
    rule: 'length',
    found: `has ${count} entries`,
    allowed: `at most ${maxSecrets}`,
  }
}

function secretProblem(secret: string, isRepeated: boolean): Problem | null {
  const sealed = sealedProblem(secret)
  if (sealed !== null) return sealed
  if (isRepeated) return { rule: 'repeated', found: 'repeats an earlier one', allowed: 'each once' }
  const bytes = `${minSecretBytes} to ${maxSecretBytes} bytes`
  // Judged before the pattern, which would take its time for a text without end.
  if (secret.length > 2 * maxSecretBytes) {
    return { rule: 'length', found: `has ${secret.length} characters`, allowed: `the Base64 of ${bytes}` }
  }
  if (!secretPattern.test(secret)) {
    const found = `is not ${signingSecretPrefix} with Base64 behind it`
    return { rule: 'form', found, allowed: `${signingSecretPrefix} and the padded Base64 of ${bytes}` }
  }
  const length = decodedBytes(secret.slice(signingSecretPrefix.length))
  if (length >= minSecretBytes && length <= maxSecretBytes) return null
  return { rule: 'length', found: `is the Base64 of ${length} bytes`, allowed: bytes }
}

function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}
