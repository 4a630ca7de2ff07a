// Turns what the config topic says into a webhook, or into faults that name the field, the value's shape and
// what is allowed. Nothing is repaired or guessed: an invalid webhook delivers nothing and says why.
// Invariant: every fault of every field is told, and none repeats a value that may be secret.
import type { EventType } from './call-event.ts'
import { eventTypes } from './call-event.ts'
import type { AccountId, WebhookId } from './ids.ts'
import type { WebhookConfigRecord } from './records.ts'
import { unsendable } from './sendable-text.ts'
import { formatAddress, portRefusal, readHost } from './webhook-address.ts'
import { readAuthentication, readSigningSecrets } from './webhook-credentials.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { readHeaders } from './webhook-headers.ts'
import { readLimits } from './webhook-limits.ts'
import { readParameters, targetFault } from './webhook-parameters.ts'
import { readPath } from './webhook-path.ts'
import type { TlsVerification, WebhookRules } from './webhook-rules.ts'
import {
  defaultWebhookRules,
  httpMethods,
  missingValues,
  protocols,
  tlsVerifications,
  webhookLimits,
} from './webhook-rules.ts'
import { readTimeZone } from './webhook-time-zone.ts'
import { openedRecord } from './webhook-secrets.ts'
import { contentTypes } from './webhook.ts'
import type { ContentType, Webhook } from './webhook.ts'

export type WebhookValidation =
  | { readonly kind: 'valid'; readonly webhook: Webhook }
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }

type AddFault = (fault: WebhookFault) => void

/**
 * `rules`: the operator's; what is left out are those of browsers. Paths of faults are the record's own. The webhook's
 * secrets are plain, whatever stands in the record.
 */
export function validateWebhook(
  sealedRecord: WebhookConfigRecord,
  rules: WebhookRules = defaultWebhookRules,
): WebhookValidation {
  const faults: WebhookFault[] = []
  const record = openedRecord(sealedRecord, rules.unseal, (fault) => faults.push(fault))
  const unopened = new Set(faults.map(({ path }) => path))
  const add: AddFault = (fault) => {
    // What could not be opened is as if it were not there: nothing else is known of it.
    if (!unopened.has(fault.path)) faults.push(fault)
  }
  readId('webhook_id', record.webhook_id, add)
  readId('account_id', record.account_id, add)
  const origin = readOrigin(record, rules, add)
  const path = readPath(record.path)
  if (path.kind === 'fault') add(path.fault)
  const { method } = record
  if (method === 'unknown')
    add({ path: 'method', rule: 'one_of', found: 'is unknown', allowed: listed(httpMethods) })
  const contentType = readContentType(record, add)
  const parameters = readParameters(record.parameters, contentType, add)
  if (method === 'GET' && path.kind === 'path') {
    const tooLong = targetFault(path.path, parameters)
    if (tooLong !== null) add(tooLong)
  }
  const types = readEventTypes(record.event_types, add)
  const headers = readHeaders(record.headers, record.authentication === null ? 'free' : 'taken', add)
  const authentication = readAuthentication(record.authentication, add)
  const signingSecrets = readSigningSecrets(record.signing_secrets, add)
  const tlsVerification = readVerification(record, rules, add)
  if (record.missing_values === 'unknown') {
    add({ path: 'missing_values', rule: 'one_of', found: 'is unknown', allowed: listed(missingValues) })
  }
  const timeZone = readZone(record.time_zone, add)
  const limits = readLimits(record.limits, add)
  readTime('created_at', record.created_at, add)
  readTime('updated_at', record.updated_at, add)
  if (faults.length > 0 || origin === null || path.kind === 'fault' || method === 'unknown') {
    return { kind: 'invalid', faults }
  }
  return {
    kind: 'valid',
    webhook: {
      webhookId: record.webhook_id as WebhookId,
      accountId: record.account_id as AccountId,
      enabled: record.enabled,
      origin,
      path: path.path,
      method,
      contentType,
      timeZone,
      headers,
      authentication,
      signingSecrets,
      tlsVerification,
      eventTypes: types,
      parameters,
      missingValues: record.missing_values === 'omit' ? 'omit' : 'empty',
      ...limits,
    },
  }
}

/** The event types that a record asks for, as far as they are known: also of a record that is invalid otherwise. */
export function knownEventTypes(record: WebhookConfigRecord): readonly EventType[] {
  return eventTypes.filter((type) => record.event_types.includes(type))
}

