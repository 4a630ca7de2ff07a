import { describe, expect, it } from '@jest/globals'
import { draftOf, judge } from '../../../../src/console/page/form-draft.ts'
import {
  addHeaderRow,
  addParameterRow,
  addSigningSecret,
  emptyForm,
  formStateOf,
  withRow,
} from '../../../../src/console/page/form-state.ts'
import type { FormState } from '../../../../src/console/page/form-state.ts'
import { parameterCatalogue } from '../../../../src/domain/parameter-catalogue.ts'
import type { WebhookForm } from '../../../../src/domain/webhook-form.ts'

const stored: WebhookForm = {
  webhook_id: 'w-1',
  account_id: 'a-1',
  enabled: false,
  address: 'https://crm.example.com:8443',
  path: 'hooks/calls',
  parameters: [
    { name: 'phone', parameter: 'client_number' },
    { name: 'key', literal: ' as it is ' },
    { name: 'empty', literal: '' },
  ],
  method: 'POST',
  event_types: ['call_start', 'call_end'],
  content_type: 'text/xml',
  headers: [{ name: 'X-Api-Key', value: '***' }],
  authentication: { type: 'basic', username: 'bob', password: '***' },
  signing_secrets: ['***', '***'],
  tls_verification: 'off',
  missing_values: 'omit',
  time_zone: 'Europe/Moscow',
  limits: { total_timeout_ms: 5_000, concurrency: 4, rate_per_second: 0.5, retry_horizon_s: 5_400 },
}

const filled: FormState = { ...emptyForm, address: 'mysite.ru' }

describe('what the form sends', () => {
  it('is what was stored, where nothing was changed', () => {
    const { webhook_id: _id, account_id: _account, ...rest } = stored
    expect(draftOf(formStateOf(stored)).json).toEqual(rest)
  })

  it('holds no limits once every one of them is empty', () => {
    const { limits, ...rest } = draftOf(formStateOf(stored)).json
    expect(limits).toEqual(stored.limits)
    const emptied = { totalTimeout: '', concurrency: ' ', ratePerSecond: '', retryHorizon: '' }
    expect(draftOf({ ...formStateOf(stored), ...emptied }).json).toEqual(rest)
    expect(draftOf({ ...formStateOf(stored), ...emptied, concurrency: '7' }).json['limits']).toEqual({
      concurrency: 7,
    })
  })

  it('leaves out a row that nobody wrote into, and keeps one with a name alone', () => {
    const { parameters } = addParameterRow(addParameterRow(filled))
    const named = withRow(parameters, 2, { name: 'phone' })
    const { json, positions } = draftOf({ ...filled, parameters: named })
    expect(json['parameters']).toEqual([{ name: 'phone' }])
    expect(positions.parameters).toEqual([2])
  })

  it.each([
    ['GET', undefined],
    ['POST', 'application/json'],
  ] as const)('%s sends the content type %s', (method, contentType) => {
    expect(draftOf({ ...filled, method }).json['content_type']).toBe(contentType)
  })

  it.each([
    ['call_start', ['call_start']],
    ['call_end', ['call_end']],
    ['both', ['call_start', 'call_end']],
    ['', []],
  ] as const)('event choice "%s" sends %j', (eventTypes, sent) => {
    expect(draftOf({ ...filled, eventTypes }).json['event_types']).toEqual(sent)
  })

  it('holds the place of a stored secret that goes, and adds new ones behind', () => {
    const form = addSigningSecret(formStateOf(stored), 'whsec_new')
    const [first] = form.signingSecrets
    const signingSecrets = withRow(form.signingSecrets, first?.key ?? 0, { kind: 'removed' })
    const { json, positions } = draftOf({ ...form, signingSecrets })
    expect(json['signing_secrets']).toEqual([null, '***', 'whsec_new'])
    expect(positions.secrets).toEqual(form.signingSecrets.slice(1).map(({ key }) => key))
  })

  it('sends a replaced secret as it was typed, and only the parts of the chosen authentication', () => {
    const form = formStateOf(stored)
    const basic = draftOf({ ...form, password: { kind: 'given', text: ' new ' } })
    expect(basic.json['authentication']).toEqual({ type: 'basic', username: 'bob', password: ' new ' })
    const bearer = draftOf({ ...form, authentication: 'bearer', token: { kind: 'given', text: 't' } })
    expect(bearer.json['authentication']).toEqual({ type: 'bearer', token: 't' })
    expect(draftOf({ ...form, authentication: 'none' }).json).not.toHaveProperty('authentication')
  })
})

