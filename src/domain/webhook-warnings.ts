// What is allowed but probably not meant: told when a webhook is written, and stopping nothing.
// Invariant: a warning names no value of a field that may hold a secret.
import { findParameter } from './parameter-catalogue.ts'
import type { Webhook } from './webhook.ts'

export interface WebhookWarning {
  /** In the words of the webhook form: `address`, `parameters[2].parameter`. */
  readonly path: string
  readonly rule:
    /** A value that does not exist yet when a call starts, on a webhook for starts. */
    | 'unknown_at_start'
    /** What is sent can be read and changed on the way. */
    | 'plain_http'
    /** The same, and headers, credentials or signatures are among it. */
    | 'credentials_over_http'
    /** Whoever stands between can pretend to be the receiver. */
    | 'unverified_tls'
  /** Follows the path: `is http, so …`; without a full stop. */
  readonly text: string
}

/** In the order of the form's fields. */
export function warningsOf(webhook: Webhook): readonly WebhookWarning[] {
  return [...addressWarnings(webhook), ...parameterWarnings(webhook), ...verificationWarnings(webhook)]
}

function addressWarnings(webhook: Webhook): readonly WebhookWarning[] {
  if (!webhook.origin.startsWith('http:')) return []
  const exposed = [
    ...(webhook.headers.length === 0 ? [] : ['headers']),
    ...(webhook.authentication === null ? [] : ['credentials']),
    ...(webhook.signingSecrets.length === 0 ? [] : ['signatures']),
  ]
  if (exposed.length === 0) {
    const text = 'is http, so whoever is on the way can read and change what is sent; prefer https'
    return [{ path: 'address', rule: 'plain_http', text }]
  }
  const what = exposed.join(' and ')
  const text = `is http, so the ${what} of this webhook travel in the clear, for anyone on the way to use; use https`
  return [{ path: 'address', rule: 'credentials_over_http', text }]
}

function parameterWarnings({ parameters, eventTypes, missingValues }: Webhook): readonly WebhookWarning[] {
  if (!eventTypes.includes('call_start')) return []
  const fate = missingValues === 'omit' ? 'left out' : 'sent empty'
  const when = eventTypes.includes('call_end')
    ? 'at the start'
    : 'always, for this webhook is for starts only'
  return parameters.flatMap(({ source }, index) => {
    if (source.kind === 'literal' || findParameter(source.parameter)?.atStart !== 'never') return []
    const text = `is ${source.parameter}, which is known only at the end of a call: it is ${fate} ${when}`
    return [{ path: `parameters[${index}].parameter`, rule: 'unknown_at_start', text } as const]
  })
}

function verificationWarnings({ tlsVerification }: Webhook): readonly WebhookWarning[] {
  if (tlsVerification === 'on') return []
  const text =
    'is off, so whoever is on the way can pretend to be the receiver, and read and answer what is sent'
  return [{ path: 'tls_verification', rule: 'unverified_tls', text }]
}
