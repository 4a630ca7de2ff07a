import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { openedRecord } from '../../src/domain/webhook-secrets.ts'
import { readWebhookForm } from '../../src/domain/webhook-form.ts'
import { defaultWebhookRules } from '../../src/domain/webhook-rules.ts'
import { validateWebhook } from '../../src/domain/webhook-validation.ts'
import { openedText, sealedText } from '../../src/secrets/envelope.ts'
import { sealedRecord, unsealBy } from '../../src/secrets/sealing.ts'
import { anyWebhookForm } from './webhook-forms.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const anyKey = fc.record({ id: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/), bytes: bytes(32) })
const anyPlace = fc.record({
  webhookId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  field: fc.constantFrom(
    'headers.x-key',
    'authentication.password',
    'authentication.token',
    'signing_secrets',
  ),
})
const anyText = fc.string({ unit: 'grapheme', maxLength: 200 })

it('what is sealed opens as it was, with its key and in its place', () => {
  fc.assert(
    fc.property(anyText, anyPlace, anyKey, bytes(12), (text, place, key, nonce) => {
      const envelope = sealedText(text, place, key, nonce)
      expect(openedText(envelope, place, key)).toBe(text)
      expect(envelope.includes(text) && text.length > 8).toBe(false)
    }),
    { numRuns: 1_000 },
  )
})

it('one bit that is turned anywhere, in the envelope, the key or the place, and it does not open', () => {
  const turned = (given: Uint8Array, at: number): Buffer => {
    const copy = Buffer.from(given)
    const index = Math.floor(at / 8) % copy.length
    copy.writeUInt8(copy.readUInt8(index) ^ (1 << (at % 8)), index)
    return copy
  }
  fc.assert(
    fc.property(anyText, anyPlace, anyKey, bytes(12), fc.nat(), (text, place, key, nonce, at) => {
      const envelope = sealedText(text, place, key, nonce)
      const content = envelope.slice(envelope.lastIndexOf(':') + 1)
      const changed = turned(Buffer.from(content, 'base64url'), at).toString('base64url')
      expect(openedText(`sealed:v1:${key.id}:${changed}`, place, key)).toBeNull()
      expect(openedText(envelope, place, { ...key, bytes: turned(key.bytes, at) })).toBeNull()
      const webhookId = turned(Buffer.from(place.webhookId), at % 7).toString('latin1')
      expect(openedText(envelope, { ...place, webhookId }, key)).toBeNull()
    }),
    { numRuns: 1_000 },
  )
})

it('no text makes opening throw', () => {
  const key = { id: 'k', bytes: Buffer.alloc(32) }
  const place = { webhookId: 'w', field: 'signing_secrets' }
  const tail = fc.oneof(fc.base64String(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.constantFrom('', 'sealed:', 'sealed:v1:', 'sealed:v1:k:'), tail, (head, text) => {
      expect(openedText(head + text, place, key)).toBeNull()
    }),
    { numRuns: 1_000 },
  )
})

it('a webhook is judged the same plain and sealed, and opened it is the plain one', () => {
  const key = { id: 'k', bytes: Buffer.alloc(32, 1) }
  const unseal = unsealBy({ find: (id) => (id === 'k' ? key : null) })
  let nonces = 0
  const sealer = { key, nonce: () => Buffer.from(String((nonces += 1)).padStart(12)) }
  let withSecrets = 0
  fc.assert(
    fc.property(anyWebhookForm, (form) => {
      const reading = readWebhookForm(form)
      if (reading.kind === 'invalid') return
      const { record, webhook } = reading
      const sealed = sealedRecord(record, sealer)
      if (JSON.stringify(sealed) !== JSON.stringify(record)) withSecrets += 1
      expect(validateWebhook(sealed, { ...defaultWebhookRules, unseal })).toEqual({ kind: 'valid', webhook })
      expect(openedRecord(sealed, unseal, () => {})).toEqual(record)
    }),
    { numRuns: 500 },
  )
  expect(withSecrets).toBeGreaterThan(50)
})
