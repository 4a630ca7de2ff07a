import { expect, it } from '@jest/globals'
import { queryEncoder } from '../../../src/render/query-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes pairs in order, percent-encoded, a space as %20 and a plus as %2B', () => {
  const { text } = writtenBy(queryEncoder, [
    ['a b', 'c+d e'],
    ['a b', null],
    ['', true],
    ['x&y=z', ['1&2', '#']],
  ])
  expect(text).toBe('a%20b=c%2Bd%20e&a%20b=&=1&x%26y%3Dz=1%262%2C%23')
})

it('is empty for no pairs', () => {
  expect(writtenBy(queryEncoder, []).text).toBe('')
})
