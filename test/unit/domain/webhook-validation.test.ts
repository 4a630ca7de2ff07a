import { describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { knownEventTypes, validateWebhook } from '../../../src/domain/webhook-validation.ts'
import { aWebhook, aWebhookRecord, call, fixed } from './samples.ts'

function faultsOf(fields: Partial<WebhookConfigRecord>): readonly string[] {
  const validation = validateWebhook(aWebhookRecord(fields))
  return validation.kind === 'valid' ? [] : validation.faults.map(({ path, message }) => `${path} ${message}`)
}

const sourceFaults = (parameter: string | null, literal: string | null): readonly string[] =>
  faultsOf({ parameters: [{ name: 'a', source: { parameter, literal } }] })
const timeoutFaults = (timeoutMs: number): readonly string[] =>
  faultsOf({ limits: { ...limits, total_timeout_ms: timeoutMs } })
const namedAs = (name: string): WebhookConfigRecord['parameters'][number] => fixed(name, 'x')
const limits = { total_timeout_ms: null, concurrency: null, rate_per_second: null, retry_horizon_s: null }

describe('a valid webhook', () => {
  it('says all that the record says, ready for use', () => {
    const parameters = [call('call_id', 'call'), fixed('source', 'site')]
    expect(aWebhook({ parameters, limits: { ...limits, total_timeout_ms: 30_000 } })).toEqual({
      webhookId: 'webhook-1',
      accountId: '10427',
      enabled: true,
      origin: 'https://crm.example.com',
      path: '/calls',
      method: 'POST',
      eventTypes: ['call_start', 'call_end'],
      parameters: [
        { name: 'call', source: { kind: 'parameter', parameter: 'call_id' } },
        { name: 'source', source: { kind: 'literal', text: 'site' } },
      ],
      missingValues: 'empty',
      totalTimeoutMs: 30_000,
    })
  })

  it('may be disabled', () => {
    expect(aWebhook({ enabled: false }).enabled).toBe(false)
  })

  it('sends values that are not known empty, unless it leaves them out', () => {
    expect(aWebhook({ missing_values: null }).missingValues).toBe('empty')
    expect(aWebhook({ missing_values: 'empty' }).missingValues).toBe('empty')
    expect(aWebhook({ missing_values: 'omit' }).missingValues).toBe('omit')
  })
})

describe('ids', () => {
  it.each([
    [{ webhook_id: '' }, 'webhook_id is empty; allowed: any non-empty text'],
    [{ account_id: '' }, 'account_id is empty; allowed: any non-empty text'],
    [{ webhook_id: 'a\nb' }, 'webhook_id contains a line feed; allowed: text without one'],
  ])('%j', (fields, fault) => {
    expect(faultsOf(fields)).toEqual([fault])
  })
})

describe('the address', () => {
  it.each([
    // As typed, protocol and port → the origin that is dialled.
    ['mysite.ru', 'http', 80, 'http://mysite.ru'],
    ['mysite.ru', 'https', 443, 'https://mysite.ru'],
    ['mysite.ru', 'https', 80, 'https://mysite.ru:80'],
    ['mysite.ru', 'http', 443, 'http://mysite.ru:443'],
    ['MySite.RU', 'http', 65_535, 'http://mysite.ru:65535'],
    ['mysite.ru.', 'http', 1, 'http://mysite.ru.:1'],
    ['localhost', 'http', 8080, 'http://localhost:8080'],
    ['_dmarc.my_site.ru', 'http', 80, 'http://_dmarc.my_site.ru'],
    [`${'a'.repeat(63)}.ru`, 'http', 80, `http://${'a'.repeat(63)}.ru`],
    ['мойсайт.рф', 'http', 80, 'http://xn--80arbjktj.xn--p1ai'],
    ['bücher.example', 'http', 80, 'http://xn--bcher-kva.example'],
    ['1.2.3.4', 'http', 80, 'http://1.2.3.4'],
    ['::1', 'http', 81, 'http://[::1]:81'],
    ['[::1]', 'http', 81, 'http://[::1]:81'],
    ['2001:DB8:0:0:0:0:0:1', 'https', 443, 'https://[2001:db8::1]'],
    ['::ffff:127.0.0.1', 'http', 80, 'http://[::ffff:7f00:1]'],
  ] as const)('%s over %s on port %i is %s', (host, protocol, port, origin) => {
    expect(aWebhook({ host, protocol, port }).origin).toBe(origin)
  })

  // The origin shows what is dialled, so that whatever judges addresses later sees through the disguise.
  it.each([
    ['2130706433', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['1.2.3.4.', '1.2.3.4'],
    ['0', '0.0.0.0'],
    ['①②⑦.0.0.1', '127.0.0.1'],
    ['ｅvil.example', 'evil.example'],
    ['evil。example', 'evil.example'],
    ['ev\u00adil\u200b.example', 'evil.example'],
  ])('%j is written as what is dialled: %s', (host, dialled) => {
    expect(aWebhook({ host, protocol: 'http', port: 80 }).origin).toBe(`http://${dialled}`)
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

  it.each([0, -1, 65_536, 80.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses port %d', (port) => {
    expect(faultsOf({ port })).toEqual([`port is ${port}; allowed: a whole number from 1 to 65535`])
  })

  it('refuses a protocol that this version does not know', () => {
    expect(faultsOf({ protocol: 'unknown' })).toEqual(['protocol is unknown; allowed: http, https'])
  })
})

describe('the path', () => {
  it.each([
    ['', '/'],
    ['/', '/'],
    ['path/to/file.php', '/path/to/file.php'],
    ['/path/to/file.php', '/path/to/file.php'],
    ['/звонок', '/%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA'],
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
  ])('%j leads nowhere else', (path) => {
    const webhook = aWebhook({ path })
    expect(webhook.origin).toBe('https://crm.example.com')
    expect(new URL(`${webhook.origin}${webhook.path}`).origin).toBe('https://crm.example.com')
  })

  it.each([
    ['/a?b', '"?"'],
    ['/a#b', '"#"'],
    ['/a\r\nx: y', 'a control character'],
    ['/a\tb', 'a control character'],
    ['/a\u0000', 'a control character'],
    ['/a\u007f', 'a control character'],
    ['/a\u0085', 'a control character'],
  ])('%j is refused, and not shown', (path, what) => {
    expect(faultsOf({ path })).toEqual([
      `path contains ${what}; allowed: all that stands before "?", without "#" and control characters`,
    ])
  })

  it('has at most 2048 characters', () => {
    expect(faultsOf({ path: 'a'.repeat(2_048) })).toEqual([])
    expect(faultsOf({ path: 'a'.repeat(2_049) })).toEqual(['path has 2049 characters; allowed: at most 2048'])
  })
})

describe('method, event types and content type', () => {
  it.each([
    [{ method: 'unknown' }, 'method is unknown; allowed: GET, POST'],
    [{ event_types: [] }, 'event_types is empty; allowed: call_start, call_end, or both'],
    [{ event_types: ['call_end', 'unknown'] }, 'event_types[1] is unknown; allowed: call_start, call_end'],
    [{ missing_values: 'unknown' }, 'missing_values is unknown; allowed: empty, omit'],
    [{ content_type: 'text/plain' }, 'content_type is not sent by this version; allowed: application/json'],
    [
      { content_type: 'application/json; charset=utf-8' },
      'content_type is not sent by this version; allowed: application/json',
    ],
  ] as const)('%j', (fields, fault) => {
    expect(faultsOf(fields)).toEqual([fault])
  })

  it('counts a type that is named twice once', () => {
    expect(aWebhook({ event_types: ['call_end', 'call_end'] }).eventTypes).toEqual(['call_end'])
  })

  it('sends JSON where a POST names no content type, and asks a GET for none', () => {
    expect(faultsOf({ content_type: null })).toEqual([])
    expect(faultsOf({ method: 'GET', content_type: 'text/plain' })).toEqual([])
  })

  it('knows which types a record asks for even where it is invalid', () => {
    expect(knownEventTypes(aWebhookRecord({ event_types: ['unknown', 'call_end'], port: 0 }))).toEqual([
      'call_end',
    ])
    expect(knownEventTypes(aWebhookRecord({ event_types: ['unknown'] }))).toEqual([])
  })
})

describe('parameters', () => {
  it('are at most 200', () => {
    const names = Array.from({ length: 201 }, (_, index) => namedAs(`p${index}`))
    expect(faultsOf({ parameters: names.slice(1) })).toEqual([])
    expect(faultsOf({ parameters: names })).toEqual(['parameters has 201 entries; allowed: at most 200'])
  })

  it('have names of 1 to 256 characters', () => {
    expect(faultsOf({ parameters: [namedAs('a'.repeat(256))] })).toEqual([])
    expect(faultsOf({ parameters: [namedAs(''), namedAs('a'.repeat(257))] })).toEqual([
      'parameters[0].name has 0 characters; allowed: 1 to 256',
      'parameters[1].name has 257 characters; allowed: 1 to 256',
    ])
  })

  it.each([
    ['twice the same', 'a', 'a'],
    ['control characters that are sent as the same replacement', 'a\u0001', 'a\u0002'],
    ['an unpaired surrogate beside the character that replaces it', 'a\ud800', 'a\ufffd'],
  ])('have names that are unique as they are sent in JSON: %s', (_what, one, other) => {
    const parameters = [namedAs(one), namedAs(other)]
    expect(faultsOf({ parameters })).toEqual([
      'parameters[1].name repeats an earlier name; a JSON body allows each name once',
    ])
    expect(faultsOf({ parameters, method: 'GET' })).toEqual([])
  })

  it.each(['__proto__', 'constructor', '1', 'a b', 'имя', 'A', 'a[]'])('may be named %j', (name) => {
    expect(aWebhook({ parameters: [namedAs('a'), namedAs(name)] }).parameters[1]?.name).toBe(name)
  })

  it('have exactly one source, which is a parameter of the list or a literal', () => {
    const one = 'parameters[0].source allowed: exactly one of a call parameter and a literal text'
    const known =
      'parameters[0].source.parameter is not a call parameter; allowed: a name of the parameter list'
    expect(sourceFaults(null, null)).toEqual([one])
    expect(sourceFaults('city', 'x')).toEqual([one])
    for (const name of ['', 'City', 'occurred_at', '__proto__', 'toString'])
      expect(sourceFaults(name, null)).toEqual([known])
    expect(sourceFaults('city', null)).toEqual([])
    expect(sourceFaults(null, '')).toEqual([])
  })
})

describe('what this version does not honour', () => {
  const secret = 'never-shown'
  it.each<[string, Partial<WebhookConfigRecord>]>([
    ['headers', { headers: [{ name: 'x-token', value: secret }] }],
    ['authentication', { authentication: { type: 'bearer', username: null, password: null, token: secret } }],
    ['signing_secrets', { signing_secrets: [secret] }],
    ['time_zone', { time_zone: 'Europe/Moscow' }],
    ['limits.concurrency', { limits: { ...limits, concurrency: 1 } }],
    ['limits.rate_per_second', { limits: { ...limits, rate_per_second: 0 } }],
    ['limits.retry_horizon_s', { limits: { ...limits, retry_horizon_s: 60 } }],
  ])('%s is refused aloud', (path, fields) => {
    expect(faultsOf(fields)).toEqual([`${path} is not supported by this version; allowed: leave it out`])
  })

  it('takes a timeout of its own within the cap', () => {
    expect([1, 30_000].flatMap(timeoutFaults)).toEqual([])
    for (const timeoutMs of [0, -1, 30_001, Number.NaN]) {
      expect(timeoutFaults(timeoutMs)).toEqual([
        `limits.total_timeout_ms is ${timeoutMs}; allowed: 1 to 30000 milliseconds`,
      ])
    }
  })
})

it('names every fault at once, and shows neither path nor secret', () => {
  const faults = faultsOf({
    webhook_id: '',
    host: 'user:hunter2@x',
    path: '/token-4711?',
    method: 'unknown',
    parameters: [call('nothing')],
    signing_secrets: ['hunter3'],
  })
  expect(faults).toHaveLength(6)
  expect(faults.join()).not.toMatch(/hunter|4711/)
})
