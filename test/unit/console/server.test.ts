// What stands around every route: who may ask, from where, how much, and what is answered to everything else.
import { afterEach, describe, expect, it } from '@jest/globals'
import { startConsoleServer } from '../../fakes/console-server.ts'
import { draftForm } from '../../harness/console-rig.ts'

type Server = Awaited<ReturnType<typeof startConsoleServer>>

const closing: Server[] = []
afterEach(async () => {
  for (const server of closing.splice(0)) await server.stop()
})

async function start(...options: Parameters<typeof startConsoleServer>): Promise<Server> {
  const server = await startConsoleServer(...options)
  closing.push(server)
  await server.hydrate()
  return server
}

const host = 'localhost:8070'
const json = { host, 'content-type': 'application/json' }
const newWebhook = { method: 'POST', url: '/api/webhooks', headers: json, payload: draftForm() } as const

describe('a request that is refused', () => {
  it.each([
    ['no JSON', { ...newWebhook, payload: '{"secret-a": secret-b' }, 400, 'invalid_json'],
    ['nothing', { ...newWebhook, payload: '' }, 400, 'invalid_json'],
    ['a prototype', { ...newWebhook, payload: '{"__proto__": {"enabled": false}}' }, 400, 'invalid_json'],
    ['a constructor', { ...newWebhook, payload: '{"constructor": {"prototype": {}}}' }, 400, 'invalid_json'],
    ['no webhook', { ...newWebhook, payload: '"text"' }, 422, 'invalid_webhook'],
    [
      'text',
      { ...newWebhook, headers: { ...json, 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a form, as another site’s page could',
      {
        ...newWebhook,
        headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a=1',
      },
      415,
      'unsupported_media_type',
    ],
    ['too much', { ...newWebhook, payload: `"${'x'.repeat(262_144)}"` }, 413, 'too_large'],
    [
      'a foreign origin',
      { ...newWebhook, headers: { ...json, origin: 'https://evil.example' } },
      403,
      'cross_site',
    ],
    [
      'a foreign site',
      { ...newWebhook, headers: { ...json, 'sec-fetch-site': 'cross-site' } },
      403,
      'cross_site',
    ],
    [
      'a foreign name',
      { method: 'GET', url: '/api/session', headers: { host: 'evil.example' } },
      403,
      'foreign_host',
    ],
    [
      'a foreign name for the page',
      { method: 'GET', url: '/', headers: { host: 'evil.example' } },
      403,
      'foreign_host',
    ],
    [
      'a page too large',
      { method: 'GET', url: '/api/webhooks?limit=501', headers: json },
      400,
      'invalid_request',
    ],
    [
      'no page at all',
      { method: 'GET', url: '/api/webhooks?limit=0', headers: json },
      400,
      'invalid_request',
    ],
    [
      'a list of limits',
      { method: 'GET', url: '/api/webhooks?limit=1&limit=2', headers: json },
      400,
      'invalid_request',
    ],
    ['no place', { method: 'GET', url: '/api/webhooks?after=x', headers: json }, 400, 'invalid_request'],
    ['no path', { method: 'GET', url: '/api/webhooks/%ff', headers: json }, 400, 'invalid_request'],
    ['an unknown path', { method: 'GET', url: '/api/nothing', headers: json }, 404, 'not_found'],
    ['a way out', { method: 'GET', url: '/assets/..%2f..%2fpackage.json', headers: json }, 404, 'not_found'],
    ['an unknown file', { method: 'GET', url: '/assets/two.css', headers: json }, 404, 'not_found'],
    ['an unknown id', { method: 'GET', url: '/api/webhooks/nobody', headers: json }, 404, 'not_found'],
    [
      'a long id',
      { method: 'GET', url: `/api/webhooks/${'x'.repeat(1_001)}`, headers: json },
      400,
      'invalid_request',
    ],
  ] as const)('for %s', async (_, request, status, error) => {
    const { server } = await start()
    const answer = await server.inject(request as never)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ error })
    expect(answer.body).not.toMatch(/secret-[ab]/)
  })

  it('without a version to change, and with one that is no more', async () => {
    const { server } = await start()
    const { webhook, etag } = (await server.inject(newWebhook)).json()
    const url = `/api/webhooks/${webhook.webhook_id}`
    for (const method of ['PUT', 'DELETE'] as const) {
      const ask = (headers: object) =>
        server.inject({
          method,
          url,
          headers: method === 'PUT' ? { ...json, ...headers } : { host, ...headers },
          ...(method === 'PUT' ? { payload: webhook } : {}),
        })
      expect((await ask({})).json()).toMatchObject({ error: 'if_match_missing' })
      for (const other of ['"99"', '', 'x', '"0x0"', '"99", W/"7"']) {
        const answer = await ask({ 'if-match': other })
        expect(answer.statusCode).toBe(412)
        expect(answer.json()).toMatchObject({ error: 'changed_meanwhile', current: { etag } })
      }
    }
    const weak = await server.inject({
      method: 'DELETE',
      url,
      headers: { host, 'if-match': `"99", W/${etag}` },
    })
    expect(weak.statusCode).toBe(204)
  })
})

