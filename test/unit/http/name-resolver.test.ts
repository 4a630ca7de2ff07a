// The resolver on a name server of its own, in virtual time: the server's answers are real, waits are not.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readHostsTable } from '../../../src/http/certain-names.ts'
import { NameResolver } from '../../../src/http/name-resolver.ts'
import type { NameResolverOptions } from '../../../src/http/name-resolver.ts'
import { createNameServers } from '../../../src/http/name-servers.ts'
import { noAnswer } from '../../../src/http/resolution.ts'
import type { FamilyAnswer, Resolution } from '../../../src/http/resolution.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { startDnsServer } from '../../harness/dns-server.ts'
import type { DnsServer } from '../../harness/dns-server.ts'
import { until } from '../../harness/until.ts'

let server: DnsServer
let clock: VirtualClock
const resolvers: NameResolver[] = []

beforeEach(async () => {
  clock = new VirtualClock()
  server = await startDnsServer({
    'hooks.test': { a: ['10.0.0.1', '10.0.0.2'], aaaa: ['fd00::1'], ttlS: 20 },
    'silent.test': { a: 'silent', aaaa: 'silent' },
    'broken.test': { a: 'servfail', aaaa: 'servfail' },
    'empty.test': {},
  })
})

afterEach(async () => {
  for (const resolver of resolvers.splice(0)) resolver.stop()
  await server.stop()
})

function resolverWith(options: Partial<NameResolverOptions> = {}): NameResolver {
  const resolver = new NameResolver(
    {
      // Its own patience is out of the way: what ends a wait is the resolver's clock.
      servers: createNameServers({ servers: [server.address], timeoutMs: 60_000 }),
      rules: { domains: [], ndots: 1 },
      hosts: new Map(),
      timeoutMs: 2_000,
      ...options,
    },
    clock,
  )
  resolvers.push(resolver)
  return resolver
}

const addressesOf = (resolution: Resolution): readonly string[] =>
  resolution.kind === 'addresses' ? resolution.addresses.map(({ address }) => address) : [resolution.failure]

const asked = (count: number): Promise<void> =>
  until(() => server.queries.length >= count, `${count} questions`)

describe('a name', () => {
  it('has the addresses of both families, IPv4 first', async () => {
    expect(await resolverWith().resolve('hooks.test')).toMatchObject({
      addresses: [
        { address: '10.0.0.1', family: 4 },
        { address: '10.0.0.2', family: 4 },
        { address: 'fd00::1', family: 6 },
      ],
    })
    expect([...server.queries].sort()).toEqual(['A hooks.test', 'AAAA hooks.test'])
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['nowhere.test', 'no_such_name'],
    ['empty.test', 'no_data'],
    ['broken.test', 'server_failure'],
    [`${'a'.repeat(64)}.test`, 'no_such_name'],
    ['a'.repeat(300), 'no_such_name'],
  ])('%s has none: %s', async (name, failure) => {
    expect(await resolverWith().resolve(name)).toMatchObject({ kind: 'failed', failure })
  })

  it('that the system knows, a literal, and localhost are no question', async () => {
    const resolver = resolverWith({ hosts: readHostsTable('10.7.7.7 hooks.test') })
    expect(addressesOf(await resolver.resolve('HOOKS.test'))).toEqual(['10.7.7.7'])
    expect(addressesOf(await resolver.resolve('10.1.1.1'))).toEqual(['10.1.1.1'])
    expect(addressesOf(await resolver.resolve('api.localhost'))).toEqual(['127.0.0.1', '::1'])
    expect(server.queries).toEqual([])
  })
})

