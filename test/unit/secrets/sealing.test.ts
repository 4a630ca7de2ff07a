// The secrets of whole webhooks: sealed when they are written, opened when they are judged, sealed anew when keys change.
import { describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { validateWebhook } from '../../../src/domain/webhook-validation.ts'
import { plainWebhook } from '../../../src/local/plain-webhook.ts'
import { sealedText } from '../../../src/secrets/envelope.ts'
import { resealed, sealedRecord, sealerOf, unsealBy } from '../../../src/secrets/sealing.ts'

const keys = new Map(['old', 'new'].map((id, index) => [id, { id, bytes: Buffer.alloc(32, index + 1) }]))
const ringWith = (current: string, held: readonly string[] = [...keys.keys()]) => ({
  current: () => keys.get(current) ?? null,
  find: (id: string) => (held.includes(id) ? (keys.get(id) ?? null) : null),
})
let nonces = 0
const sealerWith = (current: string) => {
  const sealer = sealerOf(ringWith(current), () => Buffer.alloc(12, ++nonces))
  if (sealer === null) throw new Error('there is a key')
  return sealer
}

const secretOf = (fill: number): string => `whsec_${Buffer.alloc(24, fill).toString('base64')}`
const plain: WebhookConfigRecord = {
  ...plainWebhook,
  webhook_id: 'w',
  account_id: 'a',
  headers: [
    { name: 'X-Key', value: 'header-secret' },
    { name: 'X-Other', value: 'other-secret' },
  ],
  authentication: { type: 'basic', username: 'me', password: 'password-secret', token: null },
  signing_secrets: [secretOf(1), secretOf(2)],
}
const sealed = sealedRecord(plain, sealerWith('old'))
const judged = (record: WebhookConfigRecord, ring = ringWith('new')) =>
  validateWebhook(record, { ...defaultWebhookRules, unseal: unsealBy(ring) })
const faultsOf = (record: WebhookConfigRecord, ring = ringWith('new')): readonly string[] => {
  const validation = judged(record, ring)
  return validation.kind === 'valid' ? [] : validation.faults.map(faultText)
}
const paths = (record: WebhookConfigRecord, ring = ringWith('new')): readonly string[] =>
  faultsOf(record, ring).map((fault) => fault.split(' ')[0] ?? '')

describe('a webhook that is sealed', () => {
  it('has its five secrets in envelopes, and all else as it was', () => {
    const text = JSON.stringify(sealed)
    expect(text).not.toMatch(/header-secret|other-secret|password-secret|whsec_/)
    expect(text.match(/"sealed:v1:old:/g)).toHaveLength(5)
    const { headers, authentication, signing_secrets, ...others } = sealed
    expect(plain).toMatchObject(others)
    expect([headers.length, authentication?.username, signing_secrets.length]).toEqual([2, 'me', 2])
  })

  it('is judged as the plain one, and sent as it', () => {
    expect(judged(sealed)).toEqual(validateWebhook(plain))
  })

  it('is not sealed twice', () => {
    expect(sealedRecord(sealed, sealerWith('new'))).toEqual(sealed)
  })

  it('stays plain where there is no key', () => {
    expect(sealerOf({ current: () => null }, () => Buffer.alloc(12))).toBeNull()
    expect(sealedRecord(plain, null)).toBe(plain)
  })

  it('may have its headers and signing secrets moved', () => {
    const moved = {
      ...sealed,
      headers: sealed.headers.toReversed().map(({ name, value }) => ({ name: name.toUpperCase(), value })),
      signing_secrets: sealed.signing_secrets.toReversed(),
    }
    expect(judged(moved).kind).toBe('valid')
  })
})

describe('a webhook whose secrets cannot be opened is invalid, by a fault that names the field', () => {
  const everyField = [
    'headers[0].value',
    'headers[1].value',
    'authentication.password',
    'signing_secrets[0]',
    'signing_secrets[1]',
  ]

  it('where the key is not known', () => {
    expect(paths(sealed, ringWith('new', ['new']))).toEqual(everyField)
    expect(faultsOf(sealed, ringWith('new', ['new']))[0]).toBe(
      'headers[0].value is sealed with the key old, which the keyring does not hold; allowed: the plain text, or a value sealed for this webhook and field with a key of the keyring',
    )
  })

  it('where they are another webhook’s', () => {
    expect(paths({ ...sealed, webhook_id: 'w2' })).toEqual(everyField)
  })

  it('where headers exchanged their values', () => {
    const [one, other] = sealed.headers
    const headers = [
      { name: 'X-Key', value: other?.value ?? '' },
      { name: 'X-Other', value: one?.value ?? '' },
    ]
    expect(paths({ ...sealed, headers })).toEqual(['headers[0].value', 'headers[1].value'])
  })

  it('where a signing secret stands as a header, which would be sent', () => {
    const headers = [{ name: 'X-Key', value: sealed.signing_secrets[0] ?? '' }]
    expect(faultsOf({ ...sealed, headers })).toEqual([
      expect.stringMatching(
        /^headers\[0\]\.value cannot be opened with the key old: it was changed, or sealed/,
      ),
    ])
  })

  it('where what is opened is no value of that field', () => {
    const made = (fields: Partial<WebhookConfigRecord>) =>
      faultsOf(sealedRecord({ ...plain, ...fields }, sealerWith('new')))
    expect(made({ headers: [{ name: 'x', value: 'line\nbreak' }] })[0]).toMatch(
      /^headers\[0\]\.value has a char/,
    )
    expect(made({ signing_secrets: ['no whsec'] })[0]).toMatch(/^signing_secrets\[0\] is not whsec_/)
    expect(made({ signing_secrets: [secretOf(1), secretOf(1)] })[0]).toMatch(/^signing_secrets\[1\] repeats/)
  })

  it('where an envelope is within: what was opened is not opened again', () => {
    const inner = sealed.headers[0]?.value ?? ''
    const place = { webhookId: 'w', field: 'headers.x-key' }
    const { key, nonce } = sealerWith('new')
    const headers = [{ name: 'X-Key', value: sealedText(inner, place, key, nonce()) }]
    expect(faultsOf({ ...sealed, headers })).toEqual([
      expect.stringMatching(/^headers\[0\]\.value begins with sealed: and is no sealed value/),
    ])
  })

  it('by no fault that repeats a secret', () => {
    for (const record of [sealed, { ...sealed, webhook_id: 'w2' }, { ...plain, webhook_id: '' }]) {
      expect(faultsOf(record, ringWith('new', [])).join()).not.toMatch(
        /header-secret|password-secret|whsec_A/,
      )
    }
  })
})

describe('sealing anew', () => {
  it('counts what there is, and changes what another key sealed', () => {
    const mixed = { ...sealed, headers: [...sealed.headers, { name: 'X-Plain', value: 'plain-secret' }] }
    const { record, counts } = resealed(mixed, ringWith('new'), sealerWith('new'), 'left')
    expect(counts).toEqual({ plain: 1, current: 0, outdated: 5, unopened: 0 })
    expect(JSON.stringify(record).match(/"sealed:v1:new:/g)).toHaveLength(5)
    expect(record.headers[2]).toEqual({ name: 'X-Plain', value: 'plain-secret' })
    expect(judged(record, ringWith('new', ['new'])).kind).toBe('valid')
    const again = resealed(record, ringWith('new'), sealerWith('new'), 'left')
    expect(again.record).toBe(record)
    expect(again.counts).toEqual({ plain: 1, current: 5, outdated: 0, unopened: 0 })
  })

  it('seals plain ones where it is told to', () => {
    const { record, counts } = resealed(plain, ringWith('new'), sealerWith('new'), 'included')
    expect(counts.plain).toBe(5)
    expect(JSON.stringify(record)).not.toMatch(/-secret|whsec_/)
    expect(judged(record)).toEqual(validateWebhook(plain))
  })

  it('leaves alone what cannot be opened, and counts it', () => {
    const foreign = sealed.headers.map(({ value }) => ({ name: 'X-Moved', value })).slice(0, 1)
    const { record, counts } = resealed(
      { ...plain, headers: foreign },
      ringWith('new'),
      sealerWith('new'),
      'included',
    )
    expect(counts.unopened).toBe(1)
    expect(record.headers).toEqual(foreign)
  })
})
