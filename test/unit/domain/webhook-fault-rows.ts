// What is refused, with the complete words: a row for each rule of each field of the record, and of the form around it.
// `schema`: whether the JSON Schema can say so too; it is never asked what no form can hold.
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import type { WebhookRule } from '../../../src/domain/webhook-fault.ts'
import { aWebhookRecord, call, fixed } from './samples.ts'

type Fields = Partial<WebhookConfigRecord>
type Authentication = NonNullable<WebhookConfigRecord['authentication']>

export interface FaultRow<Given> {
  readonly given: Given
  readonly rule: WebhookRule
  /** As `faultText` writes it. */
  readonly text: string
  readonly schema: 'says so' | 'cannot say' | 'never asked'
}

/** In no text; a test looks for it. */
export const secretText = 'hunter2'

export const signingSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

export const noLimits = {
  total_timeout_ms: null,
  concurrency: null,
  rate_per_second: null,
  retry_horizon_s: null,
}

function says(rule: WebhookRule, given: Fields, text: string): FaultRow<Fields> {
  return { given, rule, text, schema: 'says so' }
}

function cannot(rule: WebhookRule, given: Fields, text: string): FaultRow<Fields> {
  return { given, rule, text, schema: 'cannot say' }
}

function never(rule: WebhookRule, given: Fields, text: string): FaultRow<Fields> {
  return { given, rule, text, schema: 'never asked' }
}

function source(parameter: string | null, literal: string | null): Fields {
  return { parameters: [{ name: 'a', source: { parameter, literal } }] }
}

function header(name: string, value = 'x'): Fields {
  return { headers: [{ name, value }] }
}

function basic(fields: Partial<Authentication>): Fields {
  return { authentication: { type: 'basic', username: 'u', password: 'p', token: null, ...fields } }
}

function bearer(fields: Partial<Authentication>): Fields {
  return { authentication: { type: 'bearer', username: null, password: null, token: 't', ...fields } }
}

const base64 = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64')
const oneOrOther = 'either a call parameter or a literal text'
const noSuchParameter =
  'parameters[0].source.parameter is not a call parameter; allowed: a name of the parameter list'
const types =
  'application/json, application/x-www-form-urlencoded, multipart/form-data, application/xml, text/xml, text/plain'
const notSent = `content_type is none that can be sent; allowed: ${types}`
const noHost = 'host is not a host; allowed: a domain name, an IPv4 address, or an IPv6 address'
const noPort = 'allowed: a whole number from 1 to 65535'
const orSealed =
  'allowed: the plain text, or a value sealed for this webhook and field with a key of the keyring'
const notSealed = `begins with sealed: and is no sealed value; ${orSealed}`
const unopened = `is sealed, and cannot be opened here; ${orSealed}`
/** Of the form of one. */
const envelope = `sealed:v1:2026-11:${'A'.repeat(60)}`
const notAscii =
  'headers[0].value has a character that is not visible ASCII, or a blank at an end; allowed: visible ASCII characters, with blanks and tabs between them'
const noSecret =
  'signing_secrets[0] is not whsec_ with Base64 behind it; allowed: whsec_ and the padded Base64 of 24 to 64 bytes'
const noZone =
  'time_zone is no time zone that is known; allowed: a name of the IANA time zone database, for example Europe/Moscow'
const noRate = (rate: number): string =>
  `limits.rate_per_second is ${rate}; allowed: a number from 0.01 to 10000`
const pathForm = 'allowed: all that stands before "?", without "#" and control characters'
const pathLength = 'allowed: at most 2048 bytes, in which a Cyrillic letter takes 6'

