// The hosts file and loopback, as tables; what cannot be read says nothing and breaks nothing.
import { describe, expect, it } from '@jest/globals'
import { certainAddresses, readHostsTable } from '../../../src/http/certain-names.ts'

describe('a hosts file', () => {
  it.each<[string, string, Readonly<Record<string, readonly string[]>>]>([
    ['nothing', '', {}],
    ['an address without names', '10.0.0.1\n10.0.0.2   ', {}],
    ['a name', '10.0.0.1 one', { one: ['10.0.0.1'] }],
    [
      'several names',
      '10.0.0.1\tone  two.test three',
      { one: ['10.0.0.1'], 'two.test': ['10.0.0.1'], three: ['10.0.0.1'] },
    ],
    ['several addresses of one name', '10.0.0.1 one\n10.0.0.2 one', { one: ['10.0.0.1', '10.0.0.2'] }],
    [
      'both families, IPv4 first',
      'fd00::1 one\n10.0.0.1 one\nfd00::2 one',
      { one: ['10.0.0.1', 'fd00::1', 'fd00::2'] },
    ],
    ['the same line twice', '10.0.0.1 one\n10.0.0.1 one', { one: ['10.0.0.1'] }],
    ['names in capitals, names with a dot', '10.0.0.1 ONE.Test.', { 'one.test': ['10.0.0.1'] }],
    [
      'comments',
      '# 10.0.0.1 one\n10.0.0.2 two # three\n10.0.0.3 four#five',
      { two: ['10.0.0.2'], four: ['10.0.0.3'] },
    ],
    ['lines that say nothing', 'one 10.0.0.1\n10.0.0 two\n10.0.0.256 three\n\n', {}],
    [
      'line ends of another system',
      '10.0.0.1 one\r\n10.0.0.2 two\r\n',
      { one: ['10.0.0.1'], two: ['10.0.0.2'] },
    ],
    [
      'names of an object’s own',
      '10.0.0.1 __proto__ constructor',
      { ['__proto__']: ['10.0.0.1'], constructor: ['10.0.0.1'] },
    ],
  ])('%s', (_what, text, table) => {
    const read = [...readHostsTable(text)].map(([name, list]) => [name, list.map(({ address }) => address)])
    expect(read).toEqual(Object.entries(table))
  })
})

describe('addresses without a question', () => {
  const hosts = readHostsTable('10.0.0.1 hooks.test\nfd00::1 hooks.test\n10.9.9.9 localhost evil.localhost')
  const [loopback4, loopback6] = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]

  it.each([
    ['10.1.2.3', [{ address: '10.1.2.3', family: 4 }]],
    ['fd00::2', [{ address: 'fd00::2', family: 6 }]],
    ['localhost', [loopback4, loopback6]],
    ['LOCALHOST.', [loopback4, loopback6]],
    ['one.localhost', [loopback4, loopback6]],
    ['evil.localhost', [loopback4, loopback6]],
    [
      'Hooks.Test',
      [
        { address: '10.0.0.1', family: 4 },
        { address: 'fd00::1', family: 6 },
      ],
    ],
  ])('%s', (name, addresses) => {
    expect(certainAddresses(name, hosts)).toMatchObject({ kind: 'addresses', addresses })
  })

  it.each([
    'example.com',
    'notlocalhost',
    'localhost.example.com',
    'sub.hooks.test',
    '',
    '.',
    '10.0.0',
    '[::1]',
  ])('none for %p', (name) => {
    expect(certainAddresses(name, hosts)).toBeUndefined()
  })
})
