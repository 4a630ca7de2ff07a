import { describe, expect, it } from '@jest/globals'
import { Webhook as Verifier } from 'standardwebhooks'
import type { HttpRequest } from '../../../src/domain/attempt.ts'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import type { ParameterName } from '../../../src/domain/parameter-catalogue.ts'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { contentTypes, type ContentType, type Webhook } from '../../../src/domain/webhook.ts'
import { render, type Rendering, type RenderOptions } from '../../../src/render/render.ts'
import { headerOf } from '../../fakes/header-of.ts'
import { computingMs } from '../../harness/computing-time.ts'
import { aCallEvent, aWebhook, call, fixed } from '../domain/samples.ts'

const options = {
  deliveryId: 'd912750c-59bc-57b7-aed1-bedd2e382e18',
  attempt: 3,
  userAgent: 'worker/1.0',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  nowMs: 1_773_479_866_999,
  purpose: 'delivery' as const,
}

type Fields = Partial<WebhookConfigRecord>

function rendered(fields: Fields, event: Partial<Record<keyof CallEvent, unknown>> = {}): Rendering {
  return render(aWebhook(fields), aCallEvent(event), options)
}

/** Of a webhook as it stands after validation. */
function requestFor(webhook: Partial<Webhook>, changes: Partial<RenderOptions> = {}): HttpRequest {
  return requestOf(render({ ...aWebhook(), ...webhook }, aCallEvent(), { ...options, ...changes }))
}

function requestOf(rendering: Rendering): HttpRequest {
  if (rendering.kind === 'request') return rendering.request
  throw new Error(`${rendering.kind}: ${rendering.bytes} bytes`)
}

const targetOf = (fields: Fields, event = {}): string =>
  requestOf(rendered({ method: 'GET', ...fields }, event)).target
const withText = (text: string): Rendering => rendered({ parameters: [call('city', 'a')] }, { city: text })
const bodyOf = (fields: Fields, event = {}): string | null => requestOf(rendered(fields, event)).body

const named = (...parameters: readonly ParameterName[]): Webhook['parameters'] =>
  parameters.map((parameter) => ({ name: parameter, source: { kind: 'parameter', parameter } }))
const asGet = { method: 'GET', contentType: null } as const

describe('a GET', () => {
  it('has everything in its query, no body and no content type', () => {
    const parameters = [call('call_id', 'id'), call('duration'), fixed('from', 'site')]
    const { request } = { request: requestOf(rendered({ method: 'GET', path: 'hook/звонок', parameters })) }
    expect(request).toEqual({
      method: 'GET',
      origin: 'https://crm.example.com',
      tlsVerification: 'on',
      target: `/hook/%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA?id=${aCallEvent().call_id}&duration=152&from=site`,
      headers: [
        ['user-agent', 'worker/1.0'],
        ['accept', '*/*'],
        ['accept-encoding', 'identity'],
        ['webhook-id', options.deliveryId],
        ['webhook-attempt', '3'],
      ].flat(),
      body: null,
    })
  })

  it('has no question mark where there is nothing to ask', () => {
    expect(targetOf({ parameters: [] })).toBe('/calls')
    expect(targetOf({ parameters: [call('city')], missing_values: 'omit' }, { city: null })).toBe('/calls')
  })

  it.each([
    ['a b', 'a%20b'],
    ['+7', '%2B7'],
    ['&=?#;%/', '%26%3D%3F%23%3B%25%2F'],
    ['Анна', '%D0%90%D0%BD%D0%BD%D0%B0'],
    ['😀', '%F0%9F%98%80'],
    ['\ud83d', '%EF%BF%BD'],
    ['a\r\nb', 'a%EF%BF%BD%EF%BF%BDb'],
    ['\u0000', '%EF%BF%BD'],
    ['', ''],
  ])('writes %j as %s, be it name or value', (text, written) => {
    expect(targetOf({ parameters: [fixed(`n${text}`, text)] })).toBe(`/calls?n${written}=${written}`)
    expect(targetOf({ parameters: [call('city', 'c')] }, { city: text })).toBe(`/calls?c=${written}`)
  })

  it('keeps order and repetitions of names, whatever they are', () => {
    const names = ['2', '1', 'b', 'b', '__proto__', 'constructor', 'b[]']
    const target = targetOf({ parameters: names.map((name, index) => fixed(name, String(index))) })
    expect(target).toBe('/calls?2=0&1=1&b=2&b=3&__proto__=4&constructor=5&b%5B%5D=6')
  })

  it('writes flags as 1 and 0, lists with commas, times in UTC', () => {
    const parameters = ['is_answered', 'is_target', 'tags', 'time_end'].map((name) => call(name))
    const event = { is_answered: true, is_target: false, tags: ['a,b', 'в\n'], time_end: 999 }
    expect(targetOf({ parameters }, event)).toBe(
      '/calls?is_answered=1&is_target=0&tags=a%2Cb%2C%D0%B2%EF%BF%BD&time_end=1970-01-01T00%3A00%3A00Z',
    )
  })

  it('is refused where its target is longer than allowed', () => {
    const parameters = [call('call_id', 'a')]
    const event = { call_id: 'x'.repeat(7_991) }
    expect(targetOf({ parameters, path: '/12345' }, event)).toHaveLength(8_000)
    expect(rendered({ method: 'GET', parameters, path: '/123456' }, event)).toEqual({
      kind: 'url_too_long',
      bytes: 8_001,
    })
  })
})

