// The envelope of one secret: what opens it, what does not, and that its format is the one that PUBLISHING.md tells.
import { describe, expect, it } from '@jest/globals'
import { keyIdOf, openedText, sealedText } from '../../../src/secrets/envelope.ts'
import { exampleKeyring, exampleSecrets } from '../../generated/sealed-example.ts'

const key = { id: '2026-11', bytes: Buffer.alloc(32, 7) }
const place = { webhookId: 'wh-1', field: 'headers.x-key' }
const nonce = Buffer.alloc(12, 9)
const envelope = sealedText('a secret', place, key, nonce)

describe('a sealed secret', () => {
  it('is text that names its key and shows nothing of the secret', () => {
    expect(envelope).toMatch(/^sealed:v1:2026-11:[A-Za-z0-9_-]+$/)
    expect(keyIdOf(envelope)).toBe('2026-11')
    const bytes = Buffer.from(envelope.split(':')[3] ?? '', 'base64url')
    expect(bytes.subarray(0, 12)).toEqual(nonce)
    expect(bytes.length).toBe(12 + 'a secret'.length + 16)
    expect(bytes.toString('latin1')).not.toContain('secret')
  })

  it('opens with its key, for its webhook and field', () => {
    expect(openedText(envelope, place, key)).toBe('a secret')
  })

  it.each([
    ['another key under the same id', place, { ...key, bytes: Buffer.alloc(32, 8) }],
    ['another webhook', { ...place, webhookId: 'wh-2' }, key],
    ['another field', { ...place, field: 'headers.x-other' }, key],
    ['a webhook and a field that read alike together', { webhookId: 'wh-1\nheaders', field: 'x-key' }, key],
  ])('does not open with %s', (_, where, otherKey) => {
    expect(openedText(envelope, where, otherKey)).toBeNull()
  })

  it('does not open when any one of its bits was turned, unused ones included', () => {
    const head = 'sealed:v1:2026-11:'
    const content = envelope.slice(head.length)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const [at, character] of content.split('').entries()) {
      for (let bit = 1; bit < 64; bit *= 2) {
        const other = alphabet.charAt(alphabet.indexOf(character) ^ bit)
        const turned = head + content.slice(0, at) + other + content.slice(at + 1)
        expect([turned, openedText(turned, place, key)]).toEqual([turned, null])
      }
    }
  })

  it.each([
    ['cut short', envelope.slice(0, -1)],
    ['with padding', `${envelope}==`],
    ['with something behind it', `${envelope}AAAA`],
    ['of another version', envelope.replace(':v1:', ':v2:')],
    ['without a key id', envelope.replace('2026-11', '')],
    ['too short for a nonce and a tag', `sealed:v1:2026-11:${Buffer.alloc(27).toString('base64url')}`],
    ['with nothing in it', 'sealed:v1:2026-11:'],
    ['in standard Base64', `sealed:v1:2026-11:${'+/'.repeat(30)}`],
  ])('does not open %s', (_, text) => {
    expect(openedText(text, place, key)).toBeNull()
  })

  it('does not open where it holds no UTF-8, for that is no secret of a webhook', async () => {
    const bytes = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce, additionalData: Buffer.from('wh-1\nheaders.x-key') },
      await crypto.subtle.importKey('raw', key.bytes, 'AES-GCM', false, ['encrypt']),
      Buffer.from([0xff, 0xfe]),
    )
    const text = `sealed:v1:2026-11:${Buffer.concat([nonce, Buffer.from(bytes)]).toString('base64url')}`
    expect(openedText(text, place, key)).toBeNull()
  })
})

describe('the values of PUBLISHING.md', () => {
  const bytes = Buffer.from(exampleKeyring.keys.example, 'base64')

  it.each(exampleSecrets.map((one) => [one.place.field, one] as const))(
    '%s is what another implementation makes of the same parts',
    async (_, { place: { webhookId, field }, text, nonce: iv, envelope: sealed }) => {
      const made = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: Buffer.from(`${webhookId}\n${field}`), tagLength: 128 },
        await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']),
        Buffer.from(text),
      )
      const content = Buffer.concat([iv, Buffer.from(made)]).toString('base64url')
      expect(sealed).toBe(`sealed:v1:example:${content}`)
    },
  )
})
