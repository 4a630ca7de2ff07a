import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { signedBy, signingKey } from '../../../src/render/signature.ts'

const secrets = [24, 32, 64].map((bytes) => `whsec_${Buffer.alloc(bytes, bytes).toString('base64')}`)
const id = 'd912750c-59bc-57b7-aed1-bedd2e382e18'
const payload = '{"имя":"Анна 😀"}'
const keysOf = (...some: readonly string[]) => some.map(signingKey)

it('is none without a secret', () => {
  expect(signedBy([], { id, nowMs: 0, payload })).toBeNull()
})

it('is one for each secret, in their order, over id, timestamp and payload', () => {
  const byHand = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.1773479702.${payload}`).digest('base64')}`
  })
  expect(signedBy(keysOf(...secrets), { id, nowMs: 1_773_479_702_999, payload })).toEqual({
    timestamp: '1773479702',
    signatures: byHand.join(' '),
  })
})

describe('a library of the Standard Webhooks', () => {
  // It compares with the clock, so the time is the real one.
  const signed = signedBy(keysOf(...secrets), { id, nowMs: Date.now(), payload })
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': signed?.timestamp ?? '',
    'webhook-signature': signed?.signatures ?? '',
  }
  const verify = (secret: string, text: string, changes: Partial<typeof headers> = {}) =>
    new Webhook(secret).verify(text, { ...headers, ...changes }, { jsonParse: false })

  it.each(secrets)('accepts it with any of the secrets: %s', (secret) => {
    expect(() => verify(secret, payload)).not.toThrow()
  })

  it('refuses what was tampered with', () => {
    const [secret = ''] = secrets
    const later = String(Number(headers['webhook-timestamp']) + 1)
    expect(() => verify(secret, `${payload} `)).toThrow('No matching signature')
    expect(() => verify(secret, payload, { 'webhook-id': 'other' })).toThrow('No matching signature')
    expect(() => verify(secret, payload, { 'webhook-timestamp': later })).toThrow('No matching signature')
    const stranger = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    expect(() => verify(stranger, payload)).toThrow('No matching signature')
  })
})