describe('what was found', () => {
  it('holds for as long as its record says', async () => {
    const resolver = resolverWith()
    await resolver.resolve('hooks.test')
    server.set('hooks.test', { a: ['10.0.0.9'] })
    clock.jump(19_999)
    expect(addressesOf(await resolver.resolve('Hooks.Test'))).toContain('10.0.0.1')
    expect(server.queries).toHaveLength(2)
    clock.jump(1)
    expect(addressesOf(await resolver.resolve('hooks.test'))).toEqual(['10.0.0.9'])
  })

  it.each([
    [0, 1_000],
    [86_400, 30_000],
  ])('holds, with a time of %d s, for %d ms', async (ttlS, holdMs) => {
    const resolver = resolverWith()
    server.set('hooks.test', { a: ['10.0.0.1'], ttlS })
    await resolver.resolve('hooks.test')
    clock.jump(holdMs - 1)
    await resolver.resolve('hooks.test')
    expect(server.queries).toHaveLength(2)
    clock.jump(1)
    await resolver.resolve('hooks.test')
    expect(server.queries).toHaveLength(4)
  })

  it.each(['nowhere.test', 'empty.test', 'broken.test'])(
    'holds for 5 s, also the failure of %s',
    async (name) => {
      const resolver = resolverWith()
      const { kind } = await resolver.resolve(name)
      expect(kind).toBe('failed')
      server.set(name, { a: ['10.0.0.8'] })
      clock.jump(4_999)
      expect((await resolver.resolve(name)).kind).toBe('failed')
      clock.jump(1)
      expect(addressesOf(await resolver.resolve(name))).toEqual(['10.0.0.8'])
    },
  )

  it('is forgotten for others, the one asked for least recently first', async () => {
    const resolver = resolverWith({ mostNames: 2 })
    for (const name of ['one.test', 'two.test', 'three.test']) {
      server.set(name, { a: ['10.0.0.1'] })
      await resolver.resolve(name)
    }
    const before = server.queries.length
    await resolver.resolve('three.test')
    await resolver.resolve('two.test')
    expect(server.queries).toHaveLength(before)
    await resolver.resolve('one.test')
    expect(server.queries).toHaveLength(before + 2)
  })
})

describe('a name that many ask for', () => {
  it('is one question', async () => {
    const resolver = resolverWith()
    const found = await Promise.all(Array.from({ length: 500 }, () => resolver.resolve('hooks.test')))
    expect(new Set(found).size).toBe(1)
    expect(server.queries).toHaveLength(2)
  })

  it('and that nobody answers for, fails for all of them at the deadline of the first', async () => {
    const resolver = resolverWith()
    const first = resolver.resolve('silent.test')
    await asked(2)
    await clock.advance(1_500)
    const second = resolver.resolve('silent.test')
    const over: string[] = []
    void second.then(({ kind }) => over.push(kind))
    await clock.advance(499)
    expect(over).toEqual([])
    await clock.advance(1)
    expect(over).toEqual(['failed'])
    expect(await first).toMatchObject({ kind: 'failed', failure: 'timeout' })
    expect(server.queries).toHaveLength(2)
    expect(clock.pending).toBe(0)
  })
})

describe('a name server that is silent about one name', () => {
  it('answers for others meanwhile', async () => {
    const resolver = resolverWith()
    const silent = Array.from({ length: 50 }, (_, index) => {
      server.set(`s${index}.test`, { a: 'silent', aaaa: 'silent' })
      return resolver.resolve(`s${index}.test`)
    })
    expect(addressesOf(await resolver.resolve('hooks.test'))).toHaveLength(3)
    await clock.advance(2_000)
    const failures = (await Promise.all(silent)).map(addressesOf).flat()
    expect(new Set(failures)).toEqual(new Set(['timeout']))
  })

  it('is not waited for again until 5 s have passed', async () => {
    const resolver = resolverWith()
    const first = resolver.resolve('silent.test')
    await clock.advance(2_000)
    expect(addressesOf(await first)).toEqual(['timeout'])
    await asked(2)
    server.set('silent.test', { a: ['10.0.0.6'] })
    clock.jump(4_999)
    expect(addressesOf(await resolver.resolve('silent.test'))).toEqual(['timeout'])
    expect(server.queries).toHaveLength(2)
    clock.jump(1)
    expect(addressesOf(await resolver.resolve('silent.test'))).toEqual(['10.0.0.6'])
  })

  it('keeps nobody who has IPv4 addresses waiting for the others', async () => {
    server.set('half.test', { a: ['10.0.0.1'], aaaa: 'silent', ttlS: 30 })
    const resolver = resolverWith()
    const found = resolver.resolve('half.test')
    await asked(2)
    await until(() => clock.pending === 2, 'the answer for IPv4')
    await clock.advance(50)
    expect(await found).toMatchObject({ kind: 'addresses', holdMs: 5_000 })
  })

  it('leaves the IPv6 addresses, at the end', async () => {
    server.set('half.test', { a: 'silent', aaaa: ['fd00::1'], ttlS: 30 })
    const resolver = resolverWith()
    const found = resolver.resolve('half.test')
    await resolver.resolve('hooks.test')
    await clock.advance(1_999)
    expect(clock.pending).toBe(1)
    await clock.advance(1)
    expect(await found).toMatchObject({ addresses: [{ address: 'fd00::1', family: 6 }], holdMs: 5_000 })
    expect(clock.pending).toBe(0)
  })
})

