// Turns what the config topic says into a webhook, or into faults that name the field, the value's shape and
// what is allowed. Nothing is repaired or guessed: an invalid webhook delivers nothing and says why.
import type { EventType } from './call-event.ts'
import { eventTypes } from './call-event.ts'
import type { AccountId, WebhookId } from './ids.ts'
import { findParameter } from './parameter-catalogue.ts'
import type { WebhookConfigRecord } from './records.ts'
import { sendable } from './sendable-text.ts'
import type { HttpMethod, ParameterSource, Webhook, WebhookParameter } from './webhook.ts'

export interface WebhookFault {
  /** Where in the record: `path`, `parameters[2].name`. */
  readonly path: string
  /** What is wrong and what is allowed; never the value of a field that may hold a secret. */
  readonly message: string
}

export type WebhookValidation =
  | { readonly kind: 'valid'; readonly webhook: Webhook }
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }

const maxPathLength = 2_048
const maxParameters = 200
const maxNameLength = 256
const maxTotalTimeoutMs = 30_000
const jsonType = 'application/json'
const ipv6 = /^\[.*\]$/
/** Labels of 1 to 63 characters as DNS has them, and the underscore that it tolerates; the root's dot may follow. */
const domainName = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/

export function validateWebhook(record: WebhookConfigRecord): WebhookValidation {
  const faults: WebhookFault[] = []
  const fault = (path: string, message: string): void => {
    faults.push({ path, message })
  }
  // The delivery id is made of event id, line feed, webhook id: one more line feed would make it ambiguous.
  if (record.webhook_id.includes('\n')) fault('webhook_id', 'contains a line feed; allowed: text without one')
  if (record.webhook_id === '') fault('webhook_id', 'is empty; allowed: any non-empty text')
  if (record.account_id === '') fault('account_id', 'is empty; allowed: any non-empty text')
  const origin = readOrigin(record, fault)
  const path = readPath(record.path, fault)
  const method = readMethod(record.method, fault)
  const types = readEventTypes(record.event_types, fault)
  const parameters = readParameters(record, fault)
  readContentType(record, fault)
  refuseWhatIsNotHonoured(record, fault)
  if (record.missing_values === 'unknown') fault('missing_values', 'is unknown; allowed: empty, omit')
  const totalTimeoutMs = readTotalTimeout(record, fault)
  if (faults.length > 0 || origin === null || path === null || method === null) {
    return { kind: 'invalid', faults }
  }
  return {
    kind: 'valid',
    webhook: {
      webhookId: record.webhook_id as WebhookId,
      accountId: record.account_id as AccountId,
      enabled: record.enabled,
      origin,
      path,
      method,
      eventTypes: types,
      parameters,
      missingValues: record.missing_values === 'omit' ? 'omit' : 'empty',
      totalTimeoutMs,
    },
  }
}

/** The event types that a record asks for, as far as they are known: also of a record that is invalid otherwise. */
export function knownEventTypes(record: WebhookConfigRecord): readonly EventType[] {
  return eventTypes.filter((type) => record.event_types.includes(type))
}

type Fault = (path: string, message: string) => void

