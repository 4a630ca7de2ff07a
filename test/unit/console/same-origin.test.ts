// Which requests a visitor's browser may have been made to send by somebody else.
import { describe, expect, it } from '@jest/globals'
import { originRefusal } from '../../../src/console/same-origin.ts'

type Case = readonly [
  string,
  Record<string, string>,
  'none' | 'proxy' | 'token',
  ReturnType<typeof originRefusal>,
]
const local = 'localhost:8070'
const post: readonly Case[] = [
  ['a program', { host: local }, 'none', null],
  [
    'our page',
    { host: local, origin: 'http://localhost:8070', 'sec-fetch-site': 'same-origin' },
    'none',
    null,
  ],
  ['typed by the visitor', { host: local, 'sec-fetch-site': 'none' }, 'none', null],
  [
    'another site',
    { host: local, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    'none',
    'cross_site',
  ],
  ['a neighbouring site', { host: 'a.example.com', 'sec-fetch-site': 'same-site' }, 'token', 'cross_site'],
  ['an old browser on another site', { host: local, origin: 'https://evil.example' }, 'none', 'cross_site'],
  ['another port', { host: local, origin: 'http://localhost:9999' }, 'none', 'cross_site'],
  ['an opaque origin', { host: local, origin: 'null' }, 'none', 'cross_site'],
  [
    'behind a proxy that keeps the name',
    { host: 'c.example.com', origin: 'https://c.example.com' },
    'proxy',
    null,
  ],
  [
    'behind a proxy that tells the name',
    { host: '10.0.0.7:8070', 'x-forwarded-host': 'c.example.com', origin: 'https://c.example.com' },
    'proxy',
    null,
  ],
  [
    'a name that only a client tells',
    { host: local, 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' },
    'token',
    'cross_site',
  ],
  ['a rebound name', { host: 'evil.example' }, 'none', 'foreign_host'],
  [
    'a rebound name of the page itself',
    { host: 'evil.example', origin: 'http://evil.example' },
    'none',
    'foreign_host',
  ],
  ['no name', {}, 'none', 'foreign_host'],
]

describe('a request that changes something', () => {
  it.each(post)('from %s', (_, headers, authentication, expected) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(originRefusal({ method, headers }, authentication)).toBe(expected)
    }
  })
})

describe('a request that only reads', () => {
  it.each(['localhost', 'localhost:1', '127.0.0.1:8070', '[::1]:8070', '[::1]', 'LOCALHOST:80'])(
    'is served on this machine under %s',
    (host) => {
      const headers = { host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      expect(originRefusal({ method: 'GET', headers }, 'none')).toBeNull()
    },
  )

  it.each(['evil.example', 'localhost.evil.example:8070', '192.0.2.1', '[::2]', ''])(
    'is not served without an authentication under %s',
    (host) => {
      expect(originRefusal({ method: 'GET', headers: { host } }, 'none')).toBe('foreign_host')
      expect(originRefusal({ method: 'GET', headers: { host } }, 'token')).toBeNull()
    },
  )
})
