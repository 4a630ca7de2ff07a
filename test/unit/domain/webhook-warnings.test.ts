import { describe, expect, it } from '@jest/globals'
import { warningsOf } from '../../../src/domain/webhook-warnings.ts'
import { aWebhook, call, fixed } from './samples.ts'
import { signingSecret } from './webhook-fault-rows.ts'

const http = { protocol: 'http', port: 80 } as const
const headers = [{ name: 'x', value: 'y' }]
const authentication = { type: 'bearer', username: null, password: null, token: 't' } as const

describe('a webhook that nothing is to be said of', () => {
  it.each([
    ['over https, with secrets', { headers, authentication, signing_secrets: [signingSecret] }],
    ['for ends, with what an end knows', { event_types: ['call_end'], parameters: [call('duration')] }],
    [
      'for starts, with what a start may know',
      { parameters: [call('city'), call('time_answer'), fixed('duration', 'x')] },
    ],
  ] as const)('%s', (_what, fields) => {
    expect(warningsOf(aWebhook(fields))).toEqual([])
  })
})

describe('http', () => {
  it('is warned of', () => {
    expect(warningsOf(aWebhook(http))).toEqual([
      {
        path: 'address',
        rule: 'plain_http',
        text: 'is http, so whoever is on the way can read and change what is sent; prefer https',
      },
    ])
  })

  it.each([
    ['headers', { headers }],
    ['credentials', { authentication }],
    ['signatures', { signing_secrets: [signingSecret] }],
    ['headers and credentials', { headers, authentication }],
  ] as const)('is warned of louder where %s travel in the clear', (what, fields) => {
    expect(warningsOf(aWebhook({ ...http, ...fields }))).toEqual([
      {
        path: 'address',
        rule: 'credentials_over_http',
        text: `is http, so the ${what} of this webhook travel in the clear, for anyone on the way to use; use https`,
      },
    ])
  })
})

describe('a value that only an end knows', () => {
  it.each([
    [{}, 'sent empty at the start'],
    [{ missing_values: 'omit' }, 'left out at the start'],
    [{ event_types: ['call_start'] }, 'sent empty always, for this webhook is for starts only'],
    [
      { event_types: ['call_start'], missing_values: 'omit' },
      'left out always, for this webhook is for starts only',
    ],
  ] as const)('%j is warned of', (fields, fate) => {
    const parameters = [call('city'), call('duration', 'seconds'), call('record_url')]
    expect(warningsOf(aWebhook({ ...fields, parameters }))).toEqual([
      {
        path: 'parameters[1].parameter',
        rule: 'unknown_at_start',
        text: `is duration, which is known only at the end of a call: it is ${fate}`,
      },
      {
        path: 'parameters[2].parameter',
        rule: 'unknown_at_start',
        text: `is record_url, which is known only at the end of a call: it is ${fate}`,
      },
    ])
  })
})

describe('a certificate that is not verified', () => {
  it('is warned of', () => {
    expect(warningsOf({ ...aWebhook(), tlsVerification: 'off' })).toEqual([
      {
        path: 'tls_verification',
        rule: 'unverified_tls',
        text: 'is off, so whoever is on the way can pretend to be the receiver, and read and answer what is sent',
      },
    ])
  })
})
