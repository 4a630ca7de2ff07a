import { expect, it } from '@jest/globals'
import { plainText } from '../../../src/render/encoder.ts'

it.each([
  [null, ''],
  ['', ''],
  ['a', 'a'],
  [0, '0'],
  [-1.5, '-1.5'],
  [true, '1'],
  [false, '0'],
  [[], ''],
  [['a'], 'a'],
  [['a', '', 'b'], 'a,,b'],
])('%j is %j where there are only texts', (value, text) => {
  expect(plainText(value)).toBe(text)
})
