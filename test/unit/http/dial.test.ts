// Connections that are opened, and those that are not: every row of the table is dialled with a stand-in for the system's
// own `connect`, so that nothing leaves this machine whatever the guard says.
import type { LookupAddress } from 'node:dns'
import { Socket } from 'node:net'
import type { LookupFunction, NetConnectOpts } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import type { Resolution } from '../../../src/http/resolution.ts'
import { deniedHosts, publicHosts, wrappedHosts, wrappedIpv4 } from '../../harness/address-rows.ts'
import { dialOf } from './dialling.ts'

const never = new AbortController().signal

/** What was opened, and where each of these connections led: as asked, or elsewhere. */
class Network {
  readonly opened: string[] = []
  readonly sockets: Socket[] = []
  readonly #leadsTo: string | undefined

  constructor(leadsTo?: string) {
    this.#leadsTo = leadsTo
  }

  readonly open = (options: NetConnectOpts): Socket => {
    const { host = '', lookup } = options as { host?: string; lookup: LookupFunction }
    const socket = new Socket()
    this.sockets.push(socket)
    const connected = (address: string): void => {
      this.opened.push(address)
      Object.defineProperty(socket, 'remoteAddress', { value: this.#leadsTo ?? address })
      socket.emit('connect')
    }
    if (readIpAddress(host) !== null) process.nextTick(connected, host)
    else {
      lookup(host, { all: true }, (error, addresses) => {
        if (error === null) connected(addressIn(addresses))
        else socket.destroy(error)
      })
    }
    return socket
  }
}

function addressIn(addresses: string | LookupAddress[]): string {
  return typeof addresses === 'string' ? addresses : (addresses[0]?.address ?? '')
}

function resolverOf(...answers: readonly (readonly string[])[]) {
  let asked = 0
  return {
    asked: () => asked,
    resolve: (): Promise<Resolution> => {
      const addresses = answers[Math.min(asked, answers.length - 1)] ?? []
      asked += 1
      const resolved = addresses.map((address) => ({
        address,
        family: address.includes(':') ? (6 as const) : (4 as const),
      }))
      return Promise.resolve({ kind: 'addresses', addresses: resolved, holdMs: 1 })
    },
  }
}

/** Resolves with the code of the refusal, or `connected`. */
async function dialled(
  host: string,
  network: Network,
  { answers = [], allowed = [] }: { answers?: readonly string[][]; allowed?: readonly string[] } = {},
): Promise<string> {
  const dial = dialOf(resolverOf(...answers), allowed, network.open)
  const { hostname } = new URL(`http://${host}`)
  try {
    await dial({ host: hostname.replaceAll(/[[\]]/g, ''), port: 80 }, never)
    return 'connected'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

describe('a literal', () => {
  it.each([...deniedHosts, ...wrappedIpv4.flatMap(wrappedHosts)])('%s is not connected to', async (host) => {
    const network = new Network()
    expect(await dialled(host, network)).toBe('ADDRESS_DENIED')
    expect(network.sockets).toEqual([])
  })

  it.each(publicHosts)('%s is', async (host) => {
    const network = new Network()
    expect(await dialled(host, network)).toBe('connected')
    expect(network.opened).toHaveLength(1)
  })
})

describe('a name', () => {
  it.each<[string, string[]]>([
    ['one denied address', ['10.0.0.1']],
    ['a denied address behind a public one', ['93.184.215.14', '127.0.0.1']],
    ['a denied address before a public one', ['169.254.169.254', '93.184.215.14']],
    ['a denied IPv6 address beside a public IPv4 one', ['93.184.215.14', '::1']],
    ['a wrapped address', ['64:ff9b::a00:1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['the unspecified address', ['0.0.0.0']],
    ['many public ones and one that is not', [...Array<string>(30).fill('93.184.215.14'), '192.168.1.1']],
  ])('that has %s is not connected to', async (_what, addresses) => {
    const network = new Network()
    expect(await dialled('hooks.test', network, { answers: [addresses] })).toBe('ADDRESS_DENIED')
    expect(network.opened).toEqual([])
  })

  it.each<[string[]]>([[['93.184.215.14']], [['93.184.215.14', '2606:4700::1111']], [['2606:4700::1111']]])(
    'that has %j is',
    async (addresses) => {
      const network = new Network()
      expect(await dialled('hooks.test', network, { answers: [addresses] })).toBe('connected')
      expect(network.opened).toEqual([addresses[0]])
    },
  )

  it('is asked for once: what was checked is what is connected to', async () => {
    const network = new Network()
    const resolver = resolverOf(['93.184.215.14'], ['127.0.0.1'])
    const dial = dialOf(resolver, [], network.open)
    await dial({ host: 'rebinding.test', port: 80 }, never)
    expect([network.opened, resolver.asked()]).toEqual([['93.184.215.14'], 1])
    await expect(dial({ host: 'rebinding.test', port: 80 }, never)).rejects.toThrow('may lead to')
    expect(network.opened).toEqual(['93.184.215.14'])
  })

  it('is reached by its name’s allowance, at addresses that are none of the public', async () => {
    const network = new Network()
    const answers = [['10.0.0.1']]
    expect(await dialled('crm.test', network, { answers, allowed: ['crm.test'] })).toBe('connected')
  })
})

describe('a connection that led elsewhere', () => {
  it.each(['127.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0', ''])(
    'to %j is closed before a byte is written',
    async (elsewhere) => {
      const network = new Network(elsewhere)
      expect(await dialled('93.184.215.14', network)).toBe('ADDRESS_DENIED')
      expect(network.sockets.map((socket) => [socket.destroyed, socket.bytesWritten])).toEqual([[true, 0]])
    },
  )
})

it('says the same of all that is denied', async () => {
  const texts = new Set<string>()
  for (const [host, answers] of [
    ['10.0.0.1', []],
    ['hooks.test', [['127.0.0.1']]],
    ['169.254.169.254', []],
  ] as const) {
    const dial = dialOf(resolverOf(...answers), [], new Network().open)
    await dial({ host, port: 80 }, never).catch((error: unknown) => texts.add(String(error)))
  }
  expect([...texts]).toEqual(['Error: the address is not one that a webhook may lead to'])
})