describe('a POST', () => {
  it('has everything in its JSON body, and nothing in its target', () => {
    const parameters = [call('call_id', 'id'), call('duration'), fixed('from', 'site')]
    const request = requestOf(rendered({ parameters }))
    expect(request.target).toBe('/calls')
    expect(request.body).toBe(`{"id":"${aCallEvent().call_id}","duration":152,"from":"site"}`)
    expect(headerOf(request, 'content-type')).toBe('application/json')
  })

  it('is an empty object without parameters', () => {
    expect(bodyOf({ parameters: [] })).toBe('{}')
  })

  it('keeps the order of names that an object would reorder or swallow', () => {
    const names = ['2', '1', '__proto__', 'constructor', 'имя "a"']
    const body = bodyOf({ parameters: names.map((name, index) => fixed(name, String(index))) })
    expect(body).toBe('{"2":"0","1":"1","__proto__":"2","constructor":"3","имя \\"a\\"":"4"}')
  })

  it('writes ids as text, counts as numbers, flags as booleans, lists as arrays, times in UTC', () => {
    const names = ['account_id', 'transfer_count', 'is_answered', 'is_target', 'tags', 'time_end']
    const event = {
      account_id: '0042',
      transfer_count: 0,
      is_answered: true,
      is_target: false,
      tags: ['a', 'в\n'],
      time_end: Date.UTC(2026, 2, 14, 9, 17, 46, 999),
    }
    expect(bodyOf({ parameters: names.map((name) => call(name)) }, event)).toBe(
      '{"account_id":"0042","transfer_count":0,"is_answered":true,"is_target":false,' +
        '"tags":["a","в\ufffd"],"time_end":"2026-03-14T09:17:46Z"}',
    )
  })

  it.each([
    ['Анна 😀 & "Ко" \\ /', 'Анна 😀 & "Ко" \\ /'],
    ['\ud83d', '\ufffd'],
    ['a\r\nb\u0000', 'a\ufffd\ufffdb\ufffd'],
  ])('writes %j so that a parser reads %j, be it name or value', (text, read) => {
    const body = bodyOf({ parameters: [fixed(text, text), call('tags')] }, { tags: [text] })
    expect(JSON.parse(body ?? '')).toEqual({ [read]: read, tags: [read] })
  })

  it('is refused where its body has more bytes than allowed', () => {
    const envelope = Buffer.byteLength('{"a":""}')
    expect(withText('x'.repeat(262_144 - envelope)).kind).toBe('request')
    expect(withText('x'.repeat(262_145 - envelope))).toEqual({ kind: 'body_too_large', bytes: 262_145 })
    expect(withText('я'.repeat(131_072))).toEqual({ kind: 'body_too_large', bytes: 262_144 + envelope })
  })
})