describe('the limits of a webhook', () => {
  const limits = { total_timeout_ms: 2_000, concurrency: 4, rate_per_second: 0.5, retry_horizon_s: 100 }

  it('come back as they were given, stay where something else changes, and go where they are left out', async () => {
    const { server } = await start()
    const made = (await server.inject({ ...newWebhook, payload: draftForm({ limits }) })).json()
    const url = `/api/webhooks/${made.webhook.webhook_id}`
    const replace = async (etag: string, payload: object) => {
      const headers = { ...json, 'if-match': etag }
      return (await server.inject({ method: 'PUT', url, headers, payload })).json()
    }
    expect(made.webhook.limits).toEqual(limits)
    const listed = await server.inject({ method: 'GET', url: '/api/webhooks', headers: { host } })
    expect(listed.json().webhooks).toMatchObject([{ webhook: { limits }, valid: true }])
    const changed = await replace(made.etag, { ...made.webhook, path: 'other' })
    expect(changed.webhook).toMatchObject({ path: 'other', limits })
    const one = await replace(changed.etag, draftForm({ limits: { concurrency: 1_000 } }))
    expect(one.webhook.limits).toEqual({ concurrency: 1_000 })
    expect((await replace(one.etag, draftForm())).webhook).not.toHaveProperty('limits')
  })

  it('are refused out of range, each by its field, and described with their ranges', async () => {
    const { server } = await start()
    const wrong = { total_timeout_ms: 0, concurrency: 1_001, rate_per_second: 0, retry_horizon_s: 0.5 }
    const refused = await server.inject({ ...newWebhook, payload: draftForm({ limits: wrong }) })
    expect(refused.statusCode).toBe(422)
    const faults: readonly { path: string; rule: string }[] = refused.json().faults
    expect(faults.map(({ path, rule }) => [path, rule])).toEqual(
      Object.keys(wrong).map((name) => [`limits.${name}`, 'range']),
    )
    const document = await server.inject({ method: 'GET', url: '/api/openapi.json', headers: { host } })
    const { properties } = document.json().components.schemas.WebhookDraft
    expect(properties.limits.properties).toMatchObject({
      concurrency: { minimum: 1, maximum: 1_000 },
      rate_per_second: { minimum: 0.01, maximum: 10_000 },
      retry_horizon_s: { minimum: 1, maximum: 2_592_000 },
    })
  })
})