/** The WHATWG parser has the last word on what a host is, so that what is checked here is what is dialled later. */
function readOrigin(record: WebhookConfigRecord, fault: Fault): string | null {
  const { protocol, host, port } = record
  if (protocol !== 'http' && protocol !== 'https') {
    fault('protocol', 'is unknown; allowed: http, https')
    return null
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    fault('port', `is ${port}; allowed: a whole number from 1 to 65535`)
    return null
  }
  // Brackets belong to IPv6 alone, and a bare IPv6 address needs them.
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  // A host of its own alphabet cannot smuggle user-info, a path or a port into the address.
  const foreign = /[\s/?#@\\%<>^|]|\p{Cc}|^$/u.test(host)
  const url = foreign ? null : URL.parse(`${protocol}://${bracketed}:${port}`)
  if (url === null || !(ipv6.test(url.hostname) || domainName.test(url.hostname))) {
    fault('host', 'is not a host; allowed: a domain name, an IPv4 address, or an IPv6 address')
    return null
  }
  if (url.hostname.length > 253) {
    fault('host', `has ${url.hostname.length} characters; allowed: at most 253`)
    return null
  }
  return url.origin
}

function readPath(path: string, fault: Fault): string | null {
  const found = /[?#]|\p{Cc}/u.exec(path)
  if (found !== null) {
    const what = found[0] === '?' || found[0] === '#' ? `"${found[0]}"` : 'a control character'
    fault('path', `contains ${what}; allowed: all that stands before "?", without "#" and control characters`)
    return null
  }
  if (path.length > maxPathLength) {
    fault('path', `has ${path.length} characters; allowed: at most ${maxPathLength}`)
    return null
  }
  // Let the URL parser encode Cyrillic and spaces, read a backslash as a slash and resolve dots as a browser would,
  // then take back only the path.
  const withSlash = /^[/\\]/.test(path) ? path : `/${path}`
  const url = new URL('http://path.invalid')
  url.pathname = withSlash
  return url.pathname
}

function readMethod(method: WebhookConfigRecord['method'], fault: Fault): HttpMethod | null {
  if (method === 'GET' || method === 'POST') return method
  fault('method', 'is unknown; allowed: GET, POST')
  return null
}

function readEventTypes(types: WebhookConfigRecord['event_types'], fault: Fault): readonly EventType[] {
  if (types.length === 0) fault('event_types', 'is empty; allowed: call_start, call_end, or both')
  types.forEach((type, index) => {
    if (type === 'unknown') fault(`event_types[${index}]`, 'is unknown; allowed: call_start, call_end')
  })
  return eventTypes.filter((type) => types.includes(type))
}

function readParameters(record: WebhookConfigRecord, fault: Fault): readonly WebhookParameter[] {
  if (record.parameters.length > maxParameters) {
    fault('parameters', `has ${record.parameters.length} entries; allowed: at most ${maxParameters}`)
    return []
  }
  const seen = new Set<string>()
  return record.parameters.flatMap((entry, index) => {
    const { name } = entry
    if (name === '' || name.length > maxNameLength) {
      fault(`parameters[${index}].name`, `has ${name.length} characters; allowed: 1 to ${maxNameLength}`)
    }
    const sent = sendable(name)
    if (record.method === 'POST' && seen.has(sent)) {
      fault(`parameters[${index}].name`, 'repeats an earlier name; a JSON body allows each name once')
    }
    seen.add(sent)
    const source = readSource(entry, `parameters[${index}].source`, fault)
    return source === null ? [] : [{ name, source }]
  })
}

function readSource(
  entry: WebhookConfigRecord['parameters'][number],
  path: string,
  fault: Fault,
): ParameterSource | null {
  const { parameter, literal } = entry.source
  if ((parameter === null) === (literal === null)) {
    fault(path, 'allowed: exactly one of a call parameter and a literal text')
    return null
  }
  if (literal !== null) return { kind: 'literal', text: literal }
  const known = parameter === null ? undefined : findParameter(parameter)
  if (known === undefined) {
    fault(`${path}.parameter`, 'is not a call parameter; allowed: a name of the parameter list')
    return null
  }
  return { kind: 'parameter', parameter: known.name }
}

function readContentType(record: WebhookConfigRecord, fault: Fault): void {
  if (record.method !== 'POST') return
  if (record.content_type !== null && record.content_type !== jsonType) {
    fault('content_type', `is not sent by this version; allowed: ${jsonType}`)
  }
}

function readTotalTimeout(record: WebhookConfigRecord, fault: Fault): number | null {
  const timeoutMs = record.limits?.total_timeout_ms ?? null
  if (timeoutMs !== null && !(timeoutMs >= 1 && timeoutMs <= maxTotalTimeoutMs)) {
    fault('limits.total_timeout_ms', `is ${timeoutMs}; allowed: 1 to ${maxTotalTimeoutMs} milliseconds`)
  }
  return timeoutMs
}

/** A field that would be ignored is a promise broken in silence, so this version refuses it aloud. */
function refuseWhatIsNotHonoured(record: WebhookConfigRecord, fault: Fault): void {
  const refuse = (path: string, present: boolean): void => {
    if (present) fault(path, 'is not supported by this version; allowed: leave it out')
  }
  refuse('headers', record.headers.length > 0)
  refuse('authentication', record.authentication !== null)
  refuse('signing_secrets', record.signing_secrets.length > 0)
  refuse('time_zone', record.time_zone !== null)
  refuse('limits.concurrency', (record.limits?.concurrency ?? null) !== null)
  refuse('limits.rate_per_second', (record.limits?.rate_per_second ?? null) !== null)
  refuse('limits.retry_horizon_s', (record.limits?.retry_horizon_s ?? null) !== null)
}
