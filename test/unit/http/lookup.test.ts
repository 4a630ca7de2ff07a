// The resolver as Node.js asks it, for one address and for all, and a connection that is made through it.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { once } from 'node:events'
import type { LookupOptions } from 'node:dns'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { failureOf } from '../../../src/http/failure.ts'
import { lookupBy } from '../../../src/http/lookup.ts'
import type { Objection } from '../../../src/http/lookup.ts'
import { NameResolver } from '../../../src/http/name-resolver.ts'
import type { FamilyAnswer, NameFailure } from '../../../src/http/resolution.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

let answers: { 4: FamilyAnswer; 6: FamilyAnswer }
let objectTo: Objection
const failed = (failure: NameFailure, code: string): FamilyAnswer => ({ kind: 'failed', failure, code })
const some = (...addresses: string[]): FamilyAnswer => ({ kind: 'addresses', addresses, ttlS: 30 })

beforeEach(() => {
  answers = { 4: some('127.0.0.2', '127.0.0.3'), 6: some('::1') }
  objectTo = () => null
})

const lookup = () =>
  lookupBy(
    new NameResolver(
      {
        servers: { ask: (_name, family) => Promise.resolve(answers[family]), stop: () => {} },
        rules: { domains: [], ndots: 1 },
        hosts: new Map(),
        timeoutMs: 2_000,
      },
      new VirtualClock(),
    ),
    objectTo,
  )

/** What the callback got. */
function told(options: LookupOptions): Promise<readonly unknown[]> {
  return new Promise((resolve) => lookup()('hooks.test', options, (...given) => resolve(given)))
}

describe('what Node.js is told', () => {
  const [two, three, one6] = [
    { address: '127.0.0.2', family: 4 },
    { address: '127.0.0.3', family: 4 },
    { address: '::1', family: 6 },
  ]
  it.each<[LookupOptions, readonly unknown[]]>([
    [{ all: true }, [null, [two, three, one6]]],
    [{ all: true, family: 0 }, [null, [two, three, one6]]],
    [{ all: true, family: 4 }, [null, [two, three]]],
    [{ all: true, family: 'IPv6' }, [null, [one6]]],
    [{}, [null, '127.0.0.2', 4]],
    [{ family: 6 }, [null, '::1', 6]],
  ])('asked for %p', async (options, given) => {
    expect(await told(options)).toEqual(given)
  })

  it.each<LookupOptions>([{ all: true }, { all: true, family: 4 }, { family: 4 }])(
    'is an objection to any of them, also when asked for %p',
    async (options) => {
      const objection = new Error('not there')
      objectTo = (addresses) => (addresses.some(({ address }) => address === '::1') ? objection : null)
      expect(await told(options)).toEqual([objection, ''])
    },
  )

  it('is nothing, where the family asked for has none', async () => {
    answers[6] = failed('no_data', 'ENODATA')
    const [error] = await told({ family: 6 })
    expect(error).toMatchObject({ code: 'DNS_NO_DATA' })
  })

  it.each<[NameFailure, string, string]>([
    ['no_such_name', 'ENOTFOUND', 'DNS_NO_SUCH_NAME'],
    ['no_data', 'ENODATA', 'DNS_NO_DATA'],
    ['server_failure', 'ECONNREFUSED', 'DNS_SERVER_FAILURE'],
    ['timeout', 'ETIMEOUT', 'DNS_TIMEOUT'],
  ])('is, of %s (%s), %s, which is a matter of DNS', async (failure, code, ours) => {
    answers = { 4: failed(failure, code), 6: failed(failure, code) }
    for (const all of [true, false]) {
      const [error] = await told({ all })
      expect(error).toMatchObject({ code: ours, message: `hooks.test has no address (${code})` })
      expect(failureOf(error)).toBe('dns')
    }
  })
})

describe('a connection by name', () => {
  const server = createServer((socket) => socket.end(socket.localAddress ?? ''))
  beforeEach(async () => {
    server.listen(0, '127.0.0.3')
    await once(server, 'listening')
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('goes on to the next address when one is refused', async () => {
    const { port } = server.address() as AddressInfo
    const socket = connect({ host: 'hooks.test', port, lookup: lookup() })
    const [text] = await once(socket, 'data')
    expect(String(text)).toBe('127.0.0.3')
    expect(socket.autoSelectFamilyAttemptedAddresses).toEqual([
      `127.0.0.2:${port}`,
      `::1:${port}`,
      `127.0.0.3:${port}`,
    ])
  })
})
