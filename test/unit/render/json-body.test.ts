import { expect, it } from '@jest/globals'
import { jsonBody } from '../../../src/render/json-body.ts'

it('writes one flat object, member by member, in the order given', () => {
  const body = jsonBody([
    { name: 'text', value: 'a"\\\u2028' },
    { name: '0', value: 12 },
    { name: '__proto__', value: false },
    { name: 'list', value: ['a', '\ud800'] },
    { name: 'none', value: null },
    { name: 'empty', value: [] },
    { name: 'time', value: { kind: 'time', ms: 0 } },
    { name: 'nonsense', value: { kind: 'time', ms: -1 } },
  ])
  expect(body).toBe(
    '{"text":"a\\"\\\\\u2028","0":12,"__proto__":false,"list":["a","\ufffd"],"none":null,"empty":[],' +
      '"time":"1970-01-01T00:00:00Z","nonsense":null}',
  )
})

it('is an empty object for no pairs', () => {
  expect(jsonBody([])).toBe('{}')
})
