import { expect, it } from '@jest/globals'
import { textEncoder } from '../../../src/render/text-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes a line for each pair', () => {
  const written = writtenBy(textEncoder, [
    ['a b', 'c=d & "e" %'],
    ['a b', null],
    ['tags', ['1', '2']],
  ])
  expect(written).toEqual({
    text: 'a b=c=d & "e" %\na b=\ntags=1,2\n',
    typeParameters: '; charset=utf-8',
  })
})

it('is empty for no pairs', () => {
  expect(writtenBy(textEncoder, []).text).toBe('')
})

it.each([
  ['a\r\nb\rc\nd\te', 'a b c d e'],
  ['\n\r\r\n\n\n', '     '],
  ['\v\f\u0085\u2028\u2029', '     '],
  ['\u0000\b\u000e\u007f\u0084\u0086', '\ufffd'.repeat(6)],
  ['\ud83d 😀\u00a0', '\ufffd 😀\u00a0'],
])('takes what breaks a line for a space: %j is %j', (text, clean) => {
  expect(textEncoder.clean(text)).toBe(clean)
})
