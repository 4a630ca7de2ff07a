import { describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { readWebhookForm, webhookFormOf } from '../../../src/domain/webhook-form.ts'
import { aWebhookRecord, call, fixed } from './samples.ts'
import { noLimits, plainForm, secretText, signingSecret } from './webhook-fault-rows.ts'

function recordOf(form: object): WebhookConfigRecord {
  const reading = readWebhookForm(form)
  if (reading.kind === 'valid') return reading.record
  throw new Error(reading.faults.map(faultText).join('; '))
}

function faultsOf(form: unknown): readonly string[] {
  const reading = readWebhookForm(form)
  return reading.kind === 'valid' ? [] : reading.faults.map(faultText)
}

const fullForm = {
  webhook_id: 'wh-1',
  account_id: '10427',
  enabled: false,
  address: 'https://mysite.ru:8443',
  path: `in/${secretText}`,
  parameters: [
    { name: 'call', parameter: 'call_id' },
    { name: 'канал', literal: '' },
  ],
  method: 'POST',
  event_types: ['call_end'],
  content_type: 'text/plain',
  headers: [{ name: 'X-Shop', value: secretText }],
  authentication: { type: 'basic', username: 'worker', password: secretText },
  signing_secrets: [signingSecret],
  tls_verification: 'on',
  missing_values: 'omit',
  time_zone: 'Europe/Moscow',
  limits: { total_timeout_ms: 20_000, concurrency: 4, rate_per_second: 0.5, retry_horizon_s: 7_200 },
  created_at: '2026-03-14T09:15:02.000Z',
  updated_at: '2026-03-14T09:15:02.250Z',
}

const fullRecord: WebhookConfigRecord = {
  webhook_id: 'wh-1',
  account_id: '10427',
  enabled: false,
  protocol: 'https',
  host: 'mysite.ru',
  port: 8443,
  path: `in/${secretText}`,
  parameters: [call('call_id', 'call'), fixed('канал', '')],
  method: 'POST',
  event_types: ['call_end'],
  content_type: 'text/plain',
  headers: [{ name: 'X-Shop', value: secretText }],
  authentication: { type: 'basic', username: 'worker', password: secretText, token: null },
  signing_secrets: [signingSecret],
  tls_verification: 'on',
  missing_values: 'omit',
  time_zone: 'Europe/Moscow',
  limits: { total_timeout_ms: 20_000, concurrency: 4, rate_per_second: 0.5, retry_horizon_s: 7_200 },
  created_at: 1_773_479_702_000,
  updated_at: 1_773_479_702_250,
}

describe('reading', () => {
  it('makes the record that is published, and the webhook that it will be', () => {
    const reading = readWebhookForm(fullForm)
    expect(reading).toMatchObject({ kind: 'valid', record: fullRecord, warnings: [] })
    expect(reading).toMatchObject({
      webhook: { origin: 'https://mysite.ru:8443', contentType: 'text/plain' },
    })
  })

  it('takes the least that a webhook needs', () => {
    const { webhook_id, account_id, address, method, event_types } = plainForm
    expect(recordOf({ webhook_id, account_id, address, method, event_types })).toEqual({
      ...aWebhookRecord({ path: '', parameters: [], content_type: null }),
    })
  })

  it('takes null for what is left out', () => {
    const nothing = Object.fromEntries(
      Object.keys(fullForm)
        .filter((name) => !(name in plainForm) && name !== 'enabled')
        .map((name) => [name, null]),
    )
    expect(recordOf({ ...plainForm, ...nothing })).toEqual(recordOf(plainForm))
    const parameters = [{ name: 'a', parameter: null, literal: 'x' }]
    expect(recordOf({ ...plainForm, parameters }).parameters).toEqual([fixed('a', 'x')])
    expect(recordOf({ ...plainForm, path: null, parameters: null })).toMatchObject({
      path: '',
      parameters: [],
    })
    expect(recordOf({ ...plainForm, limits: { concurrency: null } }).limits).toEqual(noLimits)
    const one = { ...noLimits, retry_horizon_s: 60 }
    expect(recordOf({ ...plainForm, limits: one }).limits).toEqual(one)
  })

  it('takes times of any zone', () => {
    const times = { created_at: '2026-03-14T12:15:02+03:00', updated_at: '2026-03-14T09:15:02.250999Z' }
    const { created_at, updated_at } = fullRecord
    expect(recordOf({ ...plainForm, ...times })).toMatchObject({ created_at, updated_at })
  })

  it('warns of what is allowed but probably not meant', () => {
    expect(readWebhookForm({ ...plainForm, address: 'mysite.ru' })).toMatchObject({
      warnings: [{ path: 'address', rule: 'plain_http' }],
    })
  })

  it('tells every fault of types and of values in one go, each once', () => {
    const form = {
      ...plainForm,
      account_id: 5,
      address: `u:${secretText}@x`,
      path: `${secretText}?`,
      parameters: [7, { name: 1, parameter: 'citi' }, { name: '', literal: 'x' }, { nam: 'x', literal: 'y' }],
      method: 'PUT',
      event_types: [],
      headers: [{ name: 'host', value: `${secretText}\n` }],
      signing_secrets: ['***', '***', 1],
      limits: { total_timeout_ms: 0, concurrency: '4' },
      zone: 'UTC',
    }
    expect(
      faultsOf(form)
        .map((text) => text.split(' ').slice(0, 2).join(' '))
        .sort(),
    ).toEqual([
      'account_id is',
      'address contains',
      'event_types is',
      'headers[0].name is',
      'headers[0].value has',
      'limits.concurrency is',
      'limits.total_timeout_ms is',
      'method is',
      'parameters[0] is',
      'parameters[1].name is',
      'parameters[1].parameter is',
      'parameters[2].name has',
      'parameters[3].nam is',
      'parameters[3].name is',
      'path contains',
      'signing_secrets[0] is',
      'signing_secrets[1] is',
      'signing_secrets[2] is',
      'zone is',
    ])
    expect(faultsOf(form).join()).not.toContain(secretText)
  })

  it('does not judge names by a content type that is none', () => {
    const parameters = [
      { name: 'a', literal: 'x' },
      { name: 'a', literal: 'y' },
    ]
    expect(faultsOf({ ...plainForm, parameters, content_type: 5 })).toEqual([
      'content_type is a number; allowed: text',
    ])
  })

  it('is not led astray by names that objects inherit', () => {
    const form: unknown = JSON.parse(
      `{"__proto__": ${JSON.stringify(plainForm)}, "limits": {"__proto__": {"concurrency": 1}}}`,
    )
    expect(
      faultsOf(form)
        .map((text) => text.slice(0, text.indexOf(' ')))
        .sort(),
    ).toEqual([
      '__proto__',
      'account_id',
      'address',
      'event_types',
      'limits.__proto__',
      'method',
      'webhook_id',
    ])
    expect(Object.hasOwn(Object.prototype, 'concurrency')).toBe(false)
  })

  it('answers what is huge in a few words', () => {
    const many = <Item>(item: Item): readonly Item[] => Array.from({ length: 100_000 }, () => item)
    const long = 'ж'.repeat(1_000_000)
    expect(
      faultsOf({
        ...plainForm,
        webhook_id: long,
        account_id: long,
        address: long,
        path: long,
        parameters: many({ name: long }),
        method: long,
        event_types: many('call_end'),
        content_type: long,
        headers: many({ name: long }),
        signing_secrets: many(long),
        missing_values: long,
        time_zone: long,
        created_at: long,
      }).map((text) => text.slice(0, 60)),
    ).toHaveLength(13)
    const parameters = Array.from({ length: 200 }, () => ({ name: long, parameter: long }))
    expect(faultsOf({ ...plainForm, parameters })).toHaveLength(400)
    const strangers = Object.fromEntries(many(0).map((_, index) => [`${long.slice(0, 99)}${index}`, 0]))
    const faults = faultsOf({ ...plainForm, ...strangers })
    expect(faults).toHaveLength(21)
    expect(faults.at(-1)).toMatch(/^has 99980 more fields that no webhook has; allowed: webhook_id, /)
    expect(Math.max(...faults.map((text) => text.length))).toBeLessThan(350)
  })
})

describe('showing', () => {
  it('gives the form back', () => {
    expect(webhookFormOf(fullRecord, { secrets: 'shown' })).toEqual(fullForm)
    expect(webhookFormOf(recordOf(plainForm), { secrets: 'shown' })).toEqual({ ...plainForm, enabled: true })
  })

  it('hides path, header values, password, token and secrets, and nothing else', () => {
    expect(webhookFormOf(fullRecord, { secrets: 'masked' })).toEqual({
      ...fullForm,
      path: '***',
      headers: [{ name: 'X-Shop', value: '***' }],
      authentication: { type: 'basic', username: 'worker', password: '***' },
      signing_secrets: ['***'],
    })
    const token = { type: 'bearer', username: null, password: null, token: secretText } as const
    expect(
      webhookFormOf({ ...fullRecord, authentication: token }, { secrets: 'masked' }).authentication,
    ).toEqual({
      type: 'bearer',
      token: '***',
    })
    expect(webhookFormOf({ ...fullRecord, path: '' }, { secrets: 'masked' }).path).toBe('')
  })

  it('shows of a record that makes no sense what there is, and no password in what is no host', () => {
    const record: WebhookConfigRecord = {
      ...fullRecord,
      protocol: 'unknown',
      host: `u:${secretText}@mysite.ru`,
      port: -1,
      method: 'unknown',
      event_types: ['unknown'],
      parameters: [{ name: 'a', source: { parameter: null, literal: null } }],
      missing_values: 'unknown',
      limits: noLimits,
      created_at: -1,
      updated_at: Number.MAX_SAFE_INTEGER,
    }
    const masked = webhookFormOf(record, { secrets: 'masked' })
    expect(JSON.stringify(masked)).not.toContain(secretText)
    expect(webhookFormOf(record, { secrets: 'shown' })).toEqual({
      ...fullForm,
      address: `unknown://[u:${secretText}@mysite.ru]:-1`,
      method: 'unknown',
      event_types: ['unknown'],
      parameters: [{ name: 'a' }],
      missing_values: 'unknown',
      limits: {},
      created_at: undefined,
      updated_at: undefined,
    })
  })
})
