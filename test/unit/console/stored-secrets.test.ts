// Secrets go in and never come out, and `***` is what is stored.
import { describe, expect, it } from '@jest/globals'
import { readDraft } from '../../../src/console/draft.ts'
import { shownForm } from '../../../src/console/stored-secrets.ts'
import type { StoredWebhook } from '../../../src/console/webhook-index.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { plainWebhook } from '../../../src/local/plain-webhook.ts'
import { sealedRecord, unsealBy } from '../../../src/secrets/sealing.ts'

const secretOf = (fill: number): string => `whsec_${Buffer.alloc(24, fill).toString('base64')}`
const config = {
  ...plainWebhook,
  webhook_id: 'w',
  account_id: 'a',
  host: 'crm.example.com',
  path: '/in/path-token',
  headers: [
    { name: 'X-Key', value: 'header-secret' },
    { name: 'X-Other', value: 'other-secret' },
  ],
  authentication: { type: 'basic' as const, username: 'me', password: 'password-secret', token: null },
  signing_secrets: [secretOf(1), secretOf(2)],
}
const stored: StoredWebhook = {
  webhookId: 'w',
  accountId: 'a',
  offset: 0n,
  version: 0n,
  config,
  undecodable: null,
  bytes: Buffer.from(''),
}
const context = { accountId: 'a', stored, rules: defaultWebhookRules }
const form = shownForm(stored)

describe('a webhook as its owner sees it', () => {
  it('has its path, and *** for every secret', () => {
    expect(form).toMatchObject({
      path: '/in/path-token',
      headers: [{ value: '***' }, { value: '***' }],
      authentication: { username: 'me', password: '***' },
      signing_secrets: ['***', '***'],
    })
    expect(JSON.stringify(form)).not.toMatch(/header-secret|other-secret|password-secret|whsec_/)
  })
})

describe('*** that is sent back', () => {
  it('is what is stored', () => {
    expect(readDraft(form, context)).toMatchObject({
      kind: 'valid',
      record: {
        headers: config.headers,
        authentication: config.authentication,
        signing_secrets: config.signing_secrets,
      },
    })
  })

  it('is found by the header’s name, whatever its place and case', () => {
    const headers = [
      { name: 'x-other', value: '***' },
      { name: 'X-Key', value: 'replaced' },
    ]
    expect(readDraft({ ...form, headers }, context)).toMatchObject({
      record: { headers: [{ value: 'other-secret' }, { value: 'replaced' }] },
    })
  })

  it('is found by a signing secret’s position, which null holds for one that goes', () => {
    const rotated = { ...form, signing_secrets: [null, '***', secretOf(3)] }
    expect(readDraft(rotated, context)).toMatchObject({
      record: { signing_secrets: [secretOf(2), secretOf(3)] },
    })
  })

  it.each([
    ['a new header', { headers: [{ name: 'X-New', value: '***' }] }, 'headers[0].value'],
    ['a third signing secret', { signing_secrets: ['***', '***', '***'] }, 'signing_secrets[2]'],
    [
      'a token where a password was',
      { authentication: { type: 'bearer', token: '***' } },
      'authentication.token',
    ],
  ])('is refused for %s', (_, changed, path) => {
    const reading = readDraft({ ...form, ...changed }, context)
    expect(reading).toMatchObject({ kind: 'invalid' })
    expect(reading.kind === 'invalid' && reading.faults.map((fault) => fault.path)).toContain(path)
  })

  it('is refused for a webhook that does not exist yet', () => {
    const { webhook_id: _id, ...fresh } = form
    expect(readDraft(fresh, { ...context, stored: null })).toMatchObject({ kind: 'invalid' })
  })
})

const bearer = { type: 'bearer' as const, username: null, password: null, token: 'token-secret' }
const withBearer = { ...stored, config: { ...config, authentication: bearer } }

describe('*** for another address', () => {
  const otherOrigins = [
    'https://evil.example.com',
    'https://crm.example.com.evil.example.com',
    'https://sub.crm.example.com',
    'https://crm.example.com:8443',
    'https://crm.example.com:80',
    'http://crm.example.com',
    'http://crm.example.com:443',
    'crm.example.com',
    'https://crm.example.com.',
  ]

  it.each(otherOrigins)('is refused for all that would be sent: %s', (address) => {
    const asked = { ...stored, config: { ...config, protocol: 'https' as const, port: 443 } }
    const reading = readDraft({ ...form, address }, { ...context, stored: asked })
    const fault = {
      rule: 'conflict',
      found: 'was stored for another address',
      allowed: 'the value, given anew',
    }
    expect(reading).toEqual({
      kind: 'invalid',
      faults: [
        { path: 'headers[0].value', ...fault },
        { path: 'headers[1].value', ...fault },
        { path: 'authentication.password', ...fault },
      ],
    })
  })

  it('is refused for a token, and where what was stored is no address at all', () => {
    const token = { ...form, authentication: { type: 'bearer', token: '***' }, headers: [] }
    for (const changed of [{}, { host: 'not a host' }, { protocol: 'unknown' as const }]) {
      const asked = { ...withBearer, config: { ...withBearer.config, ...changed } }
      const address = 'https://evil.example.com'
      expect(readDraft({ ...token, address }, { ...context, stored: asked })).toMatchObject({
        kind: 'invalid',
        faults: [{ path: 'authentication.token', rule: 'conflict' }],
      })
    }
  })

  it.each(['HTTP://CRM.Example.com:80/', ' crm.example.com ', 'ｃｒｍ.example.com'])(
    'is what is stored where only its writing differs: %s',
    (address) => {
      expect(readDraft({ ...form, address }, context)).toMatchObject({
        kind: 'valid',
        record: { headers: config.headers, authentication: config.authentication },
      })
    },
  )

  it('is what is stored for signing secrets, which are never sent, beside values given anew', () => {
    const changed = {
      address: 'https://new.example.com',
      headers: [{ name: 'X-Key', value: 'new-header' }],
      authentication: { type: 'basic', username: 'me', password: 'new-password' },
    }
    expect(readDraft({ ...form, ...changed }, context)).toMatchObject({
      kind: 'valid',
      record: { host: 'new.example.com', signing_secrets: config.signing_secrets },
    })
  })

  it('is told once, beside what else is wrong', () => {
    const changed = {
      address: 'https://evil.example.com',
      method: 'PATCH',
      headers: [{ name: 'X-New', value: '***' }],
    }
    const reading = readDraft({ ...form, ...changed }, context)
    expect(reading.kind === 'invalid' && reading.faults.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      'authentication.password conflict',
      'headers[0].value form',
      'method one_of',
    ])
  })

  it('leaves an address that is none to its own fault', () => {
    for (const address of ['https://', 'a b', 7, null, undefined, 'user@evil.example.com']) {
      const reading = readDraft({ ...form, address }, context)
      expect(reading.kind === 'invalid' && reading.faults.map(({ path }) => path)).toEqual(['address'])
    }
  })
})