describe('a value of a megabyte, named by 200 parameters', () => {
  const named = (parameter: string): Fields['parameters'] =>
    Array.from({ length: 200 }, (_, index) => call(parameter, `p${index}`))
  const ways: [string, Fields][] = [
    ['a GET', { method: 'GET' }],
    ...contentTypes.map((type): [string, Fields] => [type, { content_type: type }]),
  ]

  // Written out, some of these are longer than a string can be, and the others took seconds.
  it.each(ways)('is refused or cut at once by %s', (_way, fields) => {
    for (const [parameter, value, ofGet] of [
      ['utm_content', '\u0001'.repeat(900_000), 'url_too_long'],
      ['landing_page', '"'.repeat(900_000), 'request'],
      ['call_id', '"'.repeat(900_000), 'url_too_long'],
      ['tags', Array.from({ length: 200_000 }, () => 'tag'), 'url_too_long'],
    ] as const) {
      let kind = ''
      const tookMs = computingMs(() => {
        kind = rendered({ ...fields, parameters: named(parameter) ?? [] }, { [parameter]: value }).kind
      })
      expect([parameter, kind]).toEqual([parameter, fields.method === 'GET' ? ofGet : 'body_too_large'])
      // Measured 150 ms at most.
      expect(tookMs).toBeLessThan(1_000)
    }
  })
})

