import { describe, expect, it } from '@jest/globals'
import { readDirectPlaces } from '../../../src/guard/direct-places.ts'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import type { Place } from '../../../src/guard/place.ts'
import { isAt, isExact, readPlace } from '../../../src/guard/place.ts'

/** `host:port`, the host a name, or an address in brackets. */
function isCovered(places: readonly Place[] | null, spot: string): boolean {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(spot) ?? []
  const address = host.startsWith('[') ? readIpAddress(host.slice(1, -1)) : null
  return places!.some((place) =>
    isAt(place, { host: address === null ? host : null, address, port: Number(port) }),
  )
}

describe('a place', () => {
  it.each([
    ['10.0.0.5', ['[10.0.0.5]:1', '[10.0.0.5]:65535'], ['[10.0.0.6]:1', 'x.test:1']],
    ['10.0.0.5:80', ['[10.0.0.5]:80'], ['[10.0.0.5]:81', '[10.0.0.6]:80']],
    ['10.0.0.0/8', ['[10.1.2.3]:1'], ['[11.0.0.0]:1']],
    ['fd00::5', ['[fd00::5]:1'], ['[fd00::6]:1']],
    ['[fd00::5]', ['[fd00::5]:1'], ['[fd00::6]:1']],
    ['[fd00::5]:80', ['[fd00::5]:80'], ['[fd00::5]:81']],
    ['fd00::/8', ['[fdff::1]:1'], ['[fe80::1]:1']],
    ['crm.internal', ['crm.internal:1'], ['a.crm.internal:1', 'xcrm.internal:1', 'internal:1']],
    ['CRM.Internal.', ['crm.internal:1'], []],
    ['crm.internal:80', ['crm.internal:80'], ['crm.internal:81']],
    ['*.internal', ['crm.internal:1', 'a.b.internal:1'], ['internal:1', 'xinternal:1']],
    ['*.internal:80', ['crm.internal:80'], ['crm.internal:81']],
    ['пример.рф', ['xn--e1afmkfd.xn--p1ai:1'], []],
    ['my_host', ['my_host:1'], []],
  ])('%s covers what it names and nothing else', (text, covered, others) => {
    const place = readPlace(text)
    expect(covered.filter((spot) => !isCovered([place!], spot))).toEqual([])
    expect(others.filter((spot) => isCovered([place!], spot))).toEqual([])
  })

  it.each([
    '',
    '*',
    '*.',
    '.',
    'a..b',
    '-/8',
    '10.0.0',
    '10.0.0.256',
    '127.1',
    '0x7f.1',
    '10.0.0.0/33',
    '10.0.0.1/8',
    '10.0.0.0/8:80',
    '10.0.0.5:0',
    '10.0.0.5:65536',
    '10.0.0.5:',
    'a:b',
    '[10.0.0.5]',
    '[fd00::5',
    'fd00::5]:80',
    'http://a.test',
    'a.test/path',
    'a@b.test',
    'a b',
    'a.*.test',
    '*a.test',
    '[a.test]',
    '::1%lo',
    'a.test:80:80',
  ])('%j is none', (text) => {
    expect(readPlace(text)).toBeNull()
  })

  it.each([
    ['10.0.0.5', true],
    ['10.0.0.5:80', true],
    ['crm.internal', true],
    ['10.0.0.4/31', false],
    ['*.internal', false],
  ])('%s names one address or host: %s', (text, exact) => {
    expect(isExact(readPlace(text)!)).toBe(exact)
  })
})

describe('a place that is reached without the proxy', () => {
  it.each([
    [
      'example.com',
      ['example.com:1', 'a.example.com:1', 'a.b.example.com:443'],
      ['badexample.com:1', 'com:1'],
    ],
    ['example.com:8080', ['example.com:8080', 'a.example.com:8080'], ['example.com:80']],
    ['.example.com', ['a.example.com:1'], ['example.com:1', 'badexample.com:1']],
    ['*.example.com', ['a.example.com:1'], ['example.com:1']],
    ['10.0.0.0/8', ['[10.1.2.3]:80'], ['[11.0.0.1]:80']],
    ['10.0.0.5:80', ['[10.0.0.5]:80'], ['[10.0.0.5]:81']],
    ['[::1]:80', ['[::1]:80'], ['[::1]:81']],
  ])('%s covers what NO_PROXY does', (text, covered, others) => {
    const places = readDirectPlaces(text)
    expect(covered.filter((spot) => !isCovered(places, spot))).toEqual([])
    expect(others.filter((spot) => isCovered(places, spot))).toEqual([])
  })

  it.each(['', '*', '..example.com', '10.0.0.0/40'])('%j is none', (text) => {
    expect(readDirectPlaces(text)).toBeNull()
  })
})