describe('what is not the client’s to choose', () => {
  it.each([
    ['another account', { account_id: 'b' }, 'account_id'],
    ['another id', { webhook_id: 'x' }, 'webhook_id'],
  ])('%s is refused', (_, changed, path) => {
    expect(readDraft({ ...form, ...changed }, context)).toMatchObject({
      kind: 'invalid',
      faults: [{ path, rule: 'conflict' }],
    })
  })

  it('an id for a new webhook is refused, and times are taken from nobody', () => {
    const fresh = { address: 'crm.example.com', method: 'GET', event_types: ['call_end'] }
    const onNew = { ...context, stored: null }
    expect(readDraft({ ...fresh, webhook_id: 'mine' }, onNew)).toMatchObject({
      faults: [{ path: 'webhook_id', rule: 'conflict' }],
    })
    expect(readDraft({ ...fresh, created_at: 'nonsense', updated_at: 7 }, onNew)).toMatchObject({
      kind: 'valid',
    })
  })

  it.each([null, undefined, 7, 'text', []])('%p is no webhook', (body) => {
    expect(readDraft(body, context).kind).toBe('invalid')
  })
})

describe('secrets that are stored sealed', () => {
  const key = { id: 'k', bytes: Buffer.alloc(32, 1) }
  const unseal = unsealBy({ find: (id) => (id === 'k' ? key : null) })
  let nonces = 0
  const sealer = { key, nonce: () => Buffer.alloc(12, (nonces += 1)) }
  const sealed = { ...stored, config: sealedRecord(config, sealer) }
  const withKeys = { ...context, stored: sealed, rules: { ...defaultWebhookRules, unseal } }

  it('are shown as ***, stay sealed where *** is sent back, and are plain for a preview or a test', () => {
    expect(shownForm(sealed)).toEqual(form)
    const headers = [
      { name: 'x-OTHER', value: '***' },
      { name: 'X-Key', value: 'replaced' },
    ]
    const reading = readDraft({ ...form, headers, signing_secrets: [null, '***'] }, withKeys)
    if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.faults))
    expect(reading.record).toMatchObject({
      headers: [{ value: sealed.config.headers[1]?.value }, { value: 'replaced' }],
      authentication: sealed.config.authentication,
      signing_secrets: [sealed.config.signing_secrets[1]],
    })
    expect(reading.webhook).toMatchObject({
      headers: [{ value: 'other-secret' }, { value: 'replaced' }],
      authentication: { password: 'password-secret' },
      signingSecrets: [secretOf(2)],
    })
  })

  it('stay with their address', () => {
    const reading = readDraft({ ...form, address: 'https://evil.example.com' }, withKeys)
    expect(reading.kind === 'invalid' && reading.faults.map(({ path, rule }) => [path, rule])).toEqual([
      ['headers[0].value', 'conflict'],
      ['headers[1].value', 'conflict'],
      ['authentication.password', 'conflict'],
    ])
  })

  it('are taken from nobody who brings them along, be it for the same address', () => {
    const { headers, authentication, signing_secrets } = sealed.config
    for (const given of [withKeys, { ...withKeys, stored: null }]) {
      const { webhook_id: _id, ...fresh } = form
      const reading = readDraft({ ...fresh, headers, authentication, signing_secrets }, given)
      expect(reading.kind === 'invalid' && reading.faults.map(({ path, found }) => [path, found])).toEqual(
        [
          'headers[0].value',
          'headers[1].value',
          'signing_secrets[0]',
          'signing_secrets[1]',
          'authentication.password',
        ].map((path) => [path, 'is not yours to give sealed']),
      )
    }
  })

  it('that cannot be opened any more are asked for again', () => {
    const reading = readDraft(form, { ...withKeys, rules: defaultWebhookRules })
    expect(reading.kind === 'invalid' && reading.faults.map(({ path, rule }) => [path, rule])).toEqual(
      [
        'headers[0].value',
        'headers[1].value',
        'authentication.password',
        'signing_secrets[0]',
        'signing_secrets[1]',
      ].map((path) => [path, 'sealed']),
    )
    const anew = { headers: [], authentication: null, signing_secrets: [secretOf(3)] }
    expect(readDraft({ ...form, ...anew }, { ...withKeys, rules: defaultWebhookRules }).kind).toBe('valid')
  })
})
