// What the form sends, and what is judged here before it is sent: the same reader as the server's has the word.
// Invariant: a row that nobody has written into is not sent; `positions` says which row each entry was, so that a
// fault that names an entry finds its row.
import { readWebhookForm } from '../../domain/webhook-form.ts'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import { mask, signingSecretPrefix } from '../../domain/webhook-rules.ts'
import type { WebhookRules } from '../../domain/webhook-rules.ts'
import type { WebhookWarning } from '../../domain/webhook-warnings.ts'
import type { FormState, ParameterRow, Secret } from './form-state.ts'
import { eventTypesOf } from './form-state.ts'
import { limitsIn } from './limit-texts.ts'

/** Keys of the rows that are sent, in their order. */
export interface Positions {
  readonly parameters: readonly number[]
  readonly headers: readonly number[]
  /** Without those that are removed. */
  readonly secrets: readonly number[]
}

export interface FormDraft {
  /** As the API takes it. */
  readonly json: Readonly<Record<string, unknown>>
  readonly positions: Positions
}

export interface DraftJudgement {
  readonly faults: readonly WebhookFault[]
  readonly warnings: readonly WebhookWarning[]
}

export function draftOf(state: FormState): FormDraft {
  const parameters = state.parameters.filter(({ name, value }) => name !== '' || value !== '')
  const headers = state.headers.filter(({ name, value }) => name !== '' || sent(value) !== '')
  const limits = limitsIn(state)
  const json = {
    enabled: state.enabled,
    address: state.address,
    path: state.path,
    parameters: parameters.map(entryOf),
    ...(state.method === '' ? {} : { method: state.method }),
    event_types: eventTypesOf(state.eventTypes),
    ...(state.method === 'POST' ? { content_type: state.contentType } : {}),
    headers: headers.map(({ name, value }) => ({ name, value: sent(value) })),
    ...authenticationOf(state),
    signing_secrets: state.signingSecrets.map(({ kind, text }) =>
      kind === 'new' ? text.trim() : kind === 'stored' ? mask : null,
    ),
    ...(state.tlsVerification === 'on' ? {} : { tls_verification: state.tlsVerification }),
    missing_values: state.missingValues,
    ...(state.timeZone.trim() === '' ? {} : { time_zone: state.timeZone.trim() }),
    ...(limits === null ? {} : { limits }),
  }
  const positions = {
    parameters: parameters.map(({ key }) => key),
    headers: headers.map(({ key }) => key),
    secrets: state.signingSecrets.filter(({ kind }) => kind !== 'removed').map(({ key }) => key),
  }
  return { json, positions }
}

function entryOf({ name, source, value }: ParameterRow): Readonly<Record<string, string>> {
  if (source === 'literal') return { name, literal: value }
  const parameter = value.trim()
  return parameter === '' ? { name } : { name, parameter }
}

function sent(secret: Secret): string {
  return secret.kind === 'stored' ? mask : secret.text
}

function authenticationOf({ authentication, username, password, token }: FormState) {
  switch (authentication) {
    case 'none':
      return {}
    case 'unknown':
      return { authentication: { type: 'unknown' } }
    case 'basic':
      return { authentication: { type: 'basic', username, password: sent(password) } }
    case 'bearer':
      return { authentication: { type: 'bearer', token: sent(token).trim() } }
  }
}

/** `unverifiedTls`: as the session says. Which ports are blocked is the operator's too, and the server's answer tells it. */
export function judge(
  { json }: FormDraft,
  unverifiedTls: WebhookRules['unverifiedTls'] = 'refused',
): DraftJudgement {
  const rules: WebhookRules = { blockedPorts: new Set(), unverifiedTls }
  const reading = readWebhookForm({ ...withStandIns(json), webhook_id: 'new', account_id: 'account' }, rules)
  return reading.kind === 'valid'
    ? { faults: [], warnings: reading.warnings }
    : { faults: reading.faults, warnings: [] }
}

/** Stored secrets were accepted once; here something as good stands for each. */
function withStandIns(json: FormDraft['json']): FormDraft['json'] {
  const standIn = (value: unknown): unknown => (value === mask ? 'stored' : value)
  const { headers, authentication, signing_secrets } = json
  const secrets = Array.isArray(signing_secrets) ? signing_secrets : []
  return {
    ...json,
    headers: (Array.isArray(headers) ? headers : []).map((header: Readonly<Record<string, unknown>>) => {
      return { ...header, value: standIn(header['value']) }
    }),
    ...(typeof authentication === 'object' && authentication !== null
      ? {
          authentication: Object.fromEntries(
            Object.entries(authentication).map(([name, value]) => [name, standIn(value)]),
          ),
        }
      : {}),
    signing_secrets: secrets
      .filter((secret: unknown) => secret !== null)
      .map((secret: unknown, index) => (secret === mask ? secretStandIn(index) : secret)),
  }
}

/** Distinct ones, because a repeated secret is a fault. */
function secretStandIn(index: number): string {
  return `${signingSecretPrefix}${'A'.repeat(30)}${String(index).padStart(2, '0')}`
}
