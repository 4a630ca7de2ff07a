// Receivers by name: found by our own questions, on a name server of the test's own.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startDnsServer } from '../../harness/dns-server.ts'
import type { DnsServer } from '../../harness/dns-server.ts'
import { answer, closeHostileServers, hostileServer, post, sendOne, testSender } from './hostile-server.ts'
import type { HostileServer } from './hostile-server.ts'

const marginMs = 1_500

let dns: DnsServer
let receiver: HostileServer

beforeEach(async () => {
  dns = await startDnsServer({
    'hooks.test': { a: ['127.0.0.1'] },
    // Nobody listens at the first address.
    'two.test': { a: ['127.0.0.9', '127.0.0.1'] },
    'silent.test': { a: 'silent', aaaa: 'silent' },
  })
  receiver = await hostileServer((socket) => socket.write(answer()))
})

afterEach(async () => {
  await closeHostileServers()
  await dns.stop()
})

const to = (name: string) => post(0, { origin: `http://${name}:${receiver.port}` })
const asked = (name: string): number => dns.queries.filter((query) => query === `A ${name}`).length

describe('a receiver’s name', () => {
  it.each(['hooks.test', 'two.test', 'localhost'])('%s leads there', async (name) => {
    const sender = testSender({ dnsServers: [dns.address] })
    expect(await sendOne(sender, to(name))).toMatchObject({ kind: 'answered', statusCode: 200 })
    expect(receiver.requests[0]).toContain(`host: ${name}:${receiver.port}\r\n`)
    expect(asked(name)).toBe(name === 'localhost' ? 0 : 1)
  })

  it('is asked for once while its answer holds', async () => {
    const sender = testSender({ dnsServers: [dns.address], connectionsPerOrigin: 50 })
    await Promise.all(Array.from({ length: 50 }, () => sendOne(sender, to('hooks.test'))))
    expect(receiver.connections()).toBe(50)
    expect(asked('hooks.test')).toBe(1)
  })

  it('that nobody knows is a matter of DNS', async () => {
    const sender = testSender({ dnsServers: [dns.address] })
    expect(await sendOne(sender, to('nowhere.test'))).toMatchObject({
      kind: 'unanswered',
      failure: 'dns',
      detail: 'DNS_NO_SUCH_NAME nowhere.test has no address (ENOTFOUND)',
      timings: { connectMs: null },
    })
  })
})

describe('a silent name server', () => {
  it('is a matter of DNS, once, and holds up nobody else', async () => {
    const sender = testSender({ dnsServers: [dns.address], connectTimeoutMs: 10_000, dnsTimeoutMs: 300 })
    let over = false
    const silent = Promise.all(Array.from({ length: 20 }, () => sendOne(sender, to('silent.test'), patient)))
    void silent.then(() => (over = true))
    expect(await sendOne(sender, to('hooks.test'))).toMatchObject({ statusCode: 200 })
    expect(over).toBe(false)
    for (const result of await silent) {
      expect(result).toMatchObject({ failure: 'dns', detail: expect.stringMatching(/^DNS_TIMEOUT /) })
      expect(result.timings.totalMs).toBeLessThan(300 + marginMs)
    }
    const questions = dns.queries.length
    const again = await sendOne(sender, to('silent.test'))
    expect(again).toMatchObject({ failure: 'dns' })
    expect(again.timings.totalMs).toBeLessThan(290)
    expect(dns.queries).toHaveLength(questions)
  })

  it('is no matter of connecting, though there is less time for that', async () => {
    const sender = testSender({ dnsServers: [dns.address], connectTimeoutMs: 200, dnsTimeoutMs: 2_000 })
    expect(await sendOne(sender, to('silent.test'), patient)).toMatchObject({ failure: 'dns' })
  })

  it('that is not even there is no receiver that refuses', async () => {
    const gone = createSocket('udp4').bind(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address()
    gone.close()
    const sender = testSender({ dnsServers: [`127.0.0.1:${port}`], dnsTimeoutMs: 300 })
    expect(await sendOne(sender, to('hooks.test'), patient)).toMatchObject({ failure: 'dns' })
  })
})

const patient = { totalTimeoutMs: 15_000 }
