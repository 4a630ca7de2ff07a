import { describe, expect, it } from '@jest/globals'
import type { HttpRequest } from '../../../src/domain/attempt.ts'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { render, type Rendering } from '../../../src/render/render.ts'
import { aCallEvent, aWebhook, call, fixed } from '../domain/samples.ts'

const options = {
  deliveryId: 'd912750c-59bc-57b7-aed1-bedd2e382e18',
  attempt: 3,
  userAgent: 'worker/1.0',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
}

type Fields = Partial<WebhookConfigRecord>

function rendered(fields: Fields, event: Partial<Record<keyof CallEvent, unknown>> = {}): Rendering {
  return render(aWebhook(fields), aCallEvent(event), options)
}

function requestOf(rendering: Rendering): HttpRequest {
  if (rendering.kind === 'request') return rendering.request
  throw new Error(`${rendering.kind}: ${rendering.bytes} bytes`)
}

const targetOf = (fields: Fields, event = {}): string =>
  requestOf(rendered({ method: 'GET', ...fields }, event)).target
const withText = (text: string): Rendering => rendered({ parameters: [fixed('a', text)] })
const bodyOf = (fields: Fields, event = {}): string | null => requestOf(rendered(fields, event)).body

const sensitiveOf = (fields: Fields, event = {}): readonly string[] => {
  const rendering = rendered(fields, event)
  return rendering.kind === 'request' ? rendering.sensitive : []
}

describe('a GET', () => {
  it('has everything in its query, no body and no content type', () => {
    const parameters = [call('call_id', 'id'), call('duration'), fixed('from', 'site')]
    const { request } = { request: requestOf(rendered({ method: 'GET', path: 'hook/звонок', parameters })) }
    expect(request).toEqual({
      method: 'GET',
      origin: 'https://crm.example.com',
      target: `/hook/%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA?id=${aCallEvent().call_id}&duration=152&from=site`,
      headers: {
        'user-agent': 'worker/1.0',
        accept: '*/*',
        'accept-encoding': 'identity',
        'webhook-id': options.deliveryId,
        'webhook-attempt': '3',
      },
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
    const parameters = [fixed('a', 'x'.repeat(7_991))]
    expect(targetOf({ parameters, path: '/12345' })).toHaveLength(8_000)
    expect(rendered({ method: 'GET', parameters, path: '/123456' })).toEqual({
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
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-attempt': '3' })
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

describe('what an excerpt must not repeat', () => {
  it('is every value, each item of a list too', () => {
    const parameters = [call('client_number'), fixed('key', 'secret-1'), call('tags'), call('duration')]
    const event = { client_number: '+79161234567', tags: ['vip-client', 'Анна\n'] }
    expect(sensitiveOf({ parameters, path: '/' }, event)).toEqual(
      expect.arrayContaining([
        '+79161234567',
        'secret-1',
        'vip-client,Анна\ufffd',
        'vip-client',
        'Анна\ufffd',
        '152',
      ]),
    )
  })

  it('is the path, whole and in parts, encoded and not', () => {
    expect(sensitiveOf({ path: '/hooks/ключ-4711/100%' })).toEqual(
      expect.arrayContaining([
        '/hooks/%D0%BA%D0%BB%D1%8E%D1%87-4711/100%',
        '%D0%BA%D0%BB%D1%8E%D1%87-4711',
        'ключ-4711',
        '100%',
      ]),
    )
  })
})
