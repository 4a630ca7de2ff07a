// What must arrive for a webhook as its form says it and an event, worked out from the documentation alone: this knows
// nothing of how a request is rendered.
import type { CallEvent } from '../../src/domain/call-event.ts'
import { findParameter } from '../../src/domain/parameter-catalogue.ts'
import type { WebhookForm } from '../../src/domain/webhook-form.ts'
import type { ReadPair } from './read-as.ts'

export interface SentWith {
  readonly host: string
  readonly userAgent: string
  readonly deliveryId: string
  readonly attempt: number
  readonly nowMs: number
  readonly purpose: 'delivery' | 'test'
}

type Kind = 'query' | 'form' | 'multipart' | 'json' | 'xml' | 'text'

const kinds: Readonly<Record<string, Kind>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'multipart',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/plain': 'text',
}

/** Names and values in their order. */
export function expectedPairs(form: WebhookForm, event: CallEvent): readonly ReadPair[] {
  const kind = kinds[form.content_type ?? ''] ?? 'query'
  const pairs: ReadPair[] = []
  for (const { name, parameter, literal } of form.parameters) {
    const value =
      literal === undefined
        ? valueOf(parameter ?? '', event, form.time_zone ?? 'UTC', kind)
        : read(literal, kind)
    if (value === null && form.missing_values === 'omit') continue
    pairs.push([read(name, kind), kind === 'json' ? value : flat(value)])
  }
  return pairs
}

type Value = null | string | number | boolean | readonly string[]

function valueOf(parameter: string, event: CallEvent, timeZone: string, kind: Kind): Value {
  const value = findParameter(parameter)?.value(event) ?? null
  if (typeof value === 'string') return read(value, kind)
  if (value === null || typeof value !== 'object') return value
  return 'kind' in value ? timeIn(timeZone, value.ms) : value.map((item) => read(item, kind))
}

function flat(value: Value): string {
  if (value === true) return '1'
  if (value === false) return '0'
  return value === null ? '' : String(value)
}

/** A text after its way: unit by unit, as no encoder walks through it. */
function read(text: string, kind: Kind): string {
  let arrived = ''
  for (let at = 0; at < text.length; at += 1) {
    const [before, unit, next] = [text.charCodeAt(at - 1), text.charCodeAt(at), text.charCodeAt(at + 1)]
    const isPaired = isHigh(unit) ? isLow(next) : !isLow(unit) || isHigh(before)
    if (kind === 'text' && unit === 10 && before === 13) continue
    if (kind === 'text' && '\t\n\v\f\r\u0085\u2028\u2029'.includes(text.charAt(at))) arrived += ' '
    else if (unit < 0x20 || (unit > 0x7e && unit < 0xa0) || !isPaired) arrived += '\ufffd'
    else if (kind === 'xml' && unit >= 0xfffe) arrived += '\ufffd'
    else arrived += text.charAt(at)
  }
  return arrived
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** Null for what is before 1970 or has no year of four digits. */
function timeIn(timeZone: string, ms: number): string | null {
  if (ms < 0 || ms > 8.64e15) return null
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  if (part['year']?.length !== 4) return null
  const offset = timeZone === 'UTC' ? 'Z' : part['timeZoneName']?.slice(3) || '+00:00'
  return `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}${offset}`
}

/** Name, value, name, value … of all header lines as they stand; a signature is anything of its form. */
export function expectedHeaders(form: WebhookForm, sentWith: SentWith, body: Buffer): readonly unknown[] {
  const { host, userAgent, deliveryId, attempt, nowMs, purpose } = sentWith
  const { authentication, headers = [], signing_secrets = [], content_type } = form
  const lines: [string, unknown][] = [
    ['host', host],
    ['connection', 'keep-alive'],
    ['user-agent', userAgent],
    ['accept', '*/*'],
    ['accept-encoding', 'identity'],
  ]
  if (content_type !== undefined)
    lines.push(['content-type', content_type + typeParameters(content_type, body)])
  lines.push(['webhook-id', deliveryId], ['webhook-attempt', String(attempt)])
  if (signing_secrets.length > 0) {
    const each = signing_secrets.map(() => 'v1,[A-Za-z0-9+/]{43}=').join(' ')
    lines.push(
      ['webhook-timestamp', String(Math.trunc(nowMs / 1_000))],
      ['webhook-signature', new RegExp(`^${each}$`)],
    )
  }
  if (purpose === 'test') lines.push(['webhook-test', '1'])
  if (authentication !== undefined) lines.push(['authorization', authorization(authentication)])
  for (const { name, value } of headers) lines.push([name, value])
  if (content_type !== undefined) lines.push(['content-length', String(body.length)])
  return lines.flat()
}

/** A multipart's boundary is what its body begins with. */
function typeParameters(contentType: string, body: Buffer): string {
  if (contentType.endsWith('xml') || contentType === 'text/plain') return '; charset=utf-8'
  if (contentType !== 'multipart/form-data') return ''
  const [, boundary = ''] = /^--([A-Za-z0-9'+_,./:=?-]{1,70}?)(?:--)?\r\n/.exec(body.toString('latin1')) ?? []
  return `; boundary=${boundary}`
}

function authorization({
  type,
  username,
  password,
  token,
}: NonNullable<WebhookForm['authentication']>): string {
  if (type === 'bearer') return `Bearer ${token}`
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
