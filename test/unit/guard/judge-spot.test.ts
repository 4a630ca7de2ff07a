// Whether a connection may lead somewhere, as a table: where nothing is allowed, with lists, and about the worker's own.
import { describe, expect, it } from '@jest/globals'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import { judgeHost, judgeSpot } from '../../../src/guard/judge-spot.ts'
import type { OwnPlaces, OwnService } from '../../../src/guard/judge-spot.ts'
import { readPlace } from '../../../src/guard/place.ts'
import { deniedHosts, publicHosts, wrappedHosts, wrappedIpv4 } from '../../harness/address-rows.ts'

const nobody: OwnPlaces = { interfaces: [], services: [] }

interface Asked {
  readonly host?: string
  readonly port?: number
  readonly allowed?: readonly string[]
  readonly denied?: readonly string[]
  readonly own?: OwnPlaces
}

const places = (entries: readonly string[] = []) => entries.map((entry) => readPlace(entry)!)

function judge(addressText: string, { host, port = 80, allowed, denied, own = nobody }: Asked = {}) {
  const lists = { allowed: places(allowed), denied: places(denied) }
  return judgeSpot({ host: host ?? null, addressText, port }, lists, own)
}

/** Empty: the address itself was written. */
const named = (host: string): Asked => (host === '' ? {} : { host })

/** As the client dials it. */
const literalOf = (host: string): string => new URL(`http://${host}`).hostname.replaceAll(/[[\]]/g, '')

describe('where nothing is allowed', () => {
  const denied = [...deniedHosts, ...wrappedIpv4.flatMap(wrappedHosts)]

  it('is held against at least 150 addresses, none of them twice', () => {
    const rows = [...denied, ...publicHosts]
    expect(rows.length).toBeGreaterThanOrEqual(150)
    expect(new Set(rows).size).toBe(rows.length)
  })

  it.each(denied)('%s is denied', (host) => {
    expect(judge(literalOf(host))).toBe('denied')
  })

  it.each(publicHosts)('%s is allowed', (host) => {
    expect(judge(literalOf(host))).toBe('allowed')
  })

  it.each(['', 'x', '127.1', '::1%lo', '8.8.8.8%1', '8.8.8.8 ', '08.8.8.8', '[2606:4700::1111]'])(
    '%j is no address, and denied',
    (text) => {
      expect(judge(text)).toBe('denied')
    },
  )
})

describe('an allowed place', () => {
  it.each<[string, Asked]>([
    ['10.1.2.3', { allowed: ['10.0.0.0/8'] }],
    ['10.1.2.3', { allowed: ['10.1.2.3:80'] }],
    ['fd12::1', { allowed: ['fd12::/32'] }],
    ['10.1.2.3', { allowed: ['crm.internal'], host: 'crm.internal' }],
    ['10.1.2.3', { allowed: ['*.internal'], host: 'crm.internal' }],
    ['::1', { allowed: ['::1'] }],
    ['127.0.0.1', { allowed: ['127.0.0.0/8'] }],
    // A gateway's form, and what it leads to.
    ['64:ff9b::a01:203', { allowed: ['64:ff9b::/96', '10.0.0.0/8'] }],
    ['64:ff9b::808:808', { allowed: ['64:ff9b::/96'] }],
    ['::ffff:10.1.2.3', { allowed: ['::ffff:0:0/96', '10.0.0.0/8'] }],
  ])('%s is reached by %j', (address, asked) => {
    expect(judge(address, asked)).toBe('allowed')
  })

  it.each<[string, Asked]>([
    ['11.0.0.1', { allowed: ['10.0.0.0/8'], denied: ['11.0.0.0/8'] }],
    ['10.1.2.3', { allowed: ['10.1.2.3:81'] }],
    ['10.1.2.3', { allowed: ['crm.internal'], host: 'other.internal' }],
    ['10.1.2.3', { allowed: ['crm.internal'] }],
    ['192.168.0.1', { allowed: ['10.0.0.0/8'] }],
    // Only what is named is allowed of what is inside, or around.
    ['64:ff9b::a01:203', { allowed: ['64:ff9b::/96'] }],
    ['64:ff9b::a01:203', { allowed: ['10.0.0.0/8'] }],
    ['::ffff:10.1.2.3', { allowed: ['10.0.0.0/8'] }],
    ['64:ff9b:1:a01:2:300::', { allowed: ['64:ff9b:1::/48', '10.0.0.0/8'] }],
  ])('%s is not reached by %j', (address, asked) => {
    expect(judge(address, asked)).toBe('denied')
  })
})

