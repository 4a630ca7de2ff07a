// Previews and test requests: what they show, and what they must not tell.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult, HttpRequest } from '../../../src/domain/attempt.ts'
import { startConsoleServer } from '../../fakes/console-server.ts'
import { headerOf } from '../../fakes/header-of.ts'
import { draftForm } from '../../harness/console-rig.ts'

type Server = Awaited<ReturnType<typeof startConsoleServer>>
const closing: Server[] = []
afterEach(async () => {
  for (const server of closing.splice(0)) await server.stop()
})

const timings = { connectMs: 1, firstByteMs: 2, totalMs: 3.4 }
const headers = { host: 'localhost', 'content-type': 'application/json' }
const secrets = {
  headers: [{ name: 'X-Key', value: 'canary-header' }],
  authentication: { type: 'basic', username: 'me', password: 'canary-password' },
  signing_secrets: [`whsec_${Buffer.alloc(24, 7).toString('base64')}`],
}

async function start(result?: AttemptResult) {
  const sent: HttpRequest[] = []
  const sender = {
    send: (request: HttpRequest) => {
      sent.push(request)
      return result === undefined ? Promise.reject(new Error('nothing is sent')) : Promise.resolve(result)
    },
    stop: () => Promise.resolve(),
  }
  const server = await startConsoleServer({ CONSOLE_TESTS_PER_MINUTE: '10000' }, { sender })
  closing.push(server)
  await server.hydrate()
  const post = (url: string, payload: object) =>
    server.server.inject({ method: 'POST', url, headers, payload })
  const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, more: object = {}) =>
    server.server.inject({
      method,
      url,
      headers: { ...headers, ...more },
      ...(payload === undefined ? {} : { payload }),
    })
  return { post, ask, sent }
}

describe('a preview', () => {
  it('shows each request with its path, and with secrets masked, sent or stored', async () => {
    const { post } = await start()
    const { webhook } = (await post('/api/webhooks', draftForm(secrets))).json()
    for (const body of [{ webhook: draftForm(secrets) }, { webhook, webhook_id: webhook.webhook_id }]) {
      const answer = await post('/api/preview', body)
      expect(answer.statusCode).toBe(200)
      const { requests } = answer.json()
      expect(requests.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
        'call_start',
        'call_end',
      ])
      const { text, bytes } = requests[0]
      expect(text).toMatch(/^POST \/in\/token-1\.php HTTP\/1\.1\r\nhost: crm\.example\.com\r\n/)
      expect(text).toContain('X-Key: ***\r\n')
      expect(text).toContain('authorization: Basic ***\r\n')
      expect(text).toMatch(/webhook-signature: v1,\S{44}\r\n/)
      expect(text).toMatch(/\r\n\r\n\{"phone":"\+79161234567","key":"v1"\}$/)
      expect(bytes).toBeGreaterThan(text.length)
      expect(answer.body).not.toMatch(/canary|whsec_/)
    }
  })

  it('says what a webhook is not sent for', async () => {
    const { post } = await start()
    // What was fixed beforehand leaves too little room for values that are never cut.
    const fixed = Array.from({ length: 4 }, (_, at) => ({ name: `p${at}`, literal: 'x'.repeat(1_900) }))
    const ids = Array.from({ length: 12 }, (_, at) => ({ name: `id${at}`, parameter: 'call_id' }))
    const parameters = [...fixed, ...ids]
    const answer = await post('/api/preview', {
      webhook: draftForm({ method: 'GET', content_type: null, parameters, event_types: ['call_end'] }),
    })
    expect(answer.json()).toMatchObject({ requests: [] })
    expect(answer.json().warnings).toMatchObject([{ path: 'parameters', rule: 'url_too_long' }])
  })

  it('of somebody’s stored secrets is nobody else’s', async () => {
    const { post } = await start()
    expect((await post('/api/preview', { webhook: draftForm(), webhook_id: 'unknown' })).statusCode).toBe(404)
    expect((await post('/api/preview', { webhook: draftForm(), webhook_id: 7 })).statusCode).toBe(422)
    expect((await post('/api/preview', {})).statusCode).toBe(422)
  })
})

