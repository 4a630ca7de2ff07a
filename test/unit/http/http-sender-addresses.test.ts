// The guard in the whole sender, with listeners on loopback that nobody may reach, and a name server of the test's own.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { HttpSender } from '../../../src/ports.ts'
import { createHttpSender } from '../../../src/http/http-sender.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { startDnsServer } from '../../harness/dns-server.ts'
import type { DnsServer } from '../../harness/dns-server.ts'
import { startSentinels } from '../../harness/sentinels.ts'
import type { Sentinels } from '../../harness/sentinels.ts'
import {
  answer,
  closeHostileServers,
  hostileServer,
  post,
  selfSignedServer,
  sendOne,
  testSender,
} from './hostile-server.ts'

let sentinels: Sentinels
let dns: DnsServer

beforeEach(async () => {
  sentinels = await startSentinels(['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1'])
  dns = await startDnsServer({
    'denied.test': { a: ['127.0.0.1'] },
    'denied6.test': { aaaa: ['::1'] },
    'mapped.test': { aaaa: ['::ffff:7f00:1'] },
    'mixed.test': { a: ['127.0.0.5', '127.0.0.2'] },
    'mixed6.test': { a: ['127.0.0.5'], aaaa: ['::1'] },
    'allowed.test': { a: ['127.0.0.5'] },
    'rebinding.test': { a: ['127.0.0.5'], ttlS: 1 },
  })
})

afterEach(async () => {
  await closeHostileServers()
  await sentinels.stop()
  await dns.stop()
})

const denied = {
  kind: 'unanswered',
  failure: 'address_denied',
  detail: 'ADDRESS_DENIED the address is not one that a webhook may lead to',
  timings: { connectMs: null, firstByteMs: null },
}

describe('an address of this machine, where nothing is allowed', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.2',
    '127.255.255.254',
    '2130706433',
    '0x7f.1',
    '127.1',
    '0177.0.0.1',
    '0',
    '0.0.0.0',
    '１２７.０.０.１',
    '127.0.0.1.',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:2]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    'denied.test',
    'denied6.test',
    'mapped.test',
    'DENIED.test.',
    'mixed.test',
    'mixed6.test',
  ])('gets no connection as %s, over http or https', async (host) => {
    const sender = testSender({ allowedAddresses: [], dnsServers: [dns.address] })
    for (const protocol of ['http', 'https']) {
      const origin = new URL(`${protocol}://${host}:${sentinels.port}`).origin
      expect(await sendOne(sender, post(0, { origin }))).toMatchObject(denied)
    }
    expect([sentinels.visits(), sender.counts().sockets]).toEqual([0, 0])
  })
})

describe('a name with one address that is allowed and one that is not', () => {
  it.each(['mixed.test', 'mixed6.test', 'localhost'])('%s gets no connection', async (name) => {
    const sender = testSender({ allowedAddresses: ['127.0.0.5', '127.0.0.1'], dnsServers: [dns.address] })
    const origin = `http://${name}:${sentinels.port}`
    expect(await sendOne(sender, post(0, { origin }))).toMatchObject(denied)
    expect(sentinels.visits()).toBe(0)
  })
})

it('a name that turns to a denied address gets no connection from then on', async () => {
  const receiver = await hostileServer(
    (socket) => socket.end(answer('ok', '200 OK', 'connection: close\r\n')),
    undefined,
    '127.0.0.5',
  )
  let aheadMs = 0
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs }
  const sender = createHttpSender(
    {
      connectTimeoutMs: 1_000,
      maxResponseBytes: 1_024,
      connectionsPerOrigin: 4,
      keepAliveMs: 4_000,
      allowedAddresses: ['127.0.0.5'],
      dnsServers: [dns.address],
    },
    clock,
  )
  const send = (port: number) => sendOne(sender, post(0, { origin: `http://rebinding.test:${port}` }))
  expect(await send(receiver.port)).toMatchObject({ statusCode: 200 })
  dns.set('rebinding.test', { a: ['127.0.0.1'], ttlS: 1 })
  // Within the answer's time it is the address that was checked.
  expect(await send(receiver.port)).toMatchObject({ statusCode: 200 })
  aheadMs = 60_000
  expect(await send(sentinels.port)).toMatchObject(denied)
  expect(await send(receiver.port)).toMatchObject(denied)
  expect([receiver.connections(), sentinels.visits()]).toEqual([2, 0])
  await sender.stop()
})

describe('this process’s own services', () => {
  it('get no connection within an allowed range, and their neighbours do', async () => {
    const receiver = await hostileServer((socket) => socket.write(answer()))
    const service = { host: 'allowed.test', port: sentinels.port, publicAddresses: 'its_own' } as const
    const sender = testSender({ dnsServers: [dns.address], ownServices: [service] })
    for (const host of ['127.0.0.1', '127.0.0.2', '[::1]', 'denied.test', 'allowed.test']) {
      const origin = `http://${host}:${sentinels.port}`
      expect(await sendOne(sender, post(0, { origin }))).toMatchObject(denied)
    }
    expect(await sendOne(sender, post(receiver.port))).toMatchObject({ statusCode: 200 })
    expect(sentinels.visits()).toBe(0)
  })

  it('get none either when they are told of later', async () => {
    const sender = testSender()
    expect(await sendOne(sender, post(sentinels.port))).toMatchObject({ failure: 'reset' })
    sender.keepFrom({ host: '0.0.0.0', port: sentinels.port, publicAddresses: 'its_own' })
    expect(await sendOne(sender, post(sentinels.port))).toMatchObject(denied)
    expect(sentinels.visits()).toBe(1)
  })

  it('are reached where they are named', async () => {
    const receiver = await hostileServer((socket) => socket.write(answer()))
    const service = { host: '127.0.0.1', port: receiver.port, publicAddresses: 'its_own' } as const
    const sender = testSender({
      ownServices: [service],
      allowedAddresses: [`127.0.0.1:${receiver.port}`],
    })
    expect(await sendOne(sender, post(receiver.port))).toMatchObject({ statusCode: 200 })
  })
})

it('an address is denied by the list, though it is allowed', async () => {
  const sender: HttpSender = testSender({ deniedAddresses: ['127.0.0.0/29'] })
  expect(await sendOne(sender, post(sentinels.port))).toMatchObject(denied)
  expect(sentinels.visits()).toBe(0)
})

it('TLS begins only where a connection may lead', async () => {
  const server = await selfSignedServer()
  const origin = `https://127.0.0.1:${server.port}`
  expect(await sendOne(testSender({ allowedAddresses: [] }), post(0, { origin }))).toMatchObject(denied)
  expect(server.connections()).toBe(0)
  expect(await sendOne(testSender(), post(0, { origin }))).toMatchObject({ failure: 'tls' })
})