describe('a denied place', () => {
  it.each<[string, Asked]>([
    ['8.8.8.8', { denied: ['8.8.8.0/24'] }],
    ['8.8.8.8', { denied: ['8.8.8.8:80'] }],
    ['8.8.8.8', { denied: ['*.test'], host: 'a.test' }],
    ['10.1.2.3', { allowed: ['10.1.2.3'], denied: ['10.0.0.0/8'] }],
    ['64:ff9b::808:808', { allowed: ['64:ff9b::/96'], denied: ['8.8.8.8'] }],
  ])('%s stays denied by %j', (address, asked) => {
    expect(judge(address, asked)).toBe('denied')
  })

  it.each([
    ['a.test', 80, 'denied'],
    ['b.test', 80, 'allowed'],
    ['b.test', 81, 'denied'],
    ['10.a.example', 80, 'allowed'],
  ] as const)('%s:%i is %s as a name, before it is looked up', (host, port, verdict) => {
    const lists = { allowed: [], denied: places(['a.test', 'b.test:81', '10.0.0.0/8']) }
    expect(judgeHost(host, port, lists)).toBe(verdict)
  })
})

describe('the worker’s own', () => {
  const service = (
    name: string | null,
    port: number,
    addresses: readonly string[],
    publicAddresses: OwnService['publicAddresses'] = 'its_own',
  ): OwnService => ({
    name,
    port,
    addresses: addresses.map((text) => readIpAddress(text)!),
    publicAddresses,
  })
  const own: OwnPlaces = {
    interfaces: ['127.0.0.1', '::1', '10.9.9.9', '9.9.9.9'].map((text) => readIpAddress(text)!),
    services: [
      service(null, 9092, ['127.0.0.1']),
      service('kafka.internal', 9093, ['10.0.0.3']),
      service('kafka.example', 9094, ['5.5.5.5']),
      service('registry.example', 443, ['6.6.6.6'], 'shared'),
      service(null, 9464, ['0.0.0.0']),
      service(null, 8070, ['::1']),
    ],
  }
  const allowed = ['127.0.0.0/8', '::1', '10.0.0.0/8', '*.internal', '*.example', '0.0.0.0/0', '::/0']

  it.each<[string, number, string]>([
    // Loopback is one machine, whichever of its addresses is written.
    ['127.0.0.1', 9092, ''],
    ['127.0.0.2', 9092, ''],
    ['::1', 9092, ''],
    ['0.0.0.0', 9092, ''],
    ['::', 9092, ''],
    ['::ffff:127.0.0.1', 9092, ''],
    ['127.0.0.1', 9464, ''],
    ['127.0.0.1', 8070, ''],
    // An interface of this machine, and a broker's address, at whatever port.
    ['10.9.9.9', 80, ''],
    ['9.9.9.9', 443, ''],
    ['10.0.0.3', 80, ''],
    ['10.0.0.3', 9093, 'elsewhere.example'],
    ['5.5.5.5', 9094, ''],
    // By name, wherever it leads now.
    ['8.8.8.8', 9093, 'kafka.internal'],
    ['8.8.8.8', 443, 'registry.example'],
  ])('%s:%i %s is denied within an allowed range', (address, port, host) => {
    expect(judge(address, { port, own, allowed, ...named(host) })).toBe('denied')
  })

  it.each<[string, number, string]>([
    ['127.0.0.1', 9095, ''],
    ['::1', 80, ''],
    ['10.0.0.4', 9093, ''],
    // A public address is in everybody's reach: only the broker's port counts, and a content network's is not ours.
    ['5.5.5.5', 443, ''],
    ['6.6.6.6', 443, ''],
    ['8.8.8.8', 80, 'kafka.internal'],
  ])('%s:%i %s is not its own', (address, port, host) => {
    expect(judge(address, { port, own, allowed, ...named(host) })).toBe('allowed')
  })

  it.each<[string, number, string, string]>([
    ['127.0.0.1', 9092, '127.0.0.1:9092', ''],
    ['10.9.9.9', 80, '10.9.9.9', ''],
    ['10.9.9.9', 80, '10.9.9.9:80', ''],
    ['10.0.0.3', 80, 'crm.internal', 'crm.internal'],
    ['10.0.0.3', 9093, 'kafka.internal:9093', 'kafka.internal'],
  ])('%s:%i is reached where %s names it', (address, port, entry, host) => {
    expect(judge(address, { port, own, allowed: [entry], ...named(host) })).toBe('allowed')
  })

  it.each<[string, number, string, string]>([
    ['127.0.0.1', 9092, '127.0.0.1', ''],
    ['127.0.0.2', 9092, '127.0.0.1:9092', ''],
    ['10.9.9.9', 80, '10.9.9.8/31', ''],
    ['10.9.9.9', 80, '10.9.9.9:81', ''],
    ['10.0.0.3', 80, '*.internal', 'crm.internal'],
    ['127.0.0.1', 9092, 'box.internal', 'box.internal'],
  ])('%s:%i is not reached where %s names more than it, or less', (address, port, entry, host) => {
    expect(judge(address, { port, own, allowed: [entry], ...named(host) })).toBe('denied')
  })
})
