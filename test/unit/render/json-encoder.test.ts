import { expect, it } from '@jest/globals'
import type { CleanValue } from '../../../src/render/encoder.ts'
import { jsonEncoder } from '../../../src/render/json-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes one flat object, member by member, in the order given', () => {
  const pairs: readonly (readonly [string, CleanValue])[] = [
    ['text', 'a"\\\u2028'],
    ['0', 12],
    ['__proto__', false],
    ['list', ['a', '"']],
    ['none', null],
    ['empty', []],
    ['имя "a"\\', ''],
  ]
  expect(writtenBy(jsonEncoder, pairs)).toEqual({
    text:
      '{"text":"a\\"\\\\\u2028","0":12,"__proto__":false,"list":["a","\\""],"none":null,"empty":[],' +
      '"имя \\"a\\"\\\\":""}',
    typeParameters: '',
  })
})

it('is an empty object for no pairs', () => {
  expect(writtenBy(jsonEncoder, []).text).toBe('{}')
})

it.each([0, -1.5, 1e21, Number.MAX_SAFE_INTEGER])('writes %d as a number', (number) => {
  expect(JSON.parse(writtenBy(jsonEncoder, [['n', number]]).text)).toEqual({ n: number })
})