describe('a value that is not known', () => {
  const parameters = [
    call('city'),
    call('tags'),
    call('duration', 'd'),
    call('time_end', 't'),
    fixed('e', ''),
  ]
  const unknown = { city: null, tags: null, time_end: null }

  it('is sent empty, or as null in JSON', () => {
    expect(targetOf({ parameters }, unknown)).toBe('/calls?city=&tags=&d=&t=&e=')
    expect(bodyOf({ parameters }, unknown)).toBe('{"city":null,"tags":null,"d":null,"t":null,"e":""}')
  })

  it('is left out where the webhook asks for that; an empty literal is known', () => {
    expect(targetOf({ parameters, missing_values: 'omit' }, unknown)).toBe('/calls?e=')
    expect(bodyOf({ parameters, missing_values: 'omit' }, unknown)).toBe('{"e":""}')
  })

  it.each([-1, -62_135_596_800_000, 253_402_300_800_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'is a time that four digits of a year cannot tell: %i',
    (ms) => {
      const time = { parameters: [call('time_received', 't')] }
      const event = { time_received: ms }
      expect(targetOf(time, event)).toBe('/calls?t=')
      expect(bodyOf(time, event)).toBe('{"t":null}')
      expect(targetOf({ ...time, missing_values: 'omit' }, event)).toBe('/calls')
      expect(bodyOf({ ...time, missing_values: 'omit' }, event)).toBe('{}')
    },
  )
})

describe('the content type', () => {
  const parameters = named('call_id', 'duration', 'is_answered')
  const event = aCallEvent()
  it.each<[ContentType, string, string]>([
    [
      'application/json',
      'application/json',
      `{"call_id":"${event.call_id}","duration":152,"is_answered":true}`,
    ],
    [
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded',
      `call_id=${event.call_id}&duration=152&is_answered=1`,
    ],
    [
      'application/xml',
      'application/xml; charset=utf-8',
      `<call><param name="call_id">${event.call_id}</param><param name="duration">152</param>` +
        '<param name="is_answered">1</param></call>',
    ],
    [
      'text/xml',
      'text/xml; charset=utf-8',
      `<call><param name="call_id">${event.call_id}</param><param name="duration">152</param>` +
        '<param name="is_answered">1</param></call>',
    ],
    ['text/plain', 'text/plain; charset=utf-8', `call_id=${event.call_id}\nduration=152\nis_answered=1\n`],
  ])('%s decides how a body is written, and is sent as %s', (contentType, sent, body) => {
    const request = requestFor({ contentType, parameters })
    expect(headerOf(request, 'content-type')).toBe(sent)
    expect(request.body).toBe(body)
    expect(request.target).toBe('/calls')
  })

  it('of a multipart body names its boundary, the same for each attempt', () => {
    const contentType = 'multipart/form-data'
    const request = requestFor({ contentType, parameters })
    const boundary = `webhook-${options.deliveryId}`
    expect(headerOf(request, 'content-type')).toBe(`multipart/form-data; boundary=${boundary}`)
    expect(request.body?.split(`--${boundary}`)).toHaveLength(5)
    expect(requestFor({ contentType, parameters }, { attempt: 4 }).body).toBe(request.body)
  })

  it.each<[ContentType | null, string]>([
    ['application/json', '{"city":null,"duration":152}'],
    ['application/x-www-form-urlencoded', 'city=&duration=152'],
    ['application/xml', '<call><param name="city"></param><param name="duration">152</param></call>'],
    ['text/plain', 'city=\nduration=152\n'],
  ])('%s has its own way to say that a value is not known', (contentType, body) => {
    const webhook = { ...aWebhook(), contentType, parameters: named('city', 'duration') }
    const unknown = aCallEvent({ city: null })
    expect(requestOf(render(webhook, unknown, options)).body).toBe(body)
    const omitted = requestOf(render({ ...webhook, missingValues: 'omit' }, unknown, options)).body
    expect(omitted).not.toContain('city')
    expect(omitted).toContain('152')
  })
})

describe('times', () => {
  it('are written in the zone of the webhook, everywhere', () => {
    const webhook = { parameters: named('time_answer'), timeZone: 'Europe/Moscow' }
    expect(requestFor(webhook).body).toBe('{"time_answer":"2026-03-14T12:15:14+03:00"}')
    expect(requestFor({ ...webhook, ...asGet }).target).toBe(
      '/calls?time_answer=2026-03-14T12%3A15%3A14%2B03%3A00',
    )
  })
})

describe('headers', () => {
  const own: Webhook['headers'] = [
    { name: 'X-Key', value: 'k 1' },
    { name: '__proto__', value: '2' },
  ]
  const whole: Partial<Webhook> = {
    headers: own,
    authentication: { kind: 'basic', username: 'Анна', password: 'p:"1' },
    signingSecrets: [`whsec_${Buffer.alloc(24).toString('base64')}`],
  }
  const credentials = `Basic ${Buffer.from('Анна:p:"1').toString('base64')}`

  it('stand in their order: fixed, signed, test, authorization, own', () => {
    const { headers } = requestFor(whole, { purpose: 'test' })
    const expected = [
      ['user-agent', 'worker/1.0'],
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
      ['content-type', 'application/json'],
      ['webhook-id', options.deliveryId],
      ['webhook-attempt', '3'],
      ['webhook-timestamp', '1773479866'],
      ['webhook-signature', expect.stringMatching(/^v1,[\w+/]{43}=$/)],
      ['webhook-test', '1'],
      ['authorization', credentials],
      ['X-Key', 'k 1'],
      ['__proto__', '2'],
    ]
    expect(headers).toEqual(expected.flat())
  })

  it('say nothing of what is not asked for', () => {
    const names = requestFor({}).headers.filter((_, index) => index % 2 === 0)
    expect(names).toEqual([
      'user-agent',
      'accept',
      'accept-encoding',
      'content-type',
      'webhook-id',
      'webhook-attempt',
    ])
  })

  it('carry a token as it is', () => {
    const request = requestFor({ authentication: { kind: 'bearer', token: 'abc.def' } })
    expect(headerOf(request, 'authorization')).toBe('Bearer abc.def')
  })

  it('are a list of their own for each request', () => {
    const webhook = { ...aWebhook(), ...whole }
    const first = requestOf(render(webhook, aCallEvent(), options)).headers
    const second = requestOf(render(webhook, aCallEvent(), { ...options, attempt: 4 })).headers
    expect(headerOf({ ...requestFor({}), headers: first }, 'webhook-attempt')).toBe('3')
    expect(second).toHaveLength(first.length)
  })
})

describe('a signed request', () => {
  const signingSecrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`)
  const parameters: Webhook['parameters'] = [
    ...named('manager_name', 'time_answer'),
    { name: 'a b', source: { kind: 'literal', text: '1+1 &' } },
  ]
  // The library compares with the clock, so the time is the real one.
  const signed = (webhook: Partial<Webhook>): HttpRequest =>
    requestFor({ signingSecrets, parameters, ...webhook }, { nowMs: Date.now() })
  const verify = (secret: string, payload: string, request: HttpRequest): unknown => {
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
    const headers = Object.fromEntries(names.map((name) => [name, headerOf(request, name) ?? '']))
    return new Verifier(secret).verify(payload, headers, { jsonParse: false })
  }

  it.each<[string, Partial<Webhook>]>([
    ...contentTypes.map((contentType): [string, Partial<Webhook>] => [contentType, { contentType }]),
    ['a body of nothing', { contentType: 'text/plain', parameters: [] }],
  ])('is accepted with each secret over the bytes of its body: %s', (_name, webhook) => {
    const request = signed(webhook)
    for (const secret of signingSecrets) {
      expect(() => verify(secret, request.body ?? '', request)).not.toThrow()
      expect(() => verify(secret, `${request.body} `, request)).toThrow('No matching signature')
    }
  })

  it('of a GET is accepted over the method and the target as it is sent', () => {
    const request = signed(asGet)
    for (const secret of signingSecrets) {
      expect(() => verify(secret, `GET.${request.target}`, request)).not.toThrow()
      expect(() => verify(secret, request.target, request)).toThrow('No matching signature')
      expect(() => verify(secret, `GET.${decodeURI(request.target)}`, request)).toThrow('No matching')
    }
  })

  it('of a GET that was cut is signed as it was cut', () => {
    const webhook = { ...aWebhook(), ...asGet, signingSecrets, parameters: named('keyword') }
    const event = aCallEvent({ keyword: 'я'.repeat(2_000) })
    const request = requestOf(render(webhook, event, { ...options, nowMs: Date.now() }))
    expect(request.target.length).toBeLessThanOrEqual(8_000)
    expect(() => verify(signingSecrets[1] ?? '', `GET.${request.target}`, request)).not.toThrow()
  })
})

describe('a GET whose target is too long', () => {
  const webhook = { ...aWebhook(), ...asGet, parameters: named('call_id', 'keyword', 'landing_page') }

  it('is sent with less of what may be cut, and says of what', () => {
    const event = aCallEvent({ keyword: 'k'.repeat(9_000), landing_page: 'https://a.example' })
    const rendering = render(webhook, event, options)
    expect(requestOf(rendering).target).toHaveLength(8_000)
    expect(rendering).toMatchObject({ cutValues: ['keyword'] })
  })

  it('leaves out a URL value where unknown values are left out', () => {
    const event = aCallEvent({ landing_page: `https://a.example/${'p'.repeat(9_000)}` })
    const emptied = render(webhook, event, options)
    expect(requestOf(emptied).target).toMatch(/&landing_page=$/)
    const omitted = render({ ...webhook, missingValues: 'omit' }, event, options)
    expect(requestOf(omitted).target).toMatch(/&keyword=[^&]*$/)
    for (const rendering of [emptied, omitted])
      expect(rendering).toMatchObject({ cutValues: ['landing_page'] })
  })

  it('is refused with the bytes that no cut can save', () => {
    const event = aCallEvent({
      call_id: 'c'.repeat(9_000),
      keyword: 'k'.repeat(100),
      landing_page: 'https://a',
    })
    const bytes = `/calls?call_id=${'c'.repeat(9_000)}&keyword=${'k'.repeat(64)}&landing_page=`.length
    expect(render(webhook, event, options)).toEqual({ kind: 'url_too_long', bytes })
  })

  it('has nothing cut as a POST', () => {
    const post = { ...aWebhook(), parameters: named('keyword') }
    const rendering = render(post, aCallEvent({ keyword: 'k'.repeat(9_000) }), options)
    expect(requestOf(rendering).body).toHaveLength(9_000 + '{"keyword":""}'.length)
    expect(rendering).toMatchObject({ cutValues: [] })
  })
})
