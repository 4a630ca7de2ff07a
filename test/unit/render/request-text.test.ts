// The text is only worth something if it is what is sent: each case is sent to a socket and compared byte for byte.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { maskedAddress, requestText } from '../../../src/render/request-text.ts'
import type { RequestText } from '../../../src/render/request-text.ts'
import type { HttpRequest } from '../../../src/domain/attempt.ts'
import type { Webhook } from '../../../src/domain/webhook.ts'
import { createHttpSender } from '../../../src/http/http-sender.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { loopback } from '../../harness/loopback.ts'

const received: Buffer[] = []
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n')
  })
})
let port = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const sender = createHttpSender(
  {
    connectTimeoutMs: 2_000,
    maxResponseBytes: 1_024,
    connectionsPerOrigin: 1,
    keepAliveMs: 1_000,
    allowedAddresses: loopback,
  },
  systemClock,
)
afterAll(() => sender.stop())

const wire = ({ line, headers, body }: RequestText): string => [line, ...headers, '', body ?? ''].join('\r\n')

const webhook = {
  headers: [
    { name: 'X-Api-Key', value: 'key-canary' },
    { name: 'x-plain', value: 'own-canary' },
  ],
} as unknown as Webhook

const headers = Object.entries({
  'user-agent': 'tests/1',
  'content-type': 'application/json',
  'webhook-id': 'd-1',
  authorization: 'Bearer token-canary',
  'X-Api-Key': 'key-canary',
  'x-plain': 'own-canary',
}).flat()

const request = (fields: Partial<HttpRequest>): HttpRequest => ({
  method: 'POST',
  origin: `http://127.0.0.1:${port}`,
  tlsVerification: 'on',
  target: '/hook/path-canary',
  headers,
  body: '{"city":"Москва"}',
  ...fields,
})

describe('the text of a request', () => {
  it.each<[string, Partial<HttpRequest>]>([
    ['a POST with a body beyond ASCII', {}],
    ['a POST with an empty body', { body: '' }],
    ['a POST of several lines', { body: 'a=1\r\nb=2\n' }],
    ['a GET', { method: 'GET', body: null, target: '/in?city=%D0%9A&x=%2B' }],
    ['a GET of the root', { method: 'GET', body: null, target: '/', headers: ['accept', '*/*'] }],
  ])('is what the client sends: %s', async (_, fields) => {
    received.length = 0
    const sent = request(fields)
    const limits = { connectTimeoutMs: 2_000, totalTimeoutMs: 5_000 }
    expect(await sender.send(sent, limits, new AbortController().signal)).toMatchObject({ statusCode: 204 })
    expect(Buffer.concat(received).toString('utf8')).toBe(wire(requestText(sent, webhook, 'shown')))
  })

  it.each([
    ['https://crm.example.com', 'crm.example.com'],
    ['http://crm.example.com:8080', 'crm.example.com:8080'],
    ['http://[2001:db8::1]:81', '[2001:db8::1]:81'],
  ])('names the host of %s as %s', (origin, host) => {
    expect(requestText(request({ origin }), webhook, 'shown').headers[0]).toBe(`host: ${host}`)
  })

  it('masks the path, the credentials and the client’s own headers, and nothing else', () => {
    expect(requestText(request({ target: '/hook/path-canary?city=x' }), webhook, 'masked')).toEqual({
      line: 'POST /***?city=x HTTP/1.1',
      headers: [
        `host: 127.0.0.1:${port}`,
        'connection: keep-alive',
        'user-agent: tests/1',
        'content-type: application/json',
        'webhook-id: d-1',
        'authorization: Bearer ***',
        'X-Api-Key: ***',
        'x-plain: ***',
        'content-length: 23',
      ],
      body: '{"city":"Москва"}',
    })
  })

  it.each(['token-canary', 'Token token-canary'])(
    'masks an Authorization header of the client’s own: %s',
    (value) => {
      const own = { headers: [{ name: 'Authorization', value }] } as unknown as Webhook
      const { headers: shown } = requestText(request({ headers: ['Authorization', value] }), own, 'masked')
      expect(shown).toContain('Authorization: ***')
    },
  )

  it('masks an address, but the root is no secret', () => {
    expect(maskedAddress({ origin: 'https://a.example', path: '/token' })).toBe('https://a.example/***')
    expect(maskedAddress({ origin: 'https://a.example', path: '/' })).toBe('https://a.example/')
  })
})
