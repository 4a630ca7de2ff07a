// Which field of the form a fault or warning belongs to, by the path that the reader of forms gives it.
// Invariant: every path has a place; what no field can show stands at the form's head.
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import type { FormDraft, Positions } from './form-draft.ts'

/** The id of the field in the document. */
export type FieldId = string

export const wholeForm: FieldId = 'form'

export const fieldIds = {
  parameterName: (key: number): FieldId => `parameter-${key}-name`,
  parameterValue: (key: number): FieldId => `parameter-${key}-value`,
  headerName: (key: number): FieldId => `header-${key}-name`,
  headerValue: (key: number): FieldId => `header-${key}-value`,
  secret: (key: number): FieldId => `secret-${key}`,
}

const single: ReadonlyMap<string, FieldId> = new Map([
  ['address', 'address'],
  ['path', 'path'],
  ['parameters', 'parameters'],
  ['method', 'method'],
  ['event_types', 'event-types'],
  ['content_type', 'content-type'],
  ['headers', 'headers'],
  ['authentication', 'authentication'],
  ['authentication.type', 'authentication'],
  ['authentication.username', 'username'],
  ['authentication.password', 'password'],
  ['authentication.token', 'token'],
  ['signing_secrets', 'signing-secrets'],
  ['tls_verification', 'tls-verification'],
  ['missing_values', 'missing-values'],
  ['time_zone', 'time-zone'],
  ['limits', 'limits'],
  ['limits.total_timeout_ms', 'total-timeout'],
  ['limits.concurrency', 'concurrency'],
  ['limits.rate_per_second', 'rate-per-second'],
  ['limits.retry_horizon_s', 'retry-horizon'],
])

/** Fields that stand in the part of the form that is closed at first. */
export function isAdvanced(field: FieldId): boolean {
  return /^(header|authentication|username|password|token|sign|secret|tls|missing|time|limits|total|concurrency|rate|retry)/.test(
    field,
  )
}

/** A stored secret that does not go to where the form's address leads now: the change was made in another field. */
export function isForAnotherAddress({ path, rule }: WebhookFault): boolean {
  return rule === 'conflict' && /^(?:headers\[\d+\]\.value|authentication\.(?:password|token))$/.test(path)
}

export function fieldOf(path: string, positions: Positions): FieldId {
  const known = single.get(path)
  if (known !== undefined) return known
  if (/^(protocol|host|port)$/.test(path)) return 'address'
  if (path.startsWith('event_types[')) return 'event-types'
  const [, list, index, rest = ''] =
    /^(parameters|headers|signing_secrets)\[(\d+)\](?:\.(\w+))?/.exec(path) ?? []
  const at = Number(index)
  switch (list) {
    case 'parameters': {
      const key = positions.parameters[at]
      if (key === undefined) return 'parameters'
      return rest === 'name' ? fieldIds.parameterName(key) : fieldIds.parameterValue(key)
    }
    case 'headers': {
      const key = positions.headers[at]
      if (key === undefined) return 'headers'
      return rest === 'value' ? fieldIds.headerValue(key) : fieldIds.headerName(key)
    }
    case 'signing_secrets': {
      const key = positions.secrets[at]
      return key === undefined ? 'signing-secrets' : fieldIds.secret(key)
    }
    case undefined:
    default:
      return wholeForm
  }
}

/** In their order, by field. */
export function byField<Placed extends { readonly path: string }>(
  placed: readonly Placed[],
  { positions }: FormDraft,
): ReadonlyMap<FieldId, readonly Placed[]> {
  const fields = new Map<FieldId, Placed[]>()
  for (const one of placed) {
    const field = fieldOf(one.path, positions)
    const before = fields.get(field)
    if (before === undefined) fields.set(field, [one])
    else before.push(one)
  }
  return fields
}
