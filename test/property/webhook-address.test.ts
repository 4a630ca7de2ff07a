import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { URL as ReferenceUrl } from 'whatwg-url'
import { formatAddress, parseAddress } from '../../src/domain/webhook-address.ts'
import { validateWebhook } from '../../src/domain/webhook-validation.ts'
import { aWebhookRecord } from '../unit/domain/samples.ts'
import { anyText } from './arbitraries.ts'
import { anyAddress } from './webhook-forms.ts'

const rules = { blockedPorts: new Set<number>(), unverifiedTls: 'refused' } as const
const typedAddress = anyAddress.filter((address) => typeof address === 'string')
const anyTypedAddress = fc.oneof(
  { weight: 3, arbitrary: typedAddress },
  fc.tuple(typedAddress, anyText).map((parts) => parts.join('')),
  anyText,
)

it('an address that is taken leads where the reference implementation of URLs says, and nowhere else', () => {
  let taken = 0
  fc.assert(
    fc.property(anyTypedAddress, (text) => {
      const reading = parseAddress(text, rules)
      if (reading.kind === 'fault') return
      const written = formatAddress(reading)
      expect(parseAddress(written, rules)).toEqual(reading)
      const { protocol, host, port } = reading
      expect(validateWebhook(aWebhookRecord({ protocol, host, port }), rules)).toMatchObject({
        kind: 'valid',
        webhook: { origin: written },
      })
      const address = text.trim()
      const isBareIpv6 = /^([a-z]+:\/\/)?[^[]*:[^/]*:/i.test(address) && !address.includes('[')
      if (isBareIpv6) return
      taken += 1
      const url = new ReferenceUrl(address.includes('://') ? address : `http://${address}`)
      expect([url.origin, url.username, url.password, url.pathname, url.search, url.hash]).toEqual([
        written,
        '',
        '',
        '/',
        '',
        '',
      ])
    }),
    { numRuns: 2_000 },
  )
  expect(taken).toBeGreaterThan(500)
})