/** What a record says, beside what is ordinary. */
export const recordRows: readonly FaultRow<Fields>[] = [
  says('required', { webhook_id: '' }, 'webhook_id is empty; allowed: text of 1 to 200 characters'),
  says('length', { webhook_id: 'a'.repeat(201) }, 'webhook_id has 201 characters; allowed: 1 to 200'),
  says('form', { webhook_id: 'a\nb' }, 'webhook_id contains a control character; allowed: text without it'),
  cannot(
    'form',
    { webhook_id: 'a\ud800' },
    'webhook_id contains half of a surrogate pair; allowed: text without it',
  ),
  says('required', { account_id: '' }, 'account_id is empty; allowed: text of 1 to 200 characters'),
  says('length', { account_id: 'a'.repeat(201) }, 'account_id has 201 characters; allowed: 1 to 200'),
  says(
    'form',
    { account_id: 'a\u0085' },
    'account_id contains a control character; allowed: text without it',
  ),
  says('one_of', { protocol: 'unknown' }, 'protocol is unknown; allowed: http, https'),
  cannot('form', { host: 'a..ru' }, noHost),
  says('form', { host: `u:${secretText}@mysite.ru` }, noHost),
  says('length', { host: 'a.'.repeat(300) }, 'host has 600 characters; allowed: at most 253'),
  cannot('range', { port: 0 }, `port is 0; ${noPort}`),
  cannot('range', { port: 65_536 }, `port is 65536; ${noPort}`),
  cannot('range', { port: 80.5 }, `port is 80.5; ${noPort}`),
  cannot('reserved', { port: 25 }, 'port is 25, which is blocked; allowed: a port on which HTTP is spoken'),
  says('form', { path: `/${secretText}?b` }, `path contains "?"; ${pathForm}`),
  says('form', { path: `/${secretText}#b` }, `path contains "#"; ${pathForm}`),
  says('form', { path: `/${secretText}\r\nx: y` }, `path contains a control character; ${pathForm}`),
  says('length', { path: 'a'.repeat(2_049) }, `path has 2049 characters; ${pathLength}`),
  cannot('length', { path: 'ж'.repeat(342) }, `path takes 2053 bytes as it is sent; ${pathLength}`),
  says(
    'length',
    { parameters: Array.from({ length: 201 }, (_, at) => fixed(`p${at}`, '')) },
    'parameters has 201 entries; allowed: at most 200',
  ),
  says('length', { parameters: [fixed('', 'x')] }, 'parameters[0].name has 0 characters; allowed: 1 to 256'),
  says(
    'length',
    { parameters: [fixed('a'.repeat(257), 'x')] },
    'parameters[0].name has 257 characters; allowed: 1 to 256',
  ),
  cannot(
    'repeated',
    { parameters: [call('city', 'a'), fixed('a', 'x')] },
    'parameters[1].name repeats an earlier name; allowed: each once in a JSON body',
  ),
  says(
    'form',
    { content_type: 'text/plain', parameters: [fixed('a=b', 'x')] },
    'parameters[0].name contains "="; allowed: a name without it for text/plain, where it ends the name',
  ),
  says(
    'required',
    source(null, null),
    `parameters[0].source has neither a parameter nor a literal; allowed: ${oneOrOther}`,
  ),
  says(
    'conflict',
    source('city', secretText),
    `parameters[0].source has both a parameter and a literal; allowed: ${oneOrOther}`,
  ),
  says('one_of', source('occurred_at', null), noSuchParameter),
  says('one_of', source('Client_numbr', null), `${noSuchParameter}, for example client_number`),
  says('one_of', source(`city${' '.repeat(90_000)}`, null), noSuchParameter),
  says(
    'length',
    source(null, secretText.repeat(300)),
    'parameters[0].source.literal has 2100 characters; allowed: at most 2048',
  ),
  cannot(
    'length',
    {
      method: 'GET',
      path: 'ab',
      parameters: Array.from({ length: 40 }, () => fixed('имя', 'x'.repeat(180))),
    },
    'parameters make a request of 8003 bytes of path, names and literals alone; allowed: at most 8000 for a GET; a POST has room',
  ),
  says('one_of', { method: 'unknown' }, 'method is unknown; allowed: GET, POST'),
  says('required', { event_types: [] }, 'event_types is empty; allowed: call_start, call_end, or both'),
  says(
    'length',
    { event_types: Array.from({ length: 11 }, () => 'call_end' as const) },
    'event_types has 11 entries; allowed: call_start, call_end, or both',
  ),
  says(
    'one_of',
    { event_types: ['call_end', 'unknown'] },
    'event_types[1] is unknown; allowed: call_start, call_end',
  ),
  says('one_of', { content_type: 'text/html' }, notSent),
  says('one_of', { content_type: 'Application/JSON' }, notSent),
  says('one_of', { content_type: 'application/json; charset=utf-8' }, notSent),
  says('one_of', { content_type: '' }, notSent),
  says('one_of', { method: 'GET', content_type: 'text/html' }, notSent),
  says(
    'length',
    { headers: Array.from({ length: 21 }, (_, at) => ({ name: `x-${at}`, value: 'x' })) },
    'headers has 21 entries; allowed: at most 20',
  ),
  says('length', header(''), 'headers[0].name has 0 characters; allowed: 1 to 100'),
  says('length', header('a'.repeat(101)), 'headers[0].name has 101 characters; allowed: 1 to 100'),
  says(
    'form',
    header('x y'),
    "headers[0].name contains a character that no header name has; allowed: letters, digits and !#$%&'*+-.^_`|~",
  ),
  says(
    'reserved',
    header('Host'),
    'headers[0].name is host, which is not yours to set; allowed: any other header',
  ),
  says(
    'conflict',
    { ...bearer({}), headers: [{ name: 'Authorization', value: secretText }] },
    'headers[0].name is set by the field "authentication" too; allowed: either this header or the field "authentication"',
  ),
  cannot(
    'repeated',
    {
      headers: [
        { name: 'x-a', value: 'x' },
        { name: 'X-A', value: 'y' },
      ],
    },
    'headers[1].name repeats an earlier name; allowed: each once, whatever its case',
  ),
  says('length', header('x', ''), 'headers[0].value has 0 characters; allowed: 1 to 2048'),
  says(
    'length',
    header('x', secretText.repeat(300)),
    'headers[0].value has 2100 characters; allowed: 1 to 2048',
  ),
  says('form', header('x', `${secretText}\r\ny: z`), notAscii),
  says('form', header('x', `${secretText}\u0000`), notAscii),
  says('form', header('x', ` ${secretText}`), notAscii),
  says('form', header('x', 'пароль'), notAscii),
  says('sealed', header('x', `sealed:${secretText}`), `headers[0].value ${notSealed}`),
  says('sealed', header('x', `sealed:v1:${secretText}`), `headers[0].value ${notSealed}`),
  cannot('sealed', header('x', envelope), `headers[0].value ${unopened}`),
  says('one_of', bearer({ type: 'unknown' }), 'authentication.type is unknown; allowed: basic, bearer'),
  says('required', basic({ username: null }), 'authentication.username is missing; allowed: text, for basic'),
  says(
    'form',
    basic({ username: 'a:b' }),
    'authentication.username contains a colon; allowed: text without colons and control characters',
  ),
  says(
    'form',
    basic({ username: 'a\t' }),
    'authentication.username contains a control character; allowed: text without colons and control characters',
  ),
  says(
    'length',
    basic({ username: 'a'.repeat(257) }),
    'authentication.username has 257 characters; allowed: at most 256',
  ),
  says('required', basic({ password: null }), 'authentication.password is missing; allowed: text, for basic'),
  says(
    'form',
    basic({ password: `${secretText}\n` }),
    'authentication.password contains a control character; allowed: text without control characters',
  ),
  cannot(
    'form',
    basic({ password: `${secretText}\ud800` }),
    'authentication.password contains half of a surrogate pair; allowed: text without control characters',
  ),
  says(
    'length',
    basic({ password: 'a'.repeat(1_025) }),
    'authentication.password has 1025 characters; allowed: at most 1024',
  ),
  says('sealed', basic({ password: `sealed:${secretText}` }), `authentication.password ${notSealed}`),
  says('sealed', basic({ password: `sealed:v1:${secretText}` }), `authentication.password ${notSealed}`),
  cannot('sealed', basic({ password: envelope }), `authentication.password ${unopened}`),
  says(
    'conflict',
    basic({ token: secretText }),
    'authentication.token is no part of basic; allowed: leave it out',
  ),
  says('required', bearer({ token: null }), 'authentication.token is missing; allowed: text, for bearer'),
  says('length', bearer({ token: '' }), 'authentication.token has 0 characters; allowed: 1 to 4096'),
  says(
    'length',
    bearer({ token: 'a'.repeat(4_097) }),
    'authentication.token has 4097 characters; allowed: 1 to 4096',
  ),
  says(
    'form',
    bearer({ token: `${secretText} x` }),
    'authentication.token has a character that is not visible ASCII; allowed: visible ASCII characters without blanks',
  ),
  says('sealed', bearer({ token: `sealed:${secretText}` }), `authentication.token ${notSealed}`),
  says('sealed', bearer({ token: `sealed:v1:${secretText}` }), `authentication.token ${notSealed}`),
  cannot('sealed', bearer({ token: envelope }), `authentication.token ${unopened}`),
  says(
    'conflict',
    bearer({ username: 'u' }),
    'authentication.username is no part of bearer; allowed: leave it out',
  ),
  says(
    'conflict',
    bearer({ password: secretText }),
    'authentication.password is no part of bearer; allowed: leave it out',
  ),
  says(
    'length',
    { signing_secrets: Array.from({ length: 6 }, (_, at) => `whsec_${base64(24 + at)}`) },
    'signing_secrets has 6 entries; allowed: at most 5',
  ),
  says(
    'repeated',
    { signing_secrets: [signingSecret, signingSecret] },
    'signing_secrets[1] repeats an earlier one; allowed: each once',
  ),
  says('form', { signing_secrets: [secretText] }, noSecret),
  says('form', { signing_secrets: [`whsec_${base64(25).replaceAll('=', '')}`] }, noSecret),
  says('form', { signing_secrets: [`whsec_${base64(24).replaceAll('B', '-')}`] }, noSecret),
  says(
    'length',
    { signing_secrets: [`whsec_${base64(21)}`] },
    'signing_secrets[0] is the Base64 of 21 bytes; allowed: 24 to 64 bytes',
  ),
  cannot(
    'length',
    { signing_secrets: [`whsec_${base64(23)}`] },
    'signing_secrets[0] is the Base64 of 23 bytes; allowed: 24 to 64 bytes',
  ),
  cannot(
    'length',
    { signing_secrets: [`whsec_${base64(65)}`] },
    'signing_secrets[0] is the Base64 of 65 bytes; allowed: 24 to 64 bytes',
  ),
  says(
    'length',
    { signing_secrets: [`whsec_${base64(99)}`] },
    'signing_secrets[0] has 138 characters; allowed: the Base64 of 24 to 64 bytes',
  ),
  says('sealed', { signing_secrets: [`sealed:${secretText}`] }, `signing_secrets[0] ${notSealed}`),
  says('sealed', { signing_secrets: [`sealed:v1:${secretText}`] }, `signing_secrets[0] ${notSealed}`),
  cannot('sealed', { signing_secrets: [envelope] }, `signing_secrets[0] ${unopened}`),
  says('one_of', { tls_verification: 'unknown' }, 'tls_verification is unknown; allowed: on, off'),
  cannot(
    'reserved',
    { tls_verification: 'off' },
    'tls_verification is off, which the operator does not allow; allowed: on',
  ),
  says('one_of', { missing_values: 'unknown' }, 'missing_values is unknown; allowed: empty, omit'),
  says('form', { time_zone: '' }, noZone),
  says('form', { time_zone: '+03:00' }, noZone),
  says('form', { time_zone: 'Europe/Moscow ' }, noZone),
  cannot('form', { time_zone: 'Europe/Moskva' }, noZone),
  says(
    'range',
    { limits: { ...noLimits, total_timeout_ms: 0 } },
    'limits.total_timeout_ms is 0; allowed: a whole number of milliseconds from 1 to 30000',
  ),
  says(
    'range',
    { limits: { ...noLimits, total_timeout_ms: 30_001 } },
    'limits.total_timeout_ms is 30001; allowed: a whole number of milliseconds from 1 to 30000',
  ),
  says(
    'range',
    { limits: { ...noLimits, total_timeout_ms: 1.5 } },
    'limits.total_timeout_ms is 1.5; allowed: a whole number of milliseconds from 1 to 30000',
  ),
  ...[0, 1_001, -1, 1.5].map((concurrency) =>
    says(
      'range',
      { limits: { ...noLimits, concurrency } },
      `limits.concurrency is ${concurrency}; allowed: a whole number from 1 to 1000`,
    ),
  ),
  ...[0, 0.009, -1, 10_000.5].map((rate_per_second) =>
    says('range', { limits: { ...noLimits, rate_per_second } }, noRate(rate_per_second)),
  ),
  // JSON has no such numbers.
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((rate_per_second) =>
    never('range', { limits: { ...noLimits, rate_per_second } }, noRate(rate_per_second)),
  ),
  ...[0, 2_592_001, -60, 0.5].map((retry_horizon_s) =>
    says(
      'range',
      { limits: { ...noLimits, retry_horizon_s } },
      `limits.retry_horizon_s is ${retry_horizon_s}; allowed: a whole number of seconds from 1 to 2592000`,
    ),
  ),
  never('range', { created_at: -1 }, 'created_at is -1 ms; allowed: a time from 1970 to 9999'),
  never(
    'range',
    { updated_at: 253_402_300_800_000 },
    'updated_at is 253402300800000 ms; allowed: a time from 1970 to 9999',
  ),
]

