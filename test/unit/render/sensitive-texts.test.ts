import { describe, expect, it } from '@jest/globals'
import type { Webhook } from '../../../src/domain/webhook.ts'
import { maskExcerpt } from '../../../src/render/mask.ts'
import { render } from '../../../src/render/render.ts'
import { aCallEvent, aWebhook, call, fixed } from '../domain/samples.ts'

const options = {
  deliveryId: 'd',
  attempt: 1,
  userAgent: 'worker',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  nowMs: 0,
  purpose: 'delivery' as const,
}

function sensitiveOf(webhook: Webhook, event = {}): readonly string[] {
  const rendering = render(webhook, aCallEvent(event), options)
  return rendering.kind === 'request' ? rendering.sensitive() : []
}

describe('what an excerpt must not repeat', () => {
  it('is every value, each item of a list too', () => {
    const parameters = [call('client_number'), fixed('key', 'secret-1'), call('tags'), call('duration')]
    const event = { client_number: '+79161234567', tags: ['vip-client', 'Анна\n'] }
    expect(sensitiveOf(aWebhook({ parameters, path: '/' }), event)).toEqual(
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
    expect(sensitiveOf(aWebhook({ path: '/hooks/ключ-4711/100%' }))).toEqual(
      expect.arrayContaining([
        '/hooks/%D0%BA%D0%BB%D1%8E%D1%87-4711/100%',
        '%D0%BA%D0%BB%D1%8E%D1%87-4711',
        'ключ-4711',
        '100%',
      ]),
    )
  })

  it('is a value as it was sent: what plain text and XML replace is not what JSON replaces', () => {
    const json = aWebhook({ parameters: [call('city')] })
    const event = { city: 'line 1\r\nline\t2\ufffe' }
    expect(sensitiveOf(json, event)).toContain('line 1\ufffd\ufffdline\ufffd2\ufffe')
    expect(sensitiveOf({ ...json, contentType: 'text/plain' }, event)).toContain('line 1 line 2\ufffe')
    expect(sensitiveOf({ ...json, contentType: 'text/xml' }, event)).toContain(
      'line 1\ufffd\ufffdline\ufffd2\ufffd',
    )
  })

  it('is a time as it was sent', () => {
    const webhook = { ...aWebhook({ parameters: [call('time_end')] }), timeZone: 'Europe/Moscow' }
    expect(sensitiveOf(webhook)).toContain('2026-03-14T12:17:46+03:00')
  })

  it('is a value that was cut, and the same before it was', () => {
    const webhook = aWebhook({ method: 'GET', path: '/', parameters: [call('keyword'), call('call_page')] })
    const keyword = `${'k'.repeat(3_990)}${'я'.repeat(3_000)}`
    const url = `https://a.example/${'p'.repeat(7_990)}`
    const cut = sensitiveOf({ ...webhook, contentType: null }, { keyword, call_page: null })
    expect(cut).toContain(keyword)
    expect(cut).toContain(
      keyword.slice(0, 3_990 + Math.floor((8_000 - 3_990 - '/?keyword=&call_page='.length) / 6)),
    )
    expect(sensitiveOf({ ...webhook, contentType: null }, { keyword: 'k', call_page: url })).toContain(url)
  })

  it('is what the request proves itself with, in each form that it takes', () => {
    const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
    const webhook: Webhook = {
      ...aWebhook(),
      headers: [{ name: 'x-key', value: 'header-key' }],
      authentication: { kind: 'basic', username: 'login', password: 'пароль' },
      signingSecrets: [secret],
    }
    expect(sensitiveOf(webhook)).toEqual(
      expect.arrayContaining([
        'header-key',
        'login',
        'пароль',
        Buffer.from('login:пароль').toString('base64'),
        secret,
        secret.slice('whsec_'.length),
      ]),
    )
    const own = { ...webhook, headers: [{ name: 'authorization', value: 'Token own-token' }] }
    expect(sensitiveOf(own)).toContain('own-token')
    const bearer = { ...webhook, authentication: { kind: 'bearer', token: 'the-token' } as const }
    expect(sensitiveOf(bearer)).toContain('the-token')
  })
})

describe('an answer that repeats the whole request', () => {
  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/xml',
    'text/plain',
  ] as const)('as it was sent, %s, shows no value', (contentType) => {
    const value = 'Анна & <Ко> "7"\\ +1\t😀'
    const webhook = { ...aWebhook({ parameters: [call('city'), call('region', 'r')] }), contentType }
    const rendering = render(webhook, aCallEvent({ city: value, region: `${value}\n2` }), options)
    if (rendering.kind !== 'request') throw new Error(rendering.kind)
    const masked = maskExcerpt(rendering.request.body, rendering.sensitive())
    expect(masked).toContain('***')
    expect(masked).not.toMatch(/Анна|%D0%90|Ко|7/)
  })
})
