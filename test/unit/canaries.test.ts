// The search for canaries finds them in every form that it promises, or a scan without hits would say nothing.
import { expect, it } from '@jest/globals'
import { createCanaries } from '../harness/canaries.ts'

const canaries = createCanaries()
const token = canaries.at('token')
const phone = canaries.digitsAt('phone')
const name = canaries.plant('name', 'Анна-Мария-1729')
const escaped = (text: string): string =>
  text.replaceAll(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

it.each([
  ['as it is', `{"error":"no ${token} here"}`, ['token']],
  ['percent-encoded', encodeURIComponent(`a ${name}`), ['name']],
  [
    'percent-encoded to the last letter',
    `?q=${token.replaceAll(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`)}`,
    ['token'],
  ],
  ['escaped as in JSON', `{"text":"${escaped(name)}"}`, ['name']],
  ['in the Base64 of credentials', `Basic ${Buffer.from(`me:${token}`).toString('base64')}`, ['token']],
  ['in Base64 one byte further', Buffer.from(`m:${phone}!`).toString('base64'), ['phone']],
  ['in Base64 at its beginning', Buffer.from(`${name} and more`).toString('base64url'), ['name']],
  ['several at once', `${phone} ${token}`, ['token', 'phone']],
  ['none', `{"time":1764190000000,"text":"cnry"}`, []],
])('%s', (_, text, places) => {
  expect(canaries.hitsIn(text)).toEqual(places)
})

it('one place has one text, and a place can be left out', () => {
  expect(canaries.at('token')).toBe(token)
  expect(canaries.hitsIn(token, (place) => place !== 'token')).toEqual([])
})
