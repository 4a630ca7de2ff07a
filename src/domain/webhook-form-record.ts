// From a form's JSON to the record that it describes, as far as types go; what the values may be is validation's.
// Invariant: each fault of a type is told under the form's own path, and the field stands empty in the record.
import type { WebhookConfigRecord } from './records.ts'
import type { FormObject } from './form-object.ts'
import { maskFault, readObject, shapeOf } from './form-object.ts'
import { readTimeText } from './time-text.ts'
import { parseAddress } from './webhook-address.ts'
import type { Address } from './webhook-address.ts'
import { secretCountFault } from './webhook-credentials.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { headerCountFault } from './webhook-headers.ts'
import { limitNames } from './webhook-limits.ts'
import { parameterCountFault } from './webhook-parameters.ts'
import type { WebhookRules } from './webhook-rules.ts'
import { authenticationTypes, httpMethods, mask, missingValues, tlsVerifications } from './webhook-rules.ts'
import { eventTypes } from './call-event.ts'
import { eventTypeCountFault } from './webhook-validation.ts'

/** Every field of a form, in the order in which it is shown. */
export const webhookFormFields = [
  'webhook_id',
  'account_id',
  'enabled',
  'address',
  'path',
  'parameters',
  'method',
  'event_types',
  'content_type',
  'headers',
  'authentication',
  'signing_secrets',
  'tls_verification',
  'missing_values',
  'time_zone',
  'limits',
  'created_at',
  'updated_at',
] as const

export const requiredFormFields = ['webhook_id', 'account_id', 'address', 'method', 'event_types'] as const

type Form = FormObject<(typeof webhookFormFields)[number]>
type AddFault = (fault: WebhookFault) => void

/** Null, and a fault told, where the value is no object. */
export function readFormRecord(
  value: unknown,
  rules: WebhookRules,
  add: AddFault,
): WebhookConfigRecord | null {
  const form: Form | null = readObject(value, { path: '', fields: webhookFormFields, add })
  if (form === null) return null
  for (const name of requiredFormFields) form.require(name)
  const { protocol, host, port } = readAddress(form, rules, add)
  const contentType = form.text('content_type')
  return {
    webhook_id: form.text('webhook_id') ?? '',
    account_id: form.text('account_id') ?? '',
    enabled: form.flag('enabled') ?? true,
    protocol,
    host,
    port,
    path: form.maskedText('path') ?? '',
    parameters: form
      .list('parameters', parameterCountFault)
      .map((entry, index) => readParameter(entry, index, add)),
    method: symbol(form.text('method'), httpMethods),
    event_types: readEventTypes(form, add),
    // Empty is no content type, so names are not judged by one that is not known.
    content_type: contentType === null && form.has('content_type') ? '' : contentType,
    headers: form.list('headers', headerCountFault).map((entry, index) => readHeader(entry, index, add)),
    authentication: readAuthentication(form),
    signing_secrets: form
      .list('signing_secrets', secretCountFault)
      .map((entry, index) => readSecret(entry, `signing_secrets[${index}]`, add)),
    tls_verification: form.has('tls_verification')
      ? symbol(form.text('tls_verification'), tlsVerifications)
      : null,
    missing_values: form.has('missing_values') ? symbol(form.text('missing_values'), missingValues) : null,
    time_zone: form.text('time_zone'),
    limits: readLimits(form),
    created_at: readTime(form, 'created_at', add),
    updated_at: readTime(form, 'updated_at', add),
  }
}

/** As the schema decodes what it does not know. */
function symbol<const Symbol extends string>(
  text: string | null,
  known: readonly Symbol[],
): Symbol | 'unknown' {
  return known.find((one) => one === text) ?? 'unknown'
}

/** For an address that makes no sense; its fault is told. */
const noAddress: Address = { protocol: 'http', host: 'address.invalid', port: 80 }

function readAddress(form: Form, rules: WebhookRules, add: AddFault): Address {
  const text = form.text('address')
  if (text === null) return noAddress
  const reading = parseAddress(text, rules)
  if (reading.kind === 'address') return reading
  add(reading.fault)
  return noAddress
}

function readParameter(
  entry: unknown,
  index: number,
  add: AddFault,
): WebhookConfigRecord['parameters'][number] {
  const path = `parameters[${index}]`
  const fields = readObject(entry, { path, fields: ['name', 'parameter', 'literal'], add })
  fields?.require('name')
  const source = { parameter: fields?.text('parameter') ?? null, literal: fields?.text('literal') ?? null }
  return { name: fields?.text('name') ?? '', source }
}

function readEventTypes(form: Form, add: AddFault): WebhookConfigRecord['event_types'] {
  return form
    .list('event_types', form.has('event_types') ? eventTypeCountFault : () => null)
    .map((entry, index) => {
      if (typeof entry !== 'string') add(mistyped(`event_types[${index}]`, entry, eventTypes.join(', ')))
      return symbol(typeof entry === 'string' ? entry : null, eventTypes)
    })
}

function readHeader(entry: unknown, index: number, add: AddFault): WebhookConfigRecord['headers'][number] {
  const fields = readObject(entry, { path: `headers[${index}]`, fields: ['name', 'value'], add })
  fields?.require('name')
  fields?.require('value')
  return { name: fields?.text('name') ?? '', value: fields?.maskedText('value') ?? '' }
}

function readAuthentication(form: Form): WebhookConfigRecord['authentication'] {
  const fields = form.object('authentication', ['type', 'username', 'password', 'token'])
  if (fields === null) return null
  fields.require('type')
  return {
    type: symbol(fields.text('type'), authenticationTypes),
    username: fields.text('username'),
    password: fields.maskedText('password'),
    token: fields.maskedText('token'),
  }
}

function readSecret(entry: unknown, path: string, add: AddFault): string {
  if (typeof entry !== 'string') add(mistyped(path, entry, 'text'))
  else if (entry === mask) add(maskFault(path))
  else return entry
  // Distinct, or a repeated secret would be told that is none.
  return path
}

function readLimits(form: Form): WebhookConfigRecord['limits'] {
  const fields = form.object('limits', limitNames)
  if (fields === null) return null
  return {
    total_timeout_ms: fields.number('total_timeout_ms'),
    concurrency: fields.number('concurrency'),
    rate_per_second: fields.number('rate_per_second'),
    retry_horizon_s: fields.number('retry_horizon_s'),
  }
}

function readTime(form: Form, name: 'created_at' | 'updated_at', add: AddFault): number | null {
  const text = form.text(name)
  const epochMs = text === null ? null : readTimeText(text)
  if (text !== null && epochMs === null) {
    const allowed = 'ISO 8601, for example 2026-03-14T09:15:02Z'
    add({ path: name, rule: 'form', found: 'is text that tells no time with its zone', allowed })
  }
  return epochMs
}

function mistyped(path: string, value: unknown, allowed: string): WebhookFault {
  return { path, rule: 'type', found: `is ${shapeOf(value)}`, allowed }
}
