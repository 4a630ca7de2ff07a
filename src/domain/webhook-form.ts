// A webhook as people and config services write it down: one JSON object.
// Invariant: what is read is a record that the worker accepts as it stands, or every fault of the form; a form made of
// a record that was read gives the same record again. Nothing here needs more than the language itself, so that a
// service or a page can use it as it is.
import { formatAddress, readHost } from './webhook-address.ts'
import type { WebhookConfigRecord } from './records.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { readFormRecord } from './webhook-form-record.ts'
import type { WebhookRules } from './webhook-rules.ts'
import { defaultWebhookRules, mask, webhookLimits } from './webhook-rules.ts'
import { validateWebhook } from './webhook-validation.ts'
import { warningsOf } from './webhook-warnings.ts'
import type { WebhookWarning } from './webhook-warnings.ts'
import type { Webhook } from './webhook.ts'

export type WebhookFormReading =
  | {
      readonly kind: 'valid'
      /** What is to be published. */
      readonly record: WebhookConfigRecord
      readonly webhook: Webhook
      readonly warnings: readonly WebhookWarning[]
    }
  /** Paths are those of the form: `address`, `parameters[2].parameter`. */
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }

/** A form as it is shown. What is not set is left out. */
export interface WebhookForm {
  readonly webhook_id: string
  readonly account_id: string
  readonly enabled: boolean
  readonly address: string
  readonly path: string
  readonly parameters: readonly {
    readonly name: string
    readonly parameter?: string
    readonly literal?: string
  }[]
  readonly method: WebhookConfigRecord['method']
  readonly event_types: WebhookConfigRecord['event_types']
  readonly content_type?: string
  readonly headers?: readonly { readonly name: string; readonly value: string }[]
  readonly authentication?: {
    readonly type: 'unknown' | 'basic' | 'bearer'
    readonly username?: string
    readonly password?: string
    readonly token?: string
  }
  readonly signing_secrets?: readonly string[]
  readonly tls_verification?: 'unknown' | 'on' | 'off'
  readonly missing_values?: 'unknown' | 'empty' | 'omit'
  readonly time_zone?: string
  readonly limits?: {
    readonly total_timeout_ms?: number
    readonly concurrency?: number
    readonly rate_per_second?: number
    readonly retry_horizon_s?: number
  }
  /** ISO 8601. */
  readonly created_at?: string
  readonly updated_at?: string
}

/**
 * Takes what JSON.parse gives. Null is the same as left out, but for `enabled`. `rules`: the operator's; what is left
 * out are the defaults of the worker.
 */
export function readWebhookForm(
  value: unknown,
  rules: WebhookRules = defaultWebhookRules,
): WebhookFormReading {
  const faults: WebhookFault[] = []
  const record = readFormRecord(value, rules, (fault) => faults.push(fault))
  if (record === null) return { kind: 'invalid', faults }
  const validation = validateWebhook(record, rules)
  if (validation.kind === 'invalid') {
    const told = faults.map(({ path }) => path)
    const more = validation.faults.map(inWordsOfTheForm)
    // What could not be read stands empty in the record, and is no news there.
    faults.push(...more.filter(({ path }) => !told.some((one) => isWithin(path, one) || isWithin(one, path))))
  }
  if (validation.kind === 'invalid' || faults.length > 0) return { kind: 'invalid', faults }
  const { webhook } = validation
  return { kind: 'valid', record, webhook, warnings: warningsOf(webhook) }
}

/** Any record, invalid ones too. Masked: without path, header values, password, token and signing secrets. */
export function webhookFormOf(
  record: WebhookConfigRecord,
  { secrets }: { readonly secrets: 'shown' | 'masked' },
): WebhookForm {
  const hidden = (text: string): string => (secrets === 'shown' || text === '' ? text : mask)
  const { authentication, limits, tls_verification, missing_values } = record
  // What is no host may be an address with its password.
  const isTold = secrets === 'shown' || readHost(record.host).kind === 'host'
  return {
    webhook_id: record.webhook_id,
    account_id: record.account_id,
    enabled: record.enabled,
    address: isTold ? formatAddress(record) : mask,
    path: hidden(record.path),
    parameters: record.parameters.map(({ name, source }) => ({ name, ...given(source) })),
    method: record.method,
    event_types: record.event_types,
    ...given({ content_type: record.content_type }),
    ...filled(
      'headers',
      record.headers.map(({ name, value }) => ({ name, value: hidden(value) })),
    ),
    ...(authentication !== null && {
      authentication: {
        type: authentication.type,
        ...given({
          username: authentication.username,
          password: authentication.password === null ? null : hidden(authentication.password),
          token: authentication.token === null ? null : hidden(authentication.token),
        }),
      },
    }),
    ...filled('signing_secrets', record.signing_secrets.map(hidden)),
    ...given({ tls_verification, missing_values, time_zone: record.time_zone }),
    ...(limits !== null && { limits: given(limits) }),
    ...given({ created_at: timeText(record.created_at), updated_at: timeText(record.updated_at) }),
  }
}

type Given<Fields> = { readonly [Name in keyof Fields]?: NonNullable<Fields[Name]> }

/** Only the fields that hold something. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Given<Fields>
}

function filled<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [Key in Name]?: readonly Item[] } {
  return items.length === 0 ? {} : ({ [name]: items } as { readonly [Key in Name]: readonly Item[] })
}

function timeText(epochMs: number | null): string | null {
  const isTold = epochMs !== null && epochMs >= 0 && epochMs <= webhookLimits.maxTimeMs
  return isTold ? new Date(epochMs).toISOString() : null
}

/** A fault of a record, with the path that its field has in the form. */
export function inWordsOfTheForm(fault: WebhookFault): WebhookFault {
  const path = /^(protocol|host|port)$/.test(fault.path)
    ? 'address'
    : fault.path.replace(/^(parameters\[\d+\])\.source/, '$1')
  return { ...fault, path }
}

function isWithin(path: string, whole: string): boolean {
  return path === whole || (path.startsWith(whole) && /^[.[]/.test(path.slice(whole.length)))
}
