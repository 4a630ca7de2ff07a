import { expect, it } from '@jest/globals'
import { multipartEncoder } from '../../../src/render/multipart-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes a part for each pair, names in quotes with backslashes', () => {
  const written = writtenBy(multipartEncoder, [
    ['a', 'b & "c" \\ é'],
    ['a', null],
    ['say "hi" \\ имя', ['1', '2']],
  ])
  expect(written.typeParameters).toBe('; boundary=webhook-d-1')
  expect(written.text.split('\r\n')).toEqual([
    '--webhook-d-1',
    'Content-Disposition: form-data; name="a"',
    '',
    'b & "c" \\ é',
    '--webhook-d-1',
    'Content-Disposition: form-data; name="a"',
    '',
    '',
    '--webhook-d-1',
    'Content-Disposition: form-data; name="say \\"hi\\" \\\\ имя"',
    '',
    '1,2',
    '--webhook-d-1--',
    '',
  ])
})

it('is only the end for no pairs', () => {
  expect(writtenBy(multipartEncoder, []).text).toBe('--webhook-d-1--\r\n')
})

it('takes another boundary where a value begins like one', () => {
  const pairs = [
    ['a', '--webhook-d-1'],
    ['b', 'x--webhook-d-1'],
    ['c', ['--webhook-d-1--']],
  ] as const
  const { text, typeParameters } = writtenBy(multipartEncoder, pairs)
  expect(typeParameters).toBe('; boundary=webhook-d-1---')
  expect(text.split('--webhook-d-1---\r\n')).toHaveLength(4)
  expect(text.endsWith('\r\n--webhook-d-1-----\r\n')).toBe(true)
})

it('keeps the boundary within the 70 characters that are allowed, also for a test', () => {
  const id = 'test-d912750c-59bc-57b7-aed1-bedd2e382e18'
  const boundary = writtenBy(multipartEncoder, [], id).typeParameters.slice('; boundary='.length)
  expect(boundary).toMatch(/^[\w-]{1,70}$/)
})
