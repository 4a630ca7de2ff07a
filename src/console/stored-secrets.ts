// Secrets go in and never come out: a webhook is shown with `***` in their place, and `***` that comes back means
// "as it is". Invariants: what would be sent along is put back for the origin that it was stored for and for no other,
// or whoever may edit a webhook could have it sent to a server of their own; a `***` that nothing was put in the place
// of stays what it is, and the form's reader refuses it.
import type { WebhookConfigRecord } from '../domain/records.ts'
import { parseAddress, readHost } from '../domain/webhook-address.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import { webhookFormOf } from '../domain/webhook-form.ts'
import type { WebhookForm } from '../domain/webhook-form.ts'
import { mask } from '../domain/webhook-rules.ts'
import { isSealed } from '../domain/webhook-secrets.ts'
import type { StoredWebhook } from './webhook-index.ts'

/** As its owner may see it: the path, which may hold a token of their own, but no other secret. */
export function shownForm({ webhookId, accountId, config }: StoredWebhook): WebhookForm {
  const { path } = config
  return {
    ...webhookFormOf(config, { secrets: 'masked' }),
    path,
    webhook_id: webhookId,
    account_id: accountId,
  }
}

type Fields = Readonly<Record<string, unknown>>

export interface MendedForm {
  readonly form: Fields
  /** Of each `***` that stands for something which does not go to the form's address, and of what is given sealed. */
  readonly withheld: readonly WebhookFault[]
}

/**
 * The form with what is stored in the place of each `***`: by a header's name, a field, a signing secret's position.
 * Signing secrets are not sent, so theirs are put back whatever the address.
 */
export function withStoredSecrets(form: Fields, stored: WebhookConfigRecord | null): MendedForm {
  const withheld: WebhookFault[] = sealedByClient(form)
  if (stored === null) return { form, withheld }
  const isElsewhere = goesElsewhere(form['address'], stored)
  const putBack: PutBack = (path, value) => {
    if (!isElsewhere) return value
    withheld.push({ path, ...storedForAnother })
    return mask
  }
  const mended = {
    ...form,
    ...mendedField(form, 'headers', (headers) => headersOf(headers, stored.headers, putBack)),
    ...mendedField(form, 'authentication', (given) =>
      authenticationOf(given, stored.authentication, putBack),
    ),
    ...mendedField(form, 'signing_secrets', (secrets) => secretsOf(secrets, stored.signing_secrets)),
  }
  return { form: mended, withheld }
}

/** Whoever got hold of a sealed value that is stored could otherwise have it opened and sent to an address of theirs. */
function sealedByClient({ headers, authentication, signing_secrets: secrets }: Fields): WebhookFault[] {
  const given = [
    ...entriesOf(headers, 'headers', (header) => (isFields(header) ? header['value'] : null), '.value'),
    ...entriesOf(secrets, 'signing_secrets', (secret) => secret, ''),
    ...(['password', 'token'] as const).map((name) => {
      const value = isFields(authentication) ? authentication[name] : null
      return { path: `authentication.${name}`, value }
    }),
  ]
  return given
    .filter(({ value }) => typeof value === 'string' && isSealed(value))
    .map(({ path }) => ({ path, ...notTheirs }))
}

function entriesOf(
  list: unknown,
  name: string,
  valueOf: (entry: unknown) => unknown,
  tail: string,
): readonly { readonly path: string; readonly value: unknown }[] {
  if (!Array.isArray(list)) return []
  return list.map((entry: unknown, index) => ({ path: `${name}[${index}]${tail}`, value: valueOf(entry) }))
}

const notTheirs = {
  rule: 'sealed',
  found: 'is not yours to give sealed',
  allowed: 'the value itself',
} as const

/** What stands in the place of a `***` for which this value is stored. */
type PutBack = (path: string, value: string) => string

const storedForAnother = {
  rule: 'conflict',
  found: 'was stored for another address',
  allowed: 'the value, given anew',
} as const

/**
 * To another protocol, host or port than the stored one. What is no address goes nowhere: the form's reader refuses it.
 */
function goesElsewhere(address: unknown, stored: WebhookConfigRecord): boolean {
  if (typeof address !== 'string') return false
  const reading = parseAddress(address, { blockedPorts: new Set(), unverifiedTls: 'allowed' })
  if (reading.kind === 'fault') return false
  const before = readHost(stored.host)
  return (
    before.kind === 'refused' ||
    reading.host !== before.host ||
    reading.port !== stored.port ||
    reading.protocol !== stored.protocol
  )
}

function mendedField(form: Fields, name: string, mend: (value: unknown) => unknown): Fields {
  return Object.hasOwn(form, name) ? { [name]: mend(form[name]) } : {}
}

function headersOf(given: unknown, stored: WebhookConfigRecord['headers'], putBack: PutBack): unknown {
  if (!Array.isArray(given)) return given
  return given.map((header: unknown, index) => {
    if (!isFields(header) || header['value'] !== mask) return header
    const name = String(header['name']).toLowerCase()
    const before = stored.find((one) => one.name.toLowerCase() === name)
    return before === undefined
      ? header
      : { ...header, value: putBack(`headers[${index}].value`, before.value) }
  })
}

function authenticationOf(
  given: unknown,
  stored: WebhookConfigRecord['authentication'],
  putBack: PutBack,
): unknown {
  if (!isFields(given) || stored === null) return given
  const kept = (['password', 'token'] as const).flatMap((name) => {
    const before = stored[name]
    return given[name] === mask && before !== null
      ? [[name, putBack(`authentication.${name}`, before)] as const]
      : []
  })
  return { ...given, ...Object.fromEntries(kept) }
}

/** Null holds the position of one that goes, so that those behind it keep theirs. */
function secretsOf(given: unknown, stored: WebhookConfigRecord['signing_secrets']): unknown {
  if (!Array.isArray(given)) return given
  return given
    .map((secret: unknown, index) => (secret === mask ? (stored[index] ?? secret) : secret))
    .filter((secret) => secret !== null)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
