// Requests through an egress proxy: what it is asked for, what its faults are charged to, and that the guard holds.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { HttpSenderOptions } from '../../../src/http/http-sender.ts'
import { startConnectProxy } from '../../harness/connect-proxy.ts'
import type { ConnectProxy, ProxyManner } from '../../harness/connect-proxy.ts'
import { startDnsServer } from '../../harness/dns-server.ts'
import type { DnsServer } from '../../harness/dns-server.ts'
import { startSentinels } from '../../harness/sentinels.ts'
import type { Sentinels } from '../../harness/sentinels.ts'
import {
  answer,
  closedPort,
  closeHostileServers,
  hostileServer,
  post,
  selfSignedServer,
  sendOne,
  testSender,
} from './hostile-server.ts'
import type { HostileServer } from './hostile-server.ts'

let proxy: ConnectProxy
let dns: DnsServer
let sentinels: Sentinels
let receiver: HostileServer

beforeEach(async () => {
  proxy = await startConnectProxy()
  sentinels = await startSentinels(['127.0.0.1', '::1'])
  dns = await startDnsServer({
    'hooks.test': { a: ['127.0.0.1'] },
    'a.direct.test': { a: ['127.0.0.1'] },
    'mixed.test': { a: ['127.0.0.1', '10.0.0.1'] },
    'silent.test': { a: 'silent', aaaa: 'silent' },
    'proxy.test': { a: ['127.0.0.1'] },
  })
  receiver = await hostileServer((socket) => socket.write(answer()))
})

afterEach(async () => {
  await closeHostileServers()
  await proxy.stop()
  await sentinels.stop()
  await dns.stop()
})

const proxied = (more: Partial<HttpSenderOptions> = {}) =>
  testSender({ proxyUrl: `http://127.0.0.1:${proxy.port}`, dnsServers: [dns.address], ...more })
const to = (host: string, port = receiver.port, protocol = 'http') =>
  post(0, { origin: `${protocol}://${host}:${port}` })
const first = (): string => proxy.asked[0] ?? ''

describe('a request through a proxy', () => {
  it('goes through a tunnel to the address that was checked, also over plain http', async () => {
    const sender = proxied()
    expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ kind: 'answered', statusCode: 200 })
    const authority = `127.0.0.1:${receiver.port}`
    expect(first()).toMatch(new RegExp(`^CONNECT ${authority} HTTP/1\\.1\r\nhost: ${authority}\r\n`, 'i'))
    expect(first()).not.toMatch(/proxy-authorization|hooks\.test|token/i)
    expect(receiver.requests[0]).toContain(`POST /hook?token=s3cret-token HTTP/1.1\r\n`)
    expect(receiver.requests[0]).toContain(`host: hooks.test:${receiver.port}\r\n`)
  })

  it('uses a kept connection, and one tunnel for it', async () => {
    const sender = proxied({ connectionsPerOrigin: 1 })
    for (let times = 0; times < 3; times += 1) {
      expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ statusCode: 200 })
    }
    expect([proxy.connections(), receiver.connections()]).toEqual([1, 1])
  })

  it('says who it is to the proxy, and to nobody else', async () => {
    const sender = proxied({ proxyUrl: `http://worker:p%40ss@proxy.test:${proxy.port}` })
    expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ statusCode: 200 })
    const credentials = Buffer.from('worker:p@ss').toString('base64')
    expect(first().toLowerCase()).toContain(`proxy-authorization: basic ${credentials.toLowerCase()}\r\n`)
    expect(receiver.requests.join()).not.toMatch(/proxy-authorization/i)
  })

  it('checks the receiver’s certificate, not the proxy’s', async () => {
    const server = await selfSignedServer()
    expect(await sendOne(proxied(), to('hooks.test', server.port, 'https'))).toMatchObject({ failure: 'tls' })
    expect([proxy.asked.length, server.connections(), server.requests]).toEqual([1, 1, []])
  })

  it('names an IPv6 address in brackets', async () => {
    proxy.become(503)
    expect(await sendOne(proxied(), to('[::1]'))).toMatchObject({ failure: 'proxy' })
    expect(first()).toContain(`CONNECT [::1]:${receiver.port} HTTP/1.1\r\n`)
  })

  it('tells of a receiver that hangs up behind the tunnel as of any', async () => {
    const rude = await hostileServer((socket) => socket.destroy())
    expect(await sendOne(proxied(), to('hooks.test', rude.port))).toMatchObject({ failure: 'reset' })
  })

  it('reads what comes along with the proxy’s answer as the receiver’s', async () => {
    proxy.become({ text: 'HTTP/1.1 200 Connected\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n' })
    expect(await sendOne(proxied(), to('hooks.test'))).toMatchObject({ failure: 'protocol_error' })
  })

  it.each([
    ['a.direct.test', 'direct.test'],
    ['a.direct.test', '.direct.test'],
    ['127.0.0.1', '127.0.0.0/8'],
    ['127.0.0.1', '127.0.0.1'],
  ])('is none to %s where %s needs no proxy', async (host, entry) => {
    const sender = proxied({ noProxy: [entry] })
    expect(await sendOne(sender, to(host))).toMatchObject({ statusCode: 200 })
    expect(proxy.connections()).toBe(0)
  })

  it('is one to a receiver at another port than that which needs no proxy', async () => {
    expect(await sendOne(proxied({ noProxy: ['hooks.test:1'] }), to('hooks.test'))).toMatchObject({
      statusCode: 200,
    })
    expect(proxy.connections()).toBe(1)
  })
})

