// Questions to real name servers on loopback: what their answers, their failures and their silence become.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createNameServers } from '../../../src/http/name-servers.ts'
import type { NameServers } from '../../../src/http/name-servers.ts'
import { startDnsServer } from '../../harness/dns-server.ts'
import type { DnsServer } from '../../harness/dns-server.ts'

let first: DnsServer
let second: DnsServer
let servers: NameServers | undefined

beforeEach(async () => {
  first = await startDnsServer({
    'both.test': { a: ['10.0.0.1', '10.0.0.2'], aaaa: ['2001:db8::1'], ttlS: 7 },
    'four.test': { a: ['10.0.0.3'] },
    'broken.test': { a: 'servfail', aaaa: 'refused' },
    'silent.test': { a: 'silent' },
  })
  second = await startDnsServer({ 'broken.test': { a: ['10.0.0.4'], aaaa: 'servfail' } })
})

afterEach(async () => {
  servers?.stop()
  await first.stop()
  await second.stop()
})

describe('one name server', () => {
  it.each([
    ['both.test', 4, { kind: 'addresses', addresses: ['10.0.0.1', '10.0.0.2'], ttlS: 7 }],
    ['both.test', 6, { kind: 'addresses', addresses: ['2001:db8::1'], ttlS: 7 }],
    ['four.test', 6, { kind: 'failed', failure: 'no_data', code: 'ENODATA' }],
    ['none.test', 4, { kind: 'failed', failure: 'no_such_name', code: 'ENOTFOUND' }],
    ['broken.test', 4, { kind: 'failed', failure: 'server_failure', code: 'ESERVFAIL' }],
    ['broken.test', 6, { kind: 'failed', failure: 'server_failure', code: 'EREFUSED' }],
    [`${'a'.repeat(64)}.test`, 4, { kind: 'failed', failure: 'no_such_name', code: 'EBADNAME' }],
    ['a..test', 4, { kind: 'failed', failure: 'no_such_name', code: 'EBADNAME' }],
  ] as const)('says of %s, IPv%d: %p', async (name, family, answer) => {
    servers = createNameServers({ servers: [first.address], timeoutMs: 2_000 })
    expect(await servers.ask(name, family)).toEqual(answer)
  })

  it('is asked again where nothing comes back', async () => {
    servers = createNameServers({ servers: [first.address], timeoutMs: 400 })
    expect(await servers.ask('silent.test', 4)).toEqual({
      kind: 'failed',
      failure: 'timeout',
      code: 'ETIMEOUT',
    })
    expect(first.queries).toEqual(['A silent.test', 'A silent.test'])
  })

  it('that nobody runs is a server that failed, whatever code the system has for it', async () => {
    await second.stop()
    servers = createNameServers({ servers: [second.address], timeoutMs: 400 })
    const answer = await servers.ask('both.test', 4)
    second = await startDnsServer()
    expect(answer).toMatchObject({
      kind: 'failed',
      failure: expect.stringMatching(/^(server_failure|timeout)$/),
    })
  })
})

describe('several name servers', () => {
  it('are asked in turn when one fails', async () => {
    servers = createNameServers({ servers: [first.address, second.address], timeoutMs: 2_000 })
    expect(await servers.ask('broken.test', 4)).toMatchObject({ addresses: ['10.0.0.4'] })
    expect(await servers.ask('broken.test', 6)).toMatchObject({ failure: 'server_failure' })
  })

  it('are asked in turn when one is silent', async () => {
    second.set('silent.test', { a: ['10.0.0.5'] })
    servers = createNameServers({ servers: [first.address, second.address], timeoutMs: 400 })
    expect(await servers.ask('silent.test', 4)).toMatchObject({ addresses: ['10.0.0.5'] })
  })

  it('are not asked in turn when one knows that there is no such name', async () => {
    servers = createNameServers({ servers: [first.address, second.address], timeoutMs: 2_000 })
    expect(await servers.ask('none.test', 4)).toMatchObject({ failure: 'no_such_name' })
    expect(second.queries).toEqual([])
  })
})

it('ends what is under way when it is stopped, and asks nobody after', async () => {
  servers = createNameServers({ servers: [first.address, second.address], timeoutMs: 20_000 })
  const answer = servers.ask('silent.test', 4)
  servers.stop()
  expect(await answer).toMatchObject({ kind: 'failed', code: 'ECANCELLED' })
  expect(await servers.ask('both.test', 4)).toMatchObject({ kind: 'failed', code: 'ECANCELLED' })
  expect([...first.queries, ...second.queries].filter((query) => query !== 'A silent.test')).toEqual([])
  expect(second.queries).toEqual([])
})
