import { describe, expect, it } from '@jest/globals'
import {
  originOf,
  plainOrigin,
  readOriginScope,
  readScopeKey,
  scopeKeyOf,
} from '../../../src/domain/pause-scope.ts'

const keyOf = (address: string): string => {
  const reading = readOriginScope(address)
  return reading.kind === 'scope' ? scopeKeyOf(reading.scope) : reading.fault.rule
}

describe('an origin, as people write an address,', () => {
  it.each([
    ['mysite.ru', 'origin:http://mysite.ru:80'],
    ['https://mysite.ru', 'origin:https://mysite.ru:443'],
    ['https://mysite.ru/', 'origin:https://mysite.ru:443'],
    ['HTTPS://MySite.ru:443', 'origin:https://mysite.ru:443'],
    ['mysite.ru.:8080', 'origin:http://mysite.ru:8080'],
    ['1.2.3.4', 'origin:http://1.2.3.4:80'],
    ['0x01020304', 'origin:http://1.2.3.4:80'],
    ['[::1]:81', 'origin:http://[::1]:81'],
    ['https://сайт.рф', 'origin:https://xn--80aswg.xn--p1ai:443'],
    // No webhook may lead there, and one that somehow does can be stopped.
    ['mysite.ru:25', 'origin:http://mysite.ru:25'],
  ])('%s has the key %s', (address, key) => {
    expect(keyOf(address)).toBe(key)
    const scope = readScopeKey(key)
    expect(scope === null ? null : scopeKeyOf(scope)).toBe(key)
  })

  it.each(['', 'mysite.ru/hook', 'ftp://mysite.ru', 'user@mysite.ru', 'mysite.ru:0', 'a b'])(
    '%j is refused',
    (address) => expect(readOriginScope(address).kind).toBe('fault'),
  )
})

describe('a key', () => {
  it.each([
    ['all', { kind: 'all' }],
    ['account:acme', { kind: 'account', id: 'acme' }],
    ['webhook:a:b', { kind: 'webhook', id: 'a:b' }],
    ['account: ', { kind: 'account', id: ' ' }],
  ])('%s names %j', (key, scope) => {
    expect(readScopeKey(key)).toEqual(scope)
  })

  it.each([
    '',
    'All',
    'all:',
    'account',
    'account:',
    'orgin:http://a.ru:80',
    'origin:',
    'origin:/',
    `account:${'x'.repeat(2_000)}`,
  ])('%j names nothing', (key) => expect(readScopeKey(key)).toBeNull())
})

it('an origin is compared as webhooks have it, with or without the dot of the root', () => {
  expect(originOf({ protocol: 'https', host: 'a.ru', port: 443 })).toBe('https://a.ru')
  expect(originOf({ protocol: 'http', host: '[::1]', port: 81 })).toBe('http://[::1]:81')
  expect(plainOrigin('https://a.ru.')).toBe('https://a.ru')
  expect(plainOrigin('http://a.ru.:8080')).toBe('http://a.ru:8080')
  expect(plainOrigin('http://1.2.3.4')).toBe('http://1.2.3.4')
})
