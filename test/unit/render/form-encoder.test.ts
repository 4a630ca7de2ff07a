import { expect, it } from '@jest/globals'
import { formEncoder } from '../../../src/render/form-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes pairs in order as a browser does, a space as a plus and a plus as %2B', () => {
  const written = writtenBy(formEncoder, [
    ['a b', 'c+d e'],
    ['a b', null],
    ['', true],
    ['x&y=z', ['1&2', '~*']],
    ['имя', '😀'],
  ])
  expect(written).toEqual({
    text: 'a+b=c%2Bd+e&a+b=&=1&x%26y%3Dz=1%262%2C%7E*&%D0%B8%D0%BC%D1%8F=%F0%9F%98%80',
    typeParameters: '',
  })
})

it('is empty for no pairs', () => {
  expect(writtenBy(formEncoder, []).text).toBe('')
})