/**
 * The delivery id is made of event id, line feed, webhook id: one more line feed would make it ambiguous. What cannot
 * be written as UTF-8 would make one id of two.
 */
function readId(path: 'webhook_id' | 'account_id', id: string, add: AddFault): void {
  const allowed = `text of 1 to ${webhookLimits.idLength} characters`
  if (id === '') add({ path, rule: 'required', found: 'is empty', allowed })
  else if (id.length > webhookLimits.idLength) {
    add({
      path,
      rule: 'length',
      found: `has ${id.length} characters`,
      allowed: `1 to ${webhookLimits.idLength}`,
    })
  } else {
    const found = unsendable(id)
    if (found !== null) add({ path, rule: 'form', found: `contains ${found}`, allowed: 'text without it' })
  }
}

function readOrigin(
  { protocol, host, port }: WebhookConfigRecord,
  rules: WebhookRules,
  add: AddFault,
): string | null {
  if (protocol === 'unknown') {
    add({ path: 'protocol', rule: 'one_of', found: 'is unknown', allowed: listed(protocols) })
  }
  const reading = readHost(host)
  if (reading.kind === 'refused') add({ path: 'host', ...reading.refusal })
  const refusal = portRefusal(port, rules)
  if (refusal !== null) add({ path: 'port', ...refusal })
  if (protocol === 'unknown' || reading.kind === 'refused' || refusal !== null) return null
  return formatAddress({ protocol, host: reading.host, port })
}

/** An operator who has not allowed it answers for what goes to whoever says that it is the receiver. */
function readVerification(
  { tls_verification, protocol }: WebhookConfigRecord,
  { unverifiedTls }: WebhookRules,
  add: AddFault,
): TlsVerification {
  const path = 'tls_verification'
  if (tls_verification === 'unknown') {
    add({ path, rule: 'one_of', found: 'is unknown', allowed: listed(tlsVerifications) })
  } else if (tls_verification === 'off' && unverifiedTls === 'refused') {
    add({ path, rule: 'reserved', found: 'is off, which the operator does not allow', allowed: 'on' })
  }
  return tls_verification === 'off' && protocol === 'https' ? 'off' : 'on'
}

/** Null where there is no body, or none that could be told. */
function readContentType({ method, content_type }: WebhookConfigRecord, add: AddFault): ContentType | null {
  const known =
    content_type === null ? 'application/json' : contentTypes.find((type) => type === content_type)
  if (known === undefined) {
    const found = 'is none that can be sent'
    add({ path: 'content_type', rule: 'one_of', found, allowed: listed(contentTypes) })
  }
  return method === 'POST' ? (known ?? null) : null
}

function readEventTypes(types: WebhookConfigRecord['event_types'], add: AddFault): readonly EventType[] {
  const tooMany = eventTypeCountFault(types.length)
  if (tooMany !== null) {
    add(tooMany)
    return []
  }
  types.forEach((type, index) => {
    if (type !== 'unknown') return
    add({ path: `event_types[${index}]`, rule: 'one_of', found: 'is unknown', allowed: listed(eventTypes) })
  })
  return eventTypes.filter((type) => types.includes(type))
}

/** Null where there is at least one and they are not too many. */
export function eventTypeCountFault(count: number): WebhookFault | null {
  const path = 'event_types'
  if (count === 0)
    return { path, rule: 'required', found: 'is empty', allowed: 'call_start, call_end, or both' }
  if (count <= webhookLimits.eventTypes) return null
  return { path, rule: 'length', found: `has ${count} entries`, allowed: 'call_start, call_end, or both' }
}

function readZone(text: string | null, add: AddFault): string | null {
  if (text === null) return null
  const reading = readTimeZone(text)
  if (reading.kind === 'zone') return reading.name
  const allowed = 'a name of the IANA time zone database, for example Europe/Moscow'
  add({ path: 'time_zone', rule: 'form', found: 'is no time zone that is known', allowed })
  return null
}

function readTime(path: 'created_at' | 'updated_at', epochMs: number | null, add: AddFault): void {
  if (epochMs === null || (Number.isInteger(epochMs) && epochMs >= 0 && epochMs <= webhookLimits.maxTimeMs))
    return
  add({ path, rule: 'range', found: `is ${epochMs} ms`, allowed: 'a time from 1970 to 9999' })
}

function listed(items: readonly string[]): string {
  return items.join(', ')
}
