// Forms of webhooks as people and services may write them: most fields right, some almost, some of another type.
// Every text that is meant to be secret holds `secretText`, so that it can be looked for.
import * as fc from 'fast-check'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { badPorts, reservedHeaderNames } from '../../src/domain/webhook-rules.ts'
import { contentTypes } from '../../src/domain/webhook.ts'
import { secretText } from '../unit/domain/webhook-fault-rows.ts'
import { anyText } from './arbitraries.ts'

type Weighted<Value> = { weight: number; arbitrary: fc.Arbitrary<Value> }

const often = <Value>(arbitrary: fc.Arbitrary<Value>): Weighted<Value> => ({ weight: 40, arbitrary })
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>): Weighted<Value> => ({ weight: 1, arbitrary })
const otherType = seldom(fc.constantFrom<unknown>(null, 7, true, [], {}, [null], '***', 'sealed:v1:x'))

const asciiText = fc.string({
  unit: fc.constantFrom(...Array.from('aZ09-_.~!"<>&=+/\\')),
  minLength: 1,
  maxLength: 8,
})
const secret = fc.tuple(anyText, anyText).map(([before, after]) => before + secretText + after)
const asciiSecret = asciiText.map((text) => secretText + text)

const anyHost = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((ip) => `[${ip}]`),
  fc.constantFrom('мойсайт.рф', 'MySite.RU', '2130706433', 'localhost', 'a_b.ru.'),
)

const anyPort = fc.oneof(
  often(fc.integer({ min: 1, max: 65_535 })),
  seldom(fc.constantFrom(0, 65_536, ...badPorts)),
)

/** Of each kind that people type, and of the kinds that they should not. */
export const anyAddress = fc.oneof(
  often(
    fc
      .tuple(
        fc.constantFrom('', ' '),
        fc.constantFrom('', 'http://', 'https://', 'HTTPS://'),
        anyHost,
        fc.option(anyPort),
        fc.constantFrom('', '/', '\n'),
      )
      .map(([before, protocol, host, port, after]) => {
        const isBare = port !== null && host.includes(':') && !host.startsWith('[')
        return `${before}${protocol}${isBare ? `[${host}]` : host}${port === null ? '' : `:${port}`}${after}`
      }),
  ),
  seldom(anyText),
  seldom(fc.webUrl({ withQueryParameters: true, withFragments: true })),
  otherType,
)

const anyParameter = fc.oneof(
  often(
    fc.record({
      name: fc.oneof(often(fc.string({ minLength: 1 })), seldom(anyText)),
      parameter: fc.constantFrom(...parameterCatalogue.map(({ name }) => name)),
    }),
  ),
  often(fc.record({ name: fc.string({ minLength: 1 }), literal: fc.oneof(anyText, secret) })),
  seldom(fc.record({ name: anyText, parameter: fc.option(anyText), literal: fc.option(secret) })),
  otherType,
)

const anyHeader = fc.oneof(
  often(
    fc.record({
      name: fc.oneof(
        often(asciiText.map((text) => `x-${text.replaceAll(/[^\w-]/g, '')}`)),
        seldom(fc.constantFrom('Authorization', 'WEBHOOK-id', ...reservedHeaderNames)),
      ),
      value: fc.oneof(often(asciiSecret), seldom(secret)),
    }),
  ),
  otherType,
)

const anyAuthentication = fc.oneof(
  fc.record({
    type: fc.constant('basic'),
    username: asciiText,
    password: fc.oneof(often(asciiSecret), seldom(secret)),
  }),
  fc.record({ type: fc.constant('bearer'), token: fc.oneof(often(asciiSecret), seldom(secret)) }),
  seldom(
    fc.record({ type: fc.constantFrom('basic', 'digest'), token: asciiSecret, username: fc.constant(null) }),
  ),
  otherType,
)

const anySigningSecret = fc.oneof(
  often(
    fc
      .uint8Array({ minLength: 23, maxLength: 65 })
      .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
  ),
  otherType,
)

const anyTimeText = fc.oneof(
  often(
    fc
      .date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ),
  seldom(
    fc.constantFrom('2026-02-30T00:00:00Z', '2026-03-14', '0000-01-01T00:00:00Z', '9999-12-31T23:59-14:00'),
  ),
  otherType,
)

const anyLimits = fc.record(
  {
    total_timeout_ms: fc.integer({ min: 0, max: 30_001 }),
    concurrency: fc.oneof(
      often(fc.integer({ min: 1, max: 1_000 })),
      seldom(fc.constantFrom(0, 1_001, 1.5)),
      otherType,
    ),
    rate_per_second: fc.oneof(
      often(fc.double({ min: 0.01, max: 10_000, noNaN: true })),
      seldom(fc.double()),
      otherType,
    ),
    retry_horizon_s: fc.oneof(
      often(fc.integer({ min: 1, max: 2_592_000 })),
      seldom(fc.constantFrom(0, 2_592_001, 0.5)),
      otherType,
    ),
  },
  { requiredKeys: [] },
)

/** Valid about every third time. */
export const anyWebhookForm: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record(
  {
    webhook_id: fc.oneof(often(fc.string({ minLength: 1 })), seldom(anyText)),
    account_id: fc.oneof(often(fc.string({ minLength: 1 })), otherType),
    enabled: fc.oneof(often(fc.boolean()), otherType),
    address: anyAddress,
    path: fc.oneof(
      often(asciiSecret),
      often(fc.constantFrom('', 'путь/файл.php', '//x')),
      seldom(secret),
      otherType,
    ),
    parameters: fc.array(anyParameter, { maxLength: 4 }),
    method: fc.oneof(often(fc.constantFrom('GET', 'POST')), otherType),
    event_types: fc.oneof(often(fc.subarray(['call_start', 'call_end'], { minLength: 1 })), otherType),
    content_type: fc.oneof(often(fc.constantFrom(null, ...contentTypes)), otherType),
    headers: fc.array(anyHeader, { maxLength: 2 }),
    authentication: anyAuthentication,
    signing_secrets: fc.array(anySigningSecret, { maxLength: 2 }),
    tls_verification: fc.oneof(often(fc.constantFrom(null, 'on')), otherType),
    missing_values: fc.oneof(often(fc.constantFrom(null, 'empty', 'omit')), otherType),
    time_zone: fc.oneof(
      often(fc.constantFrom('UTC', 'Europe/Moscow', 'asia/tokyo', 'Etc/GMT+3')),
      seldom(anyText),
    ),
    limits: fc.oneof(often(anyLimits), otherType),
    created_at: anyTimeText,
    updated_at: anyTimeText,
  },
  { requiredKeys: ['webhook_id', 'account_id', 'address', 'method', 'event_types'] },
)