describe('a test request', () => {
  it('is marked as one, and sends the secrets that are stored', async () => {
    const { post, sent } = await start({
      kind: 'answered',
      statusCode: 204,
      redirectOrigin: null,
      retryAfter: null,
      excerpt: null,
      timings,
    })
    const { webhook } = (await post('/api/webhooks', draftForm(secrets))).json()
    const answer = await post('/api/test', {
      webhook,
      webhook_id: webhook.webhook_id,
      event_type: 'call_end',
    })
    expect(answer.json()).toEqual({
      event_type: 'call_end',
      delivered: true,
      status_code: 204,
      reason: 'ok',
      redirect_origin: null,
      total_ms: 3,
      excerpt: null,
    })
    const [request] = sent
    expect(
      request === undefined ? null : [headerOf(request, 'x-key'), headerOf(request, 'webhook-test')],
    ).toEqual(['canary-header', '1'])
    expect(headerOf(request as HttpRequest, 'webhook-id')).toMatch(/^test-/)
  })

  it.each([
    ...(['dns', 'connect', 'tls', 'reset', 'connect_timeout', 'total_timeout', 'protocol_error'] as const),
    ...(['proxy', 'address_denied'] as const),
  ])('tells a fault of the address like any other: %s', async (failure) => {
    const { post } = await start({ kind: 'unanswered', failure, detail: `canary ${failure}`, timings })
    const answer = await post('/api/test', { webhook: draftForm() })
    expect(answer.json()).toMatchObject({ delivered: false, status_code: null, reason: 'unreachable' })
    expect(answer.json()).toHaveProperty('total_ms', null)
    expect(answer.body).not.toContain('canary')
  })

  it.each([
    [200, null, { delivered: true, reason: 'ok', excerpt: 'hello *** and ***' }],
    [500, null, { delivered: false, reason: 'http_status', excerpt: null }],
    [
      301,
      'https://new.example.com',
      { delivered: false, reason: 'redirect', excerpt: null, redirect_origin: 'https://new.example.com' },
    ],
  ])(
    'tells an answer’s text for a success only, with what was sent masked: %s',
    async (statusCode, redirectOrigin, expected) => {
      const excerpt = 'hello +79161234567 and canary-header'
      const answered = { kind: 'answered', statusCode, redirectOrigin, retryAfter: null } as const
      const { post } = await start({ ...answered, excerpt, timings })
      const answer = await post('/api/test', { webhook: draftForm(secrets) })
      expect(answer.json()).toMatchObject({ status_code: statusCode, ...expected })
    },
  )

  it.each([
    ['a header', { headers: [{ name: 'x-key', value: '***' }] }, 'headers[0].value'],
    [
      'a password',
      { authentication: { type: 'basic', username: 'me', password: '***' } },
      'authentication.password',
    ],
    ['a token', { authentication: { type: 'bearer', token: '***' } }, 'authentication.token'],
  ])(
    'never carries what is stored to another address, and nothing saves it there: %s',
    async (_, kept, path) => {
      const isToken = path.endsWith('token')
      const authentication = isToken ? { type: 'bearer', token: 'canary-token' } : secrets.authentication
      const { ask, sent } = await start()
      const made = await ask('POST', '/api/webhooks', draftForm({ ...secrets, authentication }))
      const { webhook, etag } = made.json()
      const { webhook_id } = webhook
      for (const address of [
        'https://evil.example.com',
        'http://crm.example.com',
        'https://crm.example.com:8443',
      ]) {
        const draft = { ...draftForm(kept), address }
        for (const answer of [
          await ask('POST', '/api/test', { webhook: draft, webhook_id }),
          await ask('POST', '/api/preview', { webhook: draft, webhook_id }),
          await ask('PUT', `/api/webhooks/${webhook_id}`, draft, { 'if-match': etag }),
        ]) {
          expect([answer.statusCode, answer.json().faults]).toEqual([
            422,
            [
              {
                path,
                rule: 'conflict',
                found: 'was stored for another address',
                allowed: 'the value, given anew',
              },
            ],
          ])
          expect(answer.body).not.toContain('canary')
        }
      }
      expect(sent).toEqual([])
      expect((await ask('GET', `/api/webhooks/${webhook_id}`)).json()).toMatchObject({ webhook, etag })
    },
  )

  it('is not sent for an event that the webhook does not take, or for an invalid one', async () => {
    const { post, sent } = await start()
    const webhook = draftForm({ event_types: ['call_end'] })
    expect((await post('/api/test', { webhook, event_type: 'call_start' })).json()).toMatchObject({
      faults: [{ path: 'event_type' }],
    })
    expect((await post('/api/test', { webhook: draftForm({ address: '' }) })).statusCode).toBe(422)
    expect(sent).toEqual([])
  })
})
