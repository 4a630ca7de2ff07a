import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import { expectationHeaders, readExpectation } from '../../../src/domain/parked-delivery.ts'
import type { ParkedDelivery } from '../../../src/domain/parked-delivery.ts'

const parkedFor = (expectedAtMs: number | null, ...webhookIds: readonly string[]): ParkedDelivery => ({
  eventBytes: new Uint8Array(),
  callId: 'call' as ParkedDelivery['callId'],
  webhookIds: webhookIds as WebhookId[],
  replay: 0,
  progress: { ...untouched, expectedAtMs },
  eventTimeMs: 0,
  expiresAtMs: 0,
  source: { topic: 'call-events', partition: 0, offset: 0n },
  trace: null,
})

/** As the client hands headers back. */
const asBytes = (headers: Readonly<Record<string, string>>): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, new TextEncoder().encode(text)]))

describe('what a parked record says in its headers', () => {
  it.each(['w', 'ключ 😀', '0', 'a\tb'])(
    'is when there should be room, and at whose receiver: %s',
    (webhookId) => {
      const headers = expectationHeaders(parkedFor(1_700_000_000_000.6, webhookId))
      const expected = { atMs: 1_700_000_000_001, webhookId }
      expect(readExpectation(asBytes(headers))).toEqual(expected)
      expect(readExpectation(headers)).toEqual(expected)
    },
  )

  it('is nothing where the delay decides', () => {
    expect(expectationHeaders(parkedFor(null, 'w'))).toEqual({})
    expect(expectationHeaders(parkedFor(1_700_000_000_000))).toEqual({})
  })
})

describe('headers that say nothing that can be read', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['none', {}],
    ['another name', { 'Expected-At': '1700000000000' }],
    ['no number', { 'expected-at': 'soon' }],
    ['nothing', { 'expected-at': '' }],
    ['blanks', { 'expected-at': ' ' }],
    ['zero', { 'expected-at': '0' }],
    ['a time before all', { 'expected-at': '-1' }],
    ['a fraction', { 'expected-at': '1700000000000.5' }],
    ['more than a number holds', { 'expected-at': '1e400' }],
    ['more than a number counts', { 'expected-at': '9007199254740993' }],
    ['several', { 'expected-at': ['1700000000000', '1700000000001'] }],
    ['a number, which no client gives', { 'expected-at': 1_700_000_000_000 }],
    ['bytes that are no text', { 'expected-at': new Uint8Array([0xff, 0xfe]) }],
    ['null', { 'expected-at': null }],
  ])('%s', (_what, headers) => {
    expect(readExpectation({ 'webhook-id': 'w', ...headers })).toBeNull()
  })

  it('about the webhook leave the time', () => {
    expect(readExpectation({ 'expected-at': '5' })).toEqual({ atMs: 5, webhookId: '' })
  })
})
