import { describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import type { WebhookRule } from '../../../src/domain/webhook-fault.ts'
import { readWebhookForm } from '../../../src/domain/webhook-form.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { knownEventTypes, validateWebhook } from '../../../src/domain/webhook-validation.ts'
import { contentTypes } from '../../../src/domain/webhook.ts'
import { aWebhook, aWebhookRecord, call, fixed } from './samples.ts'
import {
  formRows,
  noLimits,
  plainForm,
  recordOf,
  recordRows,
  secretText,
  signingSecret,
} from './webhook-fault-rows.ts'

function faultsOf(fields: Partial<WebhookConfigRecord>): readonly string[] {
  const validation = validateWebhook(aWebhookRecord(fields))
  return validation.kind === 'valid' ? [] : validation.faults.map(faultText)
}

const unlimited = { totalTimeoutMs: null, concurrency: null, ratePerSecond: null, retryHorizonMs: null }

const ruleNames: Record<WebhookRule, string> = {
  required: '',
  type: '',
  unknown_field: '',
  one_of: '',
  range: '',
  length: '',
  form: '',
  repeated: '',
  reserved: '',
  conflict: '',
  sealed: '',
  undecodable: 'told by the table, of what is no record',
}

describe('what is refused', () => {
  it.each(recordRows.map((row) => [row.text, row] as const))('%s', (text, row) => {
    const validation = validateWebhook(recordOf(row))
    if (validation.kind === 'valid') throw new Error('it is taken for valid')
    expect(validation.faults.map(faultText)).toEqual([text])
    expect(validation.faults[0]?.rule).toBe(row.rule)
    expect(text).not.toContain(secretText)
  })

  it.each(formRows.map((row) => [row.text, row] as const))('in a form: %s', (text, { given, rule }) => {
    const reading = readWebhookForm(given)
    if (reading.kind === 'valid') throw new Error('it is taken for valid')
    expect(reading.faults.map(faultText)).toEqual([text])
    expect(reading.faults[0]?.rule).toBe(rule)
  })

  it('has a row for each rule and for each field of a record', () => {
    const rows = [...recordRows, ...formRows]
    expect(Object.keys(ruleNames).filter((rule) => !rows.some((row) => row.rule === rule))).toEqual([
      'undecodable',
    ])
    const fields = Object.keys(aWebhookRecord()).filter(
      (field) => !rows.some(({ text }) => new RegExp(`^${field}\\b`).test(text)),
    )
    expect(fields).toEqual([])
    for (const name of Object.keys(noLimits)) {
      const rules = rows.filter(({ text }) => text.startsWith(`limits.${name} `)).map(({ rule }) => rule)
      expect([name, ...new Set(rules)]).toEqual([name, 'range', 'type'])
    }
  })

  it('is told completely, not only the first fault', () => {
    const faults = faultsOf({
      webhook_id: '',
      host: `user:${secretText}@x`,
      port: 0,
      path: `/${secretText}?`,
      method: 'unknown',
      parameters: [call('nothing')],
      headers: [{ name: 'te', value: `${secretText}\n` }],
      signing_secrets: [secretText],
      limits: { total_timeout_ms: 0, concurrency: 0, rate_per_second: 0, retry_horizon_s: 0 },
    })
    expect(faults.map((text) => text.split(' ')[0])).toEqual([
      'webhook_id',
      'host',
      'port',
      'path',
      'method',
      'parameters[0].source.parameter',
      'headers[0].name',
      'headers[0].value',
      'signing_secrets[0]',
      'limits.total_timeout_ms',
      'limits.concurrency',
      'limits.rate_per_second',
      'limits.retry_horizon_s',
    ])
    expect(faults.join()).not.toContain(secretText)
  })
})

describe('a valid webhook', () => {
  it('says all that the record says, ready for use', () => {
    const headers = [
      { name: 'X-Shop', value: 'moscow 1' },
      { name: 'Cookie', value: 'a=b' },
    ]
    const webhook = aWebhook({
      parameters: [call('call_id', 'call'), fixed('source', 'site')],
      content_type: 'text/xml',
      headers,
      authentication: { type: 'basic', username: 'u', password: '', token: null },
      signing_secrets: [signingSecret],
      missing_values: 'omit',
      time_zone: 'Europe/Moscow',
      limits: {
        total_timeout_ms: 30_000,
        concurrency: 4,
        rate_per_second: 0.5,
        retry_horizon_s: 7_200,
      },
      created_at: 0,
      updated_at: 253_402_300_799_999,
    })
    expect(webhook).toEqual({
      webhookId: 'webhook-1',
      accountId: '10427',
      enabled: true,
      origin: 'https://crm.example.com',
      path: '/calls',
      method: 'POST',
      contentType: 'text/xml',
      eventTypes: ['call_start', 'call_end'],
      parameters: [
        { name: 'call', source: { kind: 'parameter', parameter: 'call_id' } },
        { name: 'source', source: { kind: 'literal', text: 'site' } },
      ],
      missingValues: 'omit',
      timeZone: 'Europe/Moscow',
      headers,
      authentication: { kind: 'basic', username: 'u', password: '' },
      signingSecrets: [signingSecret],
      tlsVerification: 'on',
      totalTimeoutMs: 30_000,
      concurrency: 4,
      ratePerSecond: 0.5,
      retryHorizonMs: 7_200_000,
    })
  })

  it('has what is ordinary where the record says nothing', () => {
    expect(aWebhook({ content_type: null })).toMatchObject({
      contentType: 'application/json',
      missingValues: 'empty',
      timeZone: null,
      headers: [],
      authentication: null,
      signingSecrets: [],
      ...unlimited,
    })
    expect(aWebhook({ limits: noLimits })).toMatchObject(unlimited)
  })

  it.each(contentTypes)('may be sent as %s, and asks a GET for no content type', (type) => {
    expect(aWebhook({ content_type: type }).contentType).toBe(type)
    expect(aWebhook({ content_type: type, method: 'GET' }).contentType).toBeNull()
  })

  it('may be disabled', () => {
    expect(aWebhook({ enabled: false }).enabled).toBe(false)
  })

  it('counts an event type that is named twice once', () => {
    expect(aWebhook({ event_types: ['call_end', 'call_end'] }).eventTypes).toEqual(['call_end'])
  })

  it.each([
    ['total_timeout_ms', 1, { totalTimeoutMs: 1 }],
    ['total_timeout_ms', 30_000, { totalTimeoutMs: 30_000 }],
    ['concurrency', 1, { concurrency: 1 }],
    ['concurrency', 1_000, { concurrency: 1_000 }],
    ['rate_per_second', 0.01, { ratePerSecond: 0.01 }],
    ['rate_per_second', 1 / 3, { ratePerSecond: 1 / 3 }],
    ['rate_per_second', 10_000, { ratePerSecond: 10_000 }],
    ['retry_horizon_s', 1, { retryHorizonMs: 1_000 }],
    ['retry_horizon_s', 2_592_000, { retryHorizonMs: 2_592_000_000 }],
  ])('may have a %s of %d, whatever the operator holds it to', (name, value, expected) => {
    expect(aWebhook({ limits: { ...noLimits, [name]: value } })).toMatchObject({ ...unlimited, ...expected })
  })
})

describe('an invalid webhook', () => {
  it('tells which event types it asks for all the same', () => {
    const record = aWebhookRecord({ event_types: ['unknown', 'call_end'], port: 0 })
    expect(knownEventTypes(record)).toEqual(['call_end'])
    expect(knownEventTypes(aWebhookRecord({ event_types: ['unknown'] }))).toEqual([])
  })
})

describe('the host of a record', () => {
  it.each([
    // As typed, protocol and port → the origin that is dialled.
    ['mysite.ru', 'http', 80, 'http://mysite.ru'],
    ['mysite.ru', 'https', 443, 'https://mysite.ru'],
    ['mysite.ru', 'https', 80, 'https://mysite.ru:80'],
    ['mysite.ru', 'http', 443, 'http://mysite.ru:443'],
    ['MySite.RU', 'http', 65_535, 'http://mysite.ru:65535'],
    ['mysite.ru.', 'http', 2, 'http://mysite.ru.:2'],
    ['_dmarc.my_site.ru', 'http', 80, 'http://_dmarc.my_site.ru'],
    [`${'a'.repeat(63)}.ru`, 'http', 80, `http://${'a'.repeat(63)}.ru`],
    ['мойсайт.рф', 'http', 80, 'http://xn--80arbjktj.xn--p1ai'],
    ['1.2.3.4', 'http', 80, 'http://1.2.3.4'],
    ['::1', 'http', 81, 'http://[::1]:81'],
    ['[::1]', 'http', 81, 'http://[::1]:81'],
    ['2001:DB8:0:0:0:0:0:1', 'https', 443, 'https://[2001:db8::1]'],
  ] as const)('%s over %s on port %i is %s', (host, protocol, port, origin) => {
    expect(aWebhook({ host, protocol, port }).origin).toBe(origin)
  })

  it.each(
    [
      ['', ' ', ' a', 'a b', 'a\tb', 'a\n', 'a\u0000b', 'a\u007fb', 'a\u0085b', '\u00ad', '\ud800.ru'],
      ['user@mysite.ru', 'user:secret@mysite.ru', 'mysite.ru/path', 'mysite.ru?a', 'mysite.ru#a'],
      ['mysite.ru\\path', 'mysite.ru:80', '1.2.3.4:80', '[::1]:80', 'http://mysite.ru', 'my%73ite.ru'],
      ['mysite.ru／path', 'mysite.ru：80', 'mysite.ru＠evil.ru', 'a<b', 'a>b', 'a^b', 'a|b'],
      ['[::1', '::1]', '[]', '[[::1]]', '[:]', ':', ':::', '1::2::3', 'fe80::1%eth0', 'fe80::1%25eth0'],
      ['[mysite.ru]', '[1.2.3.4]', '256.1.1.1', '1.2.3.4.5', '08.1.1.1', '999999999999', 'a.1'],
      ['.', '..', '.ru', 'a..ru', 'a.ru..', `${'a'.repeat(64)}.ru`, '*.mysite.ru', '{a}', 'a"b', "a'b"],
      ['a;b', 'a,b', 'a=b', 'a&b', 'a`b', 'a$b', 'a(b)'],
    ]
      .flat()
      .map((host) => [host]),
  )('%j is no host', (host) => {
    expect(faultsOf({ host })).toEqual([
      'host is not a host; allowed: a domain name, an IPv4 address, or an IPv6 address',
    ])
  })

  it('has at most 253 characters', () => {
    const labels = `${'abcdefghi.'.repeat(25)}ru1`
    expect(faultsOf({ host: labels })).toEqual([])
    expect(faultsOf({ host: `${labels}x` })).toEqual(['host has 254 characters; allowed: at most 253'])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('has no port %d', (port) => {
    expect(faultsOf({ port })).toEqual([`port is ${port}; allowed: a whole number from 1 to 65535`])
  })
})

describe('the path', () => {
  it.each([
    ['', '/'],
    ['/', '/'],
    ['path/to/file.php', '/path/to/file.php'],
    ['/path/to/file.php', '/path/to/file.php'],
    ['звонок', '/%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA'],
    ['/a b/😀', '/a%20b/%F0%9F%98%80'],
    ['/%d0%b7%20', '/%d0%b7%20'],
    ['/100%', '/100%'],
    ["/a+b;c=d&e@f:g!$'()*,", "/a+b;c=d&e@f:g!$'()*,"],
    ['/"<>`{}', '/%22%3C%3E%60%7B%7D'],
    ['/\ud800', '/%EF%BF%BD'],
    // As a browser's address line does it: what a client copies from there means the same here.
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../b', '/b'],
    ['/a/%2e%2E/b', '/b'],
    ['\\a\\b', '/a/b'],
  ])('%j is sent as %s', (path, sent) => {
    expect(aWebhook({ path }).path).toBe(sent)
  })

  it.each([
    '//evil.example/x',
    '/.//evil.example/x',
    '\\\\evil.example\\x',
    'http://evil.example',
    '@evil.example',
    ':99/x',
    '.evil.example',
    '/../../..//evil.example',
  ])('%j leads nowhere else', (path) => {
    const webhook = aWebhook({ path })
    expect(webhook.origin).toBe('https://crm.example.com')
    expect(new URL(`${webhook.origin}${webhook.path}`).origin).toBe('https://crm.example.com')
  })

  it('has at most 2048 bytes as it is sent, its slash among them', () => {
    for (const path of [
      'a'.repeat(2_047),
      `/${'a'.repeat(2_047)}`,
      'ж'.repeat(341),
      `${'a/../'.repeat(400)}b`,
    ]) {
      expect(faultsOf({ path })).toEqual([])
    }
    expect(faultsOf({ path: 'a'.repeat(2_048) })).toEqual([
      'path takes 2049 bytes as it is sent; allowed: at most 2048 bytes, in which a Cyrillic letter takes 6',
    ])
  })
})

describe('parameters', () => {
  it('are at most 200, in their order', () => {
    const parameters = Array.from({ length: 200 }, (_, index) => fixed(`p${index}`, ''))
    expect(aWebhook({ parameters }).parameters.map(({ name }) => name)).toEqual(
      parameters.map(({ name }) => name),
    )
  })

  it.each([
    ['twice the same', 'a', 'a'],
    ['control characters that are sent as the same replacement', 'a\u0001', 'a\u0002'],
    ['an unpaired surrogate beside the character that replaces it', 'a\ud800', 'a\ufffd'],
  ])('have names that are unique as they are sent in JSON, and only there: %s', (_what, one, other) => {
    const parameters = [fixed(one, 'x'), fixed(other, 'x')]
    const repeated = ['parameters[1].name repeats an earlier name; allowed: each once in a JSON body']
    expect(faultsOf({ parameters })).toEqual(repeated)
    expect(faultsOf({ parameters, content_type: null })).toEqual(repeated)
    expect(faultsOf({ parameters, method: 'GET' })).toEqual([])
    for (const content_type of contentTypes.slice(1))
      expect(faultsOf({ parameters, content_type })).toEqual([])
  })

  it.each(['__proto__', 'constructor', '1', 'a b', 'имя', 'A', 'a[]', 'a=b', '='])(
    'may be named %j',
    (name) => {
      expect(aWebhook({ parameters: [fixed('a', 'x'), fixed(name, 'x')] }).parameters[1]?.name).toBe(name)
    },
  )

  it.each(['', 'City', 'occurred_at', '__proto__', 'toString'])('of the call have no name %j', (name) => {
    expect(faultsOf({ parameters: [call(name, 'a')] })[0]).toMatch(
      /^parameters\[0\]\.source\.parameter is not a call parameter; allowed: a name of the parameter list/,
    )
  })

  it('may be literals up to 2048 characters, empty ones too', () => {
    expect(faultsOf({ parameters: [fixed('a', ''), fixed('b', 'x'.repeat(2_048))] })).toEqual([])
  })

  it('fill the request line of a GET to its last byte', () => {
    // "/calls" and, each with two characters around it, a name of one byte and a literal.
    const parameters = [
      ...Array.from({ length: 3 }, () => fixed('a', 'x'.repeat(2_048))),
      fixed('b', 'x'.repeat(1_838)),
    ]
    expect(faultsOf({ method: 'GET', parameters })).toEqual([])
    const more = [...parameters.slice(0, 3), fixed('b', 'x'.repeat(1_839))]
    expect(faultsOf({ method: 'GET', parameters: more })).toEqual([
      'parameters make a request of 8001 bytes of path, names and literals alone; allowed: at most 8000 for a GET; a POST has room',
    ])
    expect(faultsOf({ method: 'POST', content_type: 'text/plain', parameters: more })).toEqual([])
  })
})

describe('headers', () => {
  it.each(
    'host connection Content-Length content-type content-encoding TRANSFER-ENCODING upgrade te trailer expect keep-alive proxy-authorization proxy-x accept accept-encoding user-agent webhook-id Webhook-Signature webhook-x traceparent tracestate baggage'.split(
      ' ',
    ),
  )('%s is not the client’s to set', (name) => {
    expect(faultsOf({ headers: [{ name, value: 'x' }] })).toEqual([
      `headers[0].name is ${name.toLowerCase()}, which is not yours to set; allowed: any other header`,
    ])
  })

  it.each([
    'x-host',
    'hosts',
    'cookie',
    'referer',
    'accept-language',
    'proxy',
    'webhook',
    'Authorization',
    '__proto__',
    "!#$%&'*+.^_`|~-",
  ])('%s is', (name) => {
    expect(aWebhook({ headers: [{ name, value: 'x' }] }).headers).toEqual([{ name, value: 'x' }])
  })

  it('keep tabs and blanks between visible characters', () => {
    const value = 'a \t b~!'
    expect(aWebhook({ headers: [{ name: 'x', value }] }).headers[0]?.value).toBe(value)
  })
})

describe('credentials', () => {
  it('are a user name and a password, in any alphabet', () => {
    const authentication = { type: 'basic', username: 'Анна', password: 'пароль: 😀 ', token: null } as const
    expect(aWebhook({ authentication }).authentication).toEqual({
      kind: 'basic',
      username: 'Анна',
      password: 'пароль: 😀 ',
    })
  })

  it('or a token', () => {
    const authentication = { type: 'bearer', username: null, password: null, token: 'a.b-c_~+/=' } as const
    expect(aWebhook({ authentication }).authentication).toEqual({ kind: 'bearer', token: 'a.b-c_~+/=' })
  })

  it.each([24, 25, 26, 32, 63, 64])('sign with the Base64 of %i bytes', (bytes) => {
    const secret = `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`
    expect(aWebhook({ signing_secrets: [secret] }).signingSecrets).toEqual([secret])
  })

  it('sign with no Base64 whose last letter holds more than its bytes: two texts would be one key', () => {
    const secret = `whsec_${Buffer.alloc(25, 0).toString('base64').replace('AA==', 'AB==')}`
    expect(faultsOf({ signing_secrets: [secret] })).toHaveLength(1)
  })
})

describe('the time zone', () => {
  it.each([
    'UTC',
    'utc',
    'Etc/UTC',
    'Zulu',
    'GMT',
    'Etc/GMT',
    'UCT',
    'Universal',
    'Greenwich',
    'GMT0',
    'Etc/GMT0',
  ])('%s is UTC, whose times end in Z', (time_zone) => {
    expect(aWebhook({ time_zone }).timeZone).toBeNull()
  })

  it.each([
    'Europe/Moscow',
    'europe/moscow',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+3',
    'America/Port-au-Prince',
  ])('%s is known', (time_zone) => {
    expect(aWebhook({ time_zone }).timeZone).toBe(time_zone)
    expect(aWebhook({ time_zone }).timeZone).toBe(time_zone)
  })

  it.each([
    '-03:00',
    'Moscow',
    'MSK',
    'Europe',
    'Europe/',
    '/Moscow',
    'Europe/Moscow\n',
    '__proto__',
    'A'.repeat(90_000),
  ])('%.20s is not', (time_zone) => {
    expect(faultsOf({ time_zone })).toHaveLength(1)
  })
})

describe('rules of the operator', () => {
  it('open and block ports', () => {
    const rules = { ...defaultWebhookRules, blockedPorts: new Set([443]) }
    expect(validateWebhook(aWebhookRecord({ port: 25 }), rules).kind).toBe('valid')
    expect(validateWebhook(aWebhookRecord({ port: 443 }), rules).kind).toBe('invalid')
    expect(readWebhookForm({ ...plainForm, address: 'x:25' }, rules).kind).toBe('valid')
    expect(readWebhookForm(plainForm, rules).kind).toBe('invalid')
  })

  it.each([
    ['https', 'off', 'off'],
    ['https', 'on', 'on'],
    ['https', null, 'on'],
    // There is no certificate.
    ['http', 'off', 'on'],
  ] as const)(
    'let %s go with its certificate’s verification %p: %s',
    (protocol, tls_verification, expected) => {
      const rules = { ...defaultWebhookRules, unverifiedTls: 'allowed' } as const
      const validation = validateWebhook(aWebhookRecord({ protocol, tls_verification }), rules)
      expect(validation).toMatchObject({ kind: 'valid', webhook: { tlsVerification: expected } })
    },
  )
})
