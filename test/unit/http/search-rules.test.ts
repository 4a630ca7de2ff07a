// How resolv.conf is read and names are completed, as tables: what the C library does with the same lines.
import { describe, expect, it } from '@jest/globals'
import { readSearchRules, searchOrder } from '../../../src/http/search-rules.ts'

describe('resolv.conf', () => {
  it.each([
    ['nothing', '', [], 1],
    ['servers alone', 'nameserver 10.0.0.2\n', [], 1],
    ['a domain', 'domain Example.COM.\n', ['example.com'], 1],
    ['a list, over spaces and tabs', 'search\ta.test  b.test \t c.test\n', ['a.test', 'b.test', 'c.test'], 1],
    ['a list after a domain', 'domain a.test\nsearch b.test c.test', ['b.test', 'c.test'], 1],
    ['a domain after a list', 'search b.test c.test\ndomain a.test', ['a.test'], 1],
    ['two lists', 'search a.test\nsearch b.test', ['b.test'], 1],
    ['a list that is emptied again', 'search a.test\nsearch', [], 1],
    ['the root in a list', 'search . a.test', ['', 'a.test'], 1],
    ['dots', 'options ndots:5', [], 5],
    ['dots among other options', 'options timeout:1 ndots:3 rotate', [], 3],
    ['dots twice', 'options ndots:3\noptions ndots:2', [], 2],
    ['options without dots after some with', 'options ndots:3\noptions rotate', [], 3],
    ['no dots', 'options ndots:0', [], 0],
    ['more dots than the C library counts', 'options ndots:99', [], 15],
    ['dots that are no number', 'options ndots:x ndots:-1 ndots:', [], 1],
    ['comments', '# search a.test\n; search b.test\n#options ndots:4', [], 1],
    ['line ends of another system', 'search a.test\r\noptions ndots:2\r\n', ['a.test'], 2],
    [
      'a pod’s',
      'nameserver 10.96.0.10\nsearch ns.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
      ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      5,
    ],
  ])('%s', (_what, text, domains, ndots) => {
    expect(readSearchRules(text)).toEqual({ domains, ndots })
  })
})

describe('the order of names', () => {
  const [one, two] = ['one.test', 'two.test']
  it.each([
    ['without rules', 'hooks.example', [], 1, ['hooks.example']],
    ['a single label without rules', 'hooks', [], 1, ['hooks']],
    ['a single label', 'hooks', [one, two], 1, ['hooks.one.test', 'hooks.two.test', 'hooks']],
    [
      'dots enough',
      'hooks.example',
      [one, two],
      1,
      ['hooks.example', 'hooks.example.one.test', 'hooks.example.two.test'],
    ],
    ['too few dots', 'hooks.example', [one], 2, ['hooks.example.one.test', 'hooks.example']],
    ['exactly so many dots', 'a.b.c', [one], 2, ['a.b.c', 'a.b.c.one.test']],
    ['no dots needed', 'hooks', [one], 0, ['hooks', 'hooks.one.test']],
    ['a full name', 'hooks.example.', [one, two], 5, ['hooks.example']],
    ['a full single label', 'hooks.', [one], 1, ['hooks']],
    ['capitals', 'Hooks.EXAMPLE', [one], 2, ['hooks.example.one.test', 'hooks.example']],
    ['the root in the list', 'hooks', ['', one], 1, ['hooks', 'hooks.one.test']],
    ['the same domain twice', 'hooks', [one, one], 1, ['hooks.one.test', 'hooks']],
    ['a name that is too long when completed', 'a'.repeat(250), [one], 1, ['a'.repeat(250)]],
    ['a name that is too long', 'a'.repeat(254), [one], 1, []],
    ['the root', '.', [one], 1, []],
    ['no name', '', [], 1, []],
  ])('%s', (_what, name, domains, ndots, names) => {
    expect(searchOrder(name, { domains, ndots })).toEqual(names)
  })
})