describe('the guard before a proxy', () => {
  it.each(['10.0.0.1', '169.254.169.254', '[::ffff:10.0.0.1]', '2852039166', 'mixed.test'])(
    'lets it be asked for nothing at %s',
    async (host) => {
      const origin = new URL(`http://${host}:8080`).origin
      expect(await sendOne(proxied(), post(0, { origin }))).toMatchObject({ failure: 'address_denied' })
      expect(proxy.connections()).toBe(0)
    },
  )

  it.each(['127.0.0.1', 'hooks.test', '[::1]', 'localhost'])(
    'holds for %s where nothing is allowed, with and without the proxy',
    async (host) => {
      for (const noProxy of [[], ['127.0.0.0/8', '::1', 'test', 'localhost']]) {
        const sender = proxied({ allowedAddresses: [], noProxy })
        expect(await sendOne(sender, to(host, sentinels.port))).toMatchObject({ failure: 'address_denied' })
      }
      expect([proxy.connections(), sentinels.visits()]).toEqual([0, 0])
    },
  )

  it('keeps requests from the proxy itself', async () => {
    expect(await sendOne(proxied(), to('127.0.0.1', proxy.port))).toMatchObject({ failure: 'address_denied' })
    expect(proxy.connections()).toBe(0)
  })

  it('tells a name that has no address as such, and the silence of a name server too', async () => {
    const sender = proxied({ dnsTimeoutMs: 100 })
    expect(await sendOne(sender, to('nowhere.test'))).toMatchObject({ failure: 'dns' })
    expect(await sendOne(sender, to('silent.test'))).toMatchObject({ failure: 'dns' })
    expect(proxy.connections()).toBe(0)
  })
})

describe('a proxy that does not lead on', () => {
  it.each<[string, ProxyManner, string]>([
    ['asks for credentials', 407, 'PROXY_REFUSED'],
    ['forbids it', 403, 'PROXY_REFUSED'],
    ['cannot reach the receiver', 502, 'PROXY_REFUSED'],
    ['sends on elsewhere', 302, 'PROXY_REFUSED'],
    ['says nothing', 'silent', 'PROXY_TIMEOUT'],
    ['hangs up', 'hang_up', 'PROXY_BROKEN'],
    ['never ends its headers', 'endless', 'PROXY_BROKEN'],
    ['does not speak HTTP', { text: 'SSH-2.0-OpenSSH_9.6\r\n\r\n' }, 'PROXY_BROKEN'],
    [
      'changes the protocol',
      { text: 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n' },
      'PROXY_REFUSED',
    ],
    ['says to go on, for ever', { text: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50) }, 'PROXY_REFUSED'],
  ])('since it %s is at fault itself, within the time to connect', async (_what, manner, code) => {
    proxy.become(manner)
    const sender = proxied({ proxyUrl: `http://worker:canary@127.0.0.1:${proxy.port}` })
    const result = await sendOne(sender, to('hooks.test'), { totalTimeoutMs: 5_000 })
    expect(result).toMatchObject({ kind: 'unanswered', failure: 'proxy' })
    expect(result).toHaveProperty('detail', expect.stringMatching(new RegExp(`^${code} the egress proxy `)))
    expect(JSON.stringify(result)).not.toMatch(/canary|Y2FuYXJ5/)
    expect(result.timings).toMatchObject({ connectMs: null, firstByteMs: null })
    expect(result.timings.totalMs).toBeLessThan(2_000)
    expect(receiver.connections()).toBe(0)
    expect(sender.counts().sockets).toBe(0)
  })

  it('is at fault where it is not there, or its name leads nowhere', async () => {
    const gone = await closedPort()
    for (const proxyUrl of [`http://127.0.0.1:${gone}`, `http://nowhere.test:${gone}`]) {
      const result = await sendOne(proxied({ proxyUrl }), post(1))
      expect(result).toMatchObject({
        failure: 'proxy',
        detail: 'PROXY_UNREACHABLE the egress proxy cannot be reached',
      })
    }
  })

  it('is tried anew by the next request', async () => {
    const sender = proxied()
    proxy.become(503)
    expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ failure: 'proxy' })
    proxy.become('tunnel')
    expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ statusCode: 200 })
  })
})
