// Who is believed to ask, and what a console refuses to start with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createAuthentication } from '../../../src/console/authentication.ts'
import type { Asking } from '../../../src/console/authentication.ts'

const settings = {
  host: '127.0.0.1',
  authentication: 'none' as const,
  account: 'demo',
  accountHeader: 'x-account-id',
  trustedProxies: ['127.0.0.1/32', '::1/128', '10.1.0.0/16'],
  tokensFile: '',
}

function asking(headers: readonly (readonly [string, string])[], remoteAddress: string | undefined): Asking {
  return {
    socket: { remoteAddress },
    rawHeaders: headers.flat(),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  }
}

describe('without an authentication', () => {
  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]'])('serves this machine: %s', (host) => {
    const authentication = createAuthentication({ ...settings, host })
    expect(authentication.accountOf(asking([], '127.0.0.1'))).toBe('demo')
  })

  it.each(['0.0.0.0', '::', '10.0.0.1', 'console.example.com', '127.0.0.1.nip.io', '128.0.0.1'])(
    'refuses to start on %s',
    (host) => {
      const start = () => createAuthentication({ ...settings, host })
      expect(start).toThrow(/^console\.host \(CONSOLE_HOST\) is .*console\.authentication/)
    },
  )
})

describe('with a proxy', () => {
  const { accountOf } = createAuthentication({ ...settings, host: '0.0.0.0', authentication: 'proxy' })

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.200.3', '::ffff:10.1.0.9'])(
    'believes its header, from %s',
    (peer) => {
      expect(accountOf(asking([['X-Account-Id', 'acme']], peer))).toBe('acme')
    },
  )

  it.each(['10.2.0.1', '192.0.2.1', '::ffff:10.2.0.1', '2001:db8::1', undefined])(
    'does not believe the header from %s',
    (peer) => {
      expect(accountOf(asking([['x-account-id', 'acme']], peer))).toBeNull()
    },
  )

  it.each([
    ['none', []],
    ['an empty one', [['x-account-id', '']]],
    [
      'two, of which a client sent one',
      [
        ['x-account-id', 'acme'],
        ['X-Account-ID', 'other'],
      ],
    ],
    ['one with other bytes than visible ASCII', [['x-account-id', 'ac\u00e9']]],
    ['one with a blank', [['x-account-id', 'a b']]],
    ['a long one', [['x-account-id', 'a'.repeat(201)]]],
    ['another header', [['x-account', 'acme']]],
  ] as const)('knows nobody by %s', (_, headers) => {
    expect(accountOf(asking(headers, '127.0.0.1'))).toBeNull()
  })
})

describe('with tokens', () => {
  const token = 'correct-horse-battery-staple'
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function withFile(text: string) {
    const tokensFile = join(folder, 'tokens.json')
    await writeFile(tokensFile, text)
    return () => createAuthentication({ ...settings, host: '0.0.0.0', authentication: 'token', tokensFile })
  }

  it('knows each account by its token, and nobody by anything else', async () => {
    const start = await withFile(JSON.stringify({ [token]: 'acme', 'another-long-token-1': 'other' }))
    const { accountOf } = start()
    const by = (authorization: string) => accountOf(asking([['authorization', authorization]], '192.0.2.1'))
    expect(by(`Bearer ${token}`)).toBe('acme')
    expect(by('bearer another-long-token-1')).toBe('other')
    for (const wrong of [
      '',
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      `Basic ${token}`,
      token,
      'Bearer constructor',
    ]) {
      expect(by(wrong)).toBeNull()
    }
    expect(accountOf(asking([['x-account-id', 'acme']], '127.0.0.1'))).toBeNull()
  })

  it.each([
    ['no JSON', `{"${token}": `, 'is not JSON'],
    ['a list', '[]', 'holds no object'],
    ['nothing', '{}', 'holds no token'],
    ['a short token', '{"short": "acme"}', 'token 1 of the file'],
    ['a token with a blank', `{"${token} x": "acme"}`, 'token 1 of the file'],
    ['no account', `{"${token}": ""}`, 'the account of token 1'],
    ['a number as an account', `{"${token}": 7}`, 'the account of token 1'],
  ])(
    'refuses to start with a file that holds %s, in one line and without the token',
    async (_, text, fault) => {
      const start = await withFile(text)
      expect(start).toThrow(fault)
      expect(start).toThrow(/^console\.tokensFile \(CONSOLE_TOKENS_FILE\): [^\n]*$/)
      try {
        start()
      } catch (error) {
        expect(String(error)).not.toContain(token)
      }
    },
  )

  it('refuses to start without a file', () => {
    const tokens = { ...settings, authentication: 'token' as const }
    expect(() => createAuthentication(tokens)).toThrow('missing')
    expect(() => createAuthentication({ ...tokens, tokensFile: '/nowhere/tokens.json' })).toThrow('ENOENT')
  })
})