describe('what is judged before it is sent', () => {
  it('takes stored secrets for good ones', () => {
    expect(judge(draftOf(formStateOf(stored)), 'allowed').faults).toEqual([])
    expect(judge(draftOf(formStateOf(stored))).faults).toMatchObject([{ path: 'tls_verification' }])
  })

  it.each<[string, Partial<FormState>, string]>([
    ['no address', { address: '' }, 'address'],
    ['a path in the address', { address: 'mysite.ru/path' }, 'address'],
    ['a query in the path', { path: 'a?b' }, 'path'],
    ['no method', { method: '' }, 'method'],
    ['no event', { eventTypes: '' }, 'event_types'],
    ['a foreign content type', { method: 'POST', contentType: 'image/png' }, 'content_type'],
    ['an unknown zone', { timeZone: 'Moscow' }, 'time_zone'],
    ['a timeout that is no number', { totalTimeout: '5 s' }, 'limits.total_timeout_ms'],
    ['a timeout out of range', { totalTimeout: '30001' }, 'limits.total_timeout_ms'],
    ['no request at once', { concurrency: '0' }, 'limits.concurrency'],
    ['half a request at once', { concurrency: '1.5' }, 'limits.concurrency'],
    ['a rate of nothing', { ratePerSecond: '0' }, 'limits.rate_per_second'],
    ['a rate in words', { ratePerSecond: 'one' }, 'limits.rate_per_second'],
    ['a number with blanks', { ratePerSecond: '1 000' }, 'limits.rate_per_second'],
    ['a number beyond all numbers', { ratePerSecond: '9'.repeat(400) }, 'limits.rate_per_second'],
    ['over 30 days', { retryHorizon: '721', retryHorizonUnit: 'hours' }, 'limits.retry_horizon_s'],
    ['a part of a second', { retryHorizon: '1.01', retryHorizonUnit: 'minutes' }, 'limits.retry_horizon_s'],
    ['an unknown authentication', { authentication: 'unknown' }, 'authentication.type'],
    ['an empty token', { authentication: 'bearer' }, 'authentication.token'],
    ['unknown missing values', { missingValues: 'unknown' }, 'missing_values'],
  ])('%s is a fault of %s', (_what, change, path) => {
    expect(judge(draftOf({ ...filled, ...change })).faults.map((fault) => fault.path)).toEqual([path])
  })

  it('finds a reserved header and an unknown parameter', () => {
    const withHeader = addHeaderRow(filled)
    const headers = withRow(withHeader.headers, withHeader.nextKey - 1, {
      name: 'Host',
      value: { kind: 'given', text: 'x' },
    })
    const parameters = withRow(filled.parameters, 1, { name: 'n', value: 'durration' })
    const { faults } = judge(draftOf({ ...withHeader, headers, parameters }))
    expect(faults.map(({ path }) => path)).toEqual(['parameters[0].parameter', 'headers[0].name'])
  })

  it('leaves blocked ports to the server, whose operator may have other ones', () => {
    expect(judge(draftOf({ ...filled, address: 'mysite.ru:25' })).faults).toEqual([])
  })

  it('warns of each end-only parameter on a webhook for starts', () => {
    const endOnly = parameterCatalogue.filter(({ atStart }) => atStart === 'never')
    const parameters = endOnly.map(({ name }, index) => {
      return { key: index + 1, name, source: 'parameter' as const, value: name }
    })
    const { warnings } = judge(draftOf({ ...filled, address: 'https://mysite.ru', parameters }))
    expect(warnings).toHaveLength(endOnly.length)
    const atEnd = judge(
      draftOf({ ...filled, address: 'https://mysite.ru', parameters, eventTypes: 'call_end' }),
    )
    expect(atEnd.warnings).toEqual([])
  })
})

it('never uses a row’s key twice', () => {
  const one = addParameterRow(emptyForm)
  const shorter = { ...one, parameters: withRow(one.parameters, one.nextKey - 1, null) }
  const keys = addHeaderRow(addParameterRow(shorter))
  expect(keys.parameters.map(({ key }) => key)).toEqual([1, 3])
  expect(keys.headers.map(({ key }) => key)).toEqual([4])
})