describe('a short name', () => {
  const rules = { domains: ['one.test', 'two.test'], ndots: 2 }

  it('is completed in the order of the list', async () => {
    server.set('hooks.two.test', { a: ['10.0.0.2'] })
    server.set('hooks', { a: ['10.0.0.3'] })
    expect(addressesOf(await resolverWith({ rules }).resolve('hooks'))).toEqual(['10.0.0.2'])
    expect(server.queries.filter((query) => query.startsWith('A '))).toEqual([
      'A hooks.one.test',
      'A hooks.two.test',
    ])
  })

  it('stands for itself at the end', async () => {
    server.set('api.hooks', { a: ['10.0.0.3'] })
    expect(addressesOf(await resolverWith({ rules }).resolve('api.hooks'))).toEqual(['10.0.0.3'])
    expect(server.queries).toHaveLength(6)
  })

  it('with dots enough stands for itself first', async () => {
    server.set('a.b.hooks', { a: ['10.0.0.3'] })
    server.set('a.b.hooks.one.test', { a: ['10.0.0.4'] })
    expect(addressesOf(await resolverWith({ rules }).resolve('a.b.hooks'))).toEqual(['10.0.0.3'])
    expect(server.queries).toHaveLength(2)
  })

  it('that ends in a dot is not completed', async () => {
    server.set('hooks.one.test', { a: ['10.0.0.4'] })
    expect(addressesOf(await resolverWith({ rules }).resolve('hooks.'))).toEqual(['no_such_name'])
    expect(server.queries.filter((query) => query.startsWith('A '))).toEqual(['A hooks'])
  })

  it('is not taken for another one where the first is not answered for', async () => {
    server.set('hooks.one.test', { a: 'silent', aaaa: 'silent' })
    server.set('hooks.two.test', { a: ['10.0.0.2'] })
    const found = resolverWith({ rules }).resolve('hooks')
    await asked(2)
    await clock.advance(2_000)
    expect(addressesOf(await found)).toEqual(['timeout'])
    expect(server.queries).toHaveLength(2)
  })

  it('is not taken for another one where the servers themselves give up', async () => {
    const asked: string[] = []
    const silent = {
      ask: (name: string) => (asked.push(name), Promise.resolve(noAnswer)),
      stop: () => {},
    }
    expect(addressesOf(await resolverWith({ rules, servers: silent }).resolve('hooks'))).toEqual(['timeout'])
    expect(new Set(asked)).toEqual(new Set(['hooks.one.test']))
  })

  it('has one deadline over all that it may stand for', async () => {
    const servers = {
      async ask(name: string): Promise<FamilyAnswer> {
        const answered = Promise.withResolvers<void>()
        clock.after(name === 'hooks.one.test' ? 1_500 : 60_000, answered.resolve)
        await answered.promise
        return { kind: 'failed', failure: 'no_such_name', code: 'ENOTFOUND' }
      },
      stop: () => {},
    }
    const found = resolverWith({ rules, servers }).resolve('hooks')
    let over = false
    void found.then(() => (over = true))
    await clock.advance(1_999)
    expect(over).toBe(false)
    await clock.advance(1)
    expect(over).toBe(true)
    expect(addressesOf(await found)).toEqual(['timeout'])
  })

  it('is completed further where the first has no record, or its server fails', async () => {
    server.set('hooks.one.test', { a: 'servfail' })
    server.set('hooks.two.test', {})
    server.set('hooks', { a: ['10.0.0.3'] })
    expect(addressesOf(await resolverWith({ rules }).resolve('hooks'))).toEqual(['10.0.0.3'])
  })

  it('that nobody knows is told by the answer that leaves most open', async () => {
    server.set('hooks.two.test', {})
    expect(addressesOf(await resolverWith({ rules }).resolve('hooks'))).toEqual(['no_data'])
  })
})