/** A form with nothing optional in it. */
export const plainForm = {
  webhook_id: 'webhook-1',
  account_id: '10427',
  address: 'https://crm.example.com',
  path: 'calls',
  parameters: [{ name: 'call', parameter: 'call_id' }],
  method: 'POST',
  event_types: ['call_start', 'call_end'],
}

type Form = Readonly<Record<string, unknown>>

function formSays(rule: WebhookRule, given: Form, text: string): FaultRow<unknown> {
  return { given: { ...plainForm, ...given }, rule, text, schema: 'says so' }
}

function formCannot(rule: WebhookRule, given: Form, text: string): FaultRow<unknown> {
  return { ...formSays(rule, given, text), schema: 'cannot say' }
}

const allFields =
  'webhook_id, account_id, enabled, address, path, parameters, method, event_types, content_type, headers, ' +
  'authentication, signing_secrets, tls_verification, missing_values, time_zone, limits, created_at, updated_at'
const masked = 'is ***, which stands for a hidden value; allowed: the value itself'
const noTime = 'is text that tells no time with its zone; allowed: ISO 8601, for example 2026-03-14T09:15:02Z'

/** What only a form can get wrong; a fault of a value is that of the record, in the form's words. */
export const formRows: readonly FaultRow<unknown>[] = [
  ...(
    [
      [null, 'null'],
      ['{}', 'text'],
      [7, 'a number'],
      [true, 'true or false'],
      [[plainForm], 'a list'],
      [undefined, 'missing'],
    ] as const
  ).map(([given, shape]): FaultRow<unknown> => {
    return { given, rule: 'type', text: `is ${shape}; allowed: an object of ${allFields}`, schema: 'says so' }
  }),
  ...['webhook_id', 'account_id', 'address', 'method', 'event_types'].flatMap((name) => [
    formSays('required', { [name]: undefined }, `${name} is missing`),
    formSays('required', { [name]: null }, `${name} is missing`),
  ]),
  ...[
    'webhook_id',
    'account_id',
    'address',
    'path',
    'method',
    'content_type',
    'tls_verification',
    'missing_values',
    'time_zone',
    'created_at',
    'updated_at',
  ].map((name) => formSays('type', { [name]: 7 }, `${name} is a number; allowed: text`)),
  ...['parameters', 'event_types', 'headers', 'signing_secrets'].map((name) =>
    formSays('type', { [name]: {} }, `${name} is an object; allowed: a list`),
  ),
  formSays('type', { enabled: 'yes' }, 'enabled is text; allowed: true or false'),
  formSays('type', { enabled: null }, 'enabled is null; allowed: true or false'),
  formSays(
    'type',
    { authentication: 'basic' },
    'authentication is text; allowed: an object of type, username, password, token',
  ),
  formSays(
    'type',
    { authentication: { type: 'bearer', token: 7 } },
    'authentication.token is a number; allowed: text',
  ),
  formSays(
    'required',
    { authentication: { username: 'u', password: 'p' } },
    'authentication.type is missing',
  ),
  formSays(
    'type',
    { limits: [] },
    'limits is a list; allowed: an object of total_timeout_ms, concurrency, rate_per_second, retry_horizon_s',
  ),
  formSays(
    'type',
    { limits: { total_timeout_ms: '10' } },
    'limits.total_timeout_ms is text; allowed: a number',
  ),
  ...['concurrency', 'rate_per_second', 'retry_horizon_s'].map((name) =>
    formSays('type', { limits: { [name]: '10' } }, `limits.${name} is text; allowed: a number`),
  ),
  formSays(
    'unknown_field',
    { limits: { concurency: 4 } },
    'limits.concurency is no field of a webhook; allowed: perhaps concurrency was meant',
  ),
  formSays(
    'type',
    { parameters: ['call_id'] },
    'parameters[0] is text; allowed: an object of name, parameter, literal',
  ),
  formSays('required', { parameters: [{ parameter: 'call_id' }] }, 'parameters[0].name is missing'),
  formSays(
    'type',
    { parameters: [{ name: 'a', literal: 1 }] },
    'parameters[0].literal is a number; allowed: text',
  ),
  formSays(
    'one_of',
    { parameters: [{ name: 'a', parameter: 'citi' }] },
    'parameters[0].parameter is not a call parameter; allowed: a name of the parameter list, for example city',
  ),
  formSays(
    'required',
    { parameters: [{ name: 'a' }] },
    `parameters[0] has neither a parameter nor a literal; allowed: ${oneOrOther}`,
  ),
  formSays(
    'type',
    { event_types: ['call_end', 1] },
    'event_types[1] is a number; allowed: call_start, call_end',
  ),
  formSays('required', { headers: [{ name: 'x' }] }, 'headers[0].value is missing'),
  formSays('type', { headers: [null] }, 'headers[0] is null; allowed: an object of name, value'),
  formSays('type', { signing_secrets: [null] }, 'signing_secrets[0] is null; allowed: text'),
  formSays(
    'unknown_field',
    { adress: 'x' },
    'adress is no field of a webhook; allowed: perhaps address was meant',
  ),
  formSays('unknown_field', { zzz: 'x' }, `zzz is no field of a webhook; allowed: ${allFields}`),
  formSays(
    'unknown_field',
    { constructor: 'x' },
    `constructor is no field of a webhook; allowed: ${allFields}`,
  ),
  formSays(
    'unknown_field',
    JSON.parse('{"__proto__": {"enabled": false}}'),
    `__proto__ is no field of a webhook; allowed: ${allFields}`,
  ),
  formSays(
    'unknown_field',
    { headers: [{ name: 'x', valeu: 'y', value: 'z' }] },
    'headers[0].valeu is no field of a webhook; allowed: perhaps value was meant',
  ),
  formSays('form', { path: '***' }, `path ${masked}`),
  formSays('form', { headers: [{ name: 'x', value: '***' }] }, `headers[0].value ${masked}`),
  formSays(
    'form',
    { authentication: { type: 'basic', username: 'u', password: '***' } },
    `authentication.password ${masked}`,
  ),
  formSays('form', { authentication: { type: 'bearer', token: '***' } }, `authentication.token ${masked}`),
  formSays('form', { signing_secrets: ['***'] }, `signing_secrets[0] ${masked}`),
  formSays(
    'form',
    { address: 'mysite.ru/path' },
    'address contains a path; allowed: the host alone; a path belongs into the field "path"',
  ),
  formCannot(
    'reserved',
    { address: 'mysite.ru:6667' },
    'address has port 6667, which is blocked; allowed: a port on which HTTP is spoken',
  ),
  formSays('form', { created_at: 'yesterday' }, `created_at ${noTime}`),
  formSays('form', { updated_at: '2026-03-14T09:15:02' }, `updated_at ${noTime}`),
  formCannot('form', { updated_at: '2026-02-30T09:15:02Z' }, `updated_at ${noTime}`),
  formCannot(
    'range',
    { created_at: '1969-12-31T23:59:59Z' },
    'created_at is -1000 ms; allowed: a time from 1970 to 9999',
  ),
]

/** The record of a row. */
export function recordOf({ given }: FaultRow<Fields>): WebhookConfigRecord {
  return aWebhookRecord(given)
}
