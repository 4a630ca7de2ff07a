import { expect, it } from '@jest/globals'
import { queryString } from '../../../src/render/query-string.ts'

it('writes pairs in order, percent-encoded, a space as %20 and a plus as %2B', () => {
  const pairs = [
    { name: 'a b', value: 'c+d e' },
    { name: 'a b', value: null },
    { name: '', value: true },
    { name: 'x&y=z', value: ['1&2', '#'] },
  ]
  expect(queryString(pairs)).toBe('a%20b=c%2Bd%20e&a%20b=&=1&x%26y%3Dz=1%262%2C%23')
})

it('is empty for no pairs', () => {
  expect(queryString([])).toBe('')
})