describe('every answer', () => {
  it('carries the headers that keep a browser from harm', async () => {
    const { server } = await start()
    for (const url of ['/', '/api/session', '/api/nothing', '/assets/nothing.css']) {
      const { headers } = await server.inject({ method: 'GET', url, headers: { host } })
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data:;frame-ancestors 'none';form-action 'none';base-uri 'none'",
      )
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
      if (url.startsWith('/api')) expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('of a file says what helps there, and that it never changes', async () => {
    const { server } = await start()
    const { headers } = await server.inject({ method: 'GET', url: '/assets/one.css', headers: { host } })
    const { date: _date, connection: _connection, ...rest } = headers
    expect(rest).toEqual({
      'content-type': 'text/css; charset=utf-8',
      'content-length': '3',
      etag: '"page-identity"',
      vary: 'accept-encoding',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    const again = await server.inject({
      method: 'GET',
      url: '/assets/one.css',
      headers: { host, 'if-none-match': '"page-identity"' },
    })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    const document = await server.inject({ method: 'GET', url: '/', headers: { host } })
    expect(document.headers['cache-control']).toBe('no-cache')
  })

  it('of the page comes in the visitor’s language and encoding, once', async () => {
    const { server } = await start()
    const ask = (headers: object) => server.inject({ method: 'GET', url: '/', headers: { host, ...headers } })
    for (const [accepted, etag] of [
      ['ru-RU,ru;q=0.9,en;q=0.8', '"ru-identity"'],
      ['en, ru;q=0.5', '"en-identity"'],
      ['de, ru;q=0.1', '"ru-identity"'],
      ['de', '"en-identity"'],
      ['ru;q=0, en;q=0.1', '"en-identity"'],
    ] as const) {
      expect((await ask({ 'accept-language': accepted })).headers.etag).toBe(etag)
    }
    const br = await ask({ 'accept-encoding': 'gzip, deflate, br' })
    expect([br.body, br.headers['content-encoding'], br.headers['vary']]).toEqual([
      'br',
      'br',
      'accept-language, accept-encoding',
    ])
    expect((await ask({ 'accept-encoding': 'br;q=0, gzip' })).body).toBe('gz')
    const again = await ask({ 'accept-encoding': 'br', 'if-none-match': `"x", W/${String(br.headers.etag)}` })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})

describe('the account', () => {
  it('is asked for under /api, for what is there and for what is not', async () => {
    const { server } = await start({ CONSOLE_AUTHENTICATION: 'proxy' })
    const paths = ['/api/session', '/api/webhooks', '/api/openapi.json', '/api/nothing', '/api/webhooks/x']
    for (const url of paths) {
      const answer = await server.inject({ method: 'GET', url, headers: { host: 'c.example.com' } })
      expect([answer.statusCode, answer.json()]).toEqual([401, { error: 'unauthenticated' }])
    }
    for (const url of ['/', '/healthz', '/assets/one.css']) {
      expect((await server.inject({ method: 'GET', url })).statusCode).toBe(200)
    }
  })
})

describe('too many requests', () => {
  it('of one account are refused, and those of others not', async () => {
    const { server } = await start({ CONSOLE_AUTHENTICATION: 'proxy', CONSOLE_REQUESTS_PER_MINUTE: '3' })
    const ask = (account: string) =>
      server.inject({ method: 'GET', url: '/api/webhooks', headers: { 'x-account-id': account } })
    for (let times = 0; times < 3; times += 1) expect((await ask('a')).statusCode).toBe(200)
    const refused = await ask('a')
    expect([refused.statusCode, refused.json()]).toEqual([429, { error: 'rate_limited' }])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask('b')).statusCode).toBe(200)
  })

  it('of nobody known are refused by their address, and those of accounts behind it not', async () => {
    const { server } = await start({ CONSOLE_AUTHENTICATION: 'proxy', CONSOLE_REQUESTS_PER_MINUTE: '3' })
    const ask = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) =>
      server.inject({ method: 'GET', url: '/api/webhooks', remoteAddress, headers })
    const statuses: number[] = []
    for (let times = 0; times < 5; times += 1) statuses.push((await ask('127.0.0.1')).statusCode)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    const refused = await ask('127.0.0.1')
    expect(refused.json()).toEqual({ error: 'rate_limited' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask('127.0.0.1', { 'x-account-id': '127.0.0.1' })).statusCode).toBe(200)
    expect((await ask('192.0.2.1')).statusCode).toBe(401)
  })

  it('for tests are counted by themselves', async () => {
    const { server } = await start({ CONSOLE_TESTS_PER_MINUTE: '2' })
    const test = () =>
      server.inject({ method: 'POST', url: '/api/test', headers: json, payload: { webhook: {} } })
    expect([(await test()).statusCode, (await test()).statusCode, (await test()).statusCode]).toEqual([
      422, 422, 429,
    ])
    expect((await server.inject({ method: 'GET', url: '/api/webhooks', headers: { host } })).statusCode).toBe(
      200,
    )
  })
})

describe('before the topic is read', () => {
  it('webhooks are not answered for, and everything else is', async () => {
    const server = await startConsoleServer()
    closing.push(server)
    const ask = (url: string) => server.server.inject({ method: 'GET', url, headers: { host } })
    const early = await ask('/api/webhooks')
    expect([early.statusCode, early.json().error, early.headers['retry-after']]).toEqual([
      503,
      'not_ready',
      '1',
    ])
    expect((await ask('/healthz')).json()).toEqual({ ready: false })
    expect((await ask('/api/session')).json()).toEqual({
      account_id: 'demo',
      authentication: 'none',
      unverified_tls: 'refused',
    })
    await server.hydrate()
    expect((await ask('/api/webhooks')).statusCode).toBe(200)
    expect((await ask('/healthz')).json()).toEqual({ ready: true })
  })
})

describe('a fault of our own', () => {
  it('is told as such and nothing else, and the log does not repeat what was sent', async () => {
    const { server, lines } = await start(
      {},
      {
        preview: () => {
          throw new Error('cannot render canary-in-error')
        },
      },
    )
    const payload = { webhook: draftForm({ path: 'canary-in-path' }) }
    const answer = await server.inject({
      method: 'POST',
      url: '/api/preview?canary-in-query',
      headers: { ...json, authorization: 'Bearer canary-in-token' },
      payload,
    })
    expect([answer.statusCode, answer.body]).toEqual([500, '{"error":"internal"}'])
    expect(lines.join('\n')).toContain('request failed')
    expect(lines.join('\n')).toContain('"route":"/api/preview"')
    expect(lines.join('\n')).not.toContain('canary')
  })
})
