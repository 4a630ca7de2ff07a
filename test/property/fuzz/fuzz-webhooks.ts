// Webhooks from strangers: records as the topic may hold them, forms as people and services may write them, addresses,
// and headers. What passes must be what is sent, and nothing else.
import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as fc from 'fast-check'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { formatAddress, parseAddress, readHost } from '../../../src/domain/webhook-address.ts'
import { readWebhookForm, webhookFormOf } from '../../../src/domain/webhook-form.ts'
import { reservedHeaderNames, reservedHeaderPrefixes } from '../../../src/domain/webhook-rules.ts'
import { validateWebhook } from '../../../src/domain/webhook-validation.ts'
import type { Webhook } from '../../../src/domain/webhook.ts'
import { render } from '../../../src/render/render.ts'
import { aCallEvent, aWebhookRecord } from '../../unit/domain/samples.ts'
import { anyValidForm, anyWebhookRecord } from '../arbitraries.ts'
import { anyWebhookForm } from '../webhook-forms.ts'
import { must, mustEqual, fuzzTarget } from './fuzz-target.ts'
import { changedJson, changedText, hostileText } from './hostile-inputs.ts'

const rules = { blockedPorts: new Set<number>(), unverifiedTls: 'allowed' } as const
const event = aCallEvent()

export const renderOptions = {
  deliveryId: '3c117031-a3f1-5ae5-a76a-a6f9ed51ba07',
  attempt: 1,
  userAgent: 'call-webhook-worker/1.0.0',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  nowMs: 1_700_000_000_000,
  purpose: 'delivery',
} as const

/** A request as it may go out, for any event. */
export function judgeRequest(webhook: Webhook, of = event): string {
  const rendering = render(webhook, of, renderOptions)
  if (rendering.kind !== 'request') return rendering.kind
  const { origin, target, headers, body } = rendering.request
  mustEqual(origin, webhook.origin, 'the origin')
  must(/^\/[!-~]*$/.test(target), `the target ${JSON.stringify(target)}`)
  mustEqual(new URL(origin + target).origin, origin, 'where the request goes')
  must(target.length <= renderOptions.maxTargetBytes || body !== null, 'the length of a query')
  must(body === null || Buffer.byteLength(body) <= renderOptions.maxBodyBytes, 'the length of a body')
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2)
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
  return 'request'
}

const text = changedText(
  fc.constantFrom('crm.example.com', 'path/to/file.php', 'Europe/Moscow', 'text/plain'),
)
const anyParameter = fc.record({
  name: text,
  source: fc.record({ parameter: fc.option(text), literal: fc.option(text) }),
})
const anyAuthentication = fc.record({
  type: fc.constantFrom('basic' as const, 'bearer' as const, 'unknown' as const),
  username: fc.option(text),
  password: fc.option(text),
  token: fc.option(text),
})

/** What a field may hold, as Avro gives it: of its type, and whatever in it. */
const anyChange = fc.oneof(
  fc.record({ webhook_id: text }),
  fc.record({ account_id: text }),
  fc.record({ host: text }),
  fc.record({ path: text }),
  fc.record({ port: fc.constantFrom(-1, 0, 1, 443, 65_535, 65_536, 2 ** 31 - 1) }),
  fc.record({ content_type: fc.option(text) }),
  fc.record({ time_zone: fc.option(text) }),
  fc.record({ headers: fc.array(fc.record({ name: text, value: text }), { maxLength: 22 }) }),
  fc.record({ parameters: fc.array(anyParameter, { maxLength: 205 }) }),
  fc.record({ authentication: fc.option(anyAuthentication) }),
  fc.record({ signing_secrets: fc.array(text, { maxLength: 6 }) }),
  fc.record({ created_at: fc.option(fc.constantFrom(-1, 0, 2 ** 53 - 1)) }),
  fc.record({ event_types: fc.array(fc.constantFrom('call_start', 'unknown'), { maxLength: 12 }) }),
  anyWebhookRecord.map(({ parameters, path, method }) => ({ parameters, path, method })),
)

/** A valid one with up to two fields that are changed. */
export const anyHostileRecord = fc
  .tuple(fc.constantFrom('GET', 'POST'), fc.array(anyChange, { maxLength: 2 }))
  .map(([method, changes]) => Object.assign(aWebhookRecord({ method }), ...changes) as WebhookConfigRecord)

export const webhookTargets = [
  fuzzTarget({
    name: 'webhook records',
    inputs: anyHostileRecord,
    judge(record) {
      const validation = validateWebhook(record)
      if (validation.kind === 'valid') return judgeRequest(validation.webhook)
      must(validation.faults.length > 0 && validation.faults.length < 1_000, 'the number of faults')
      return 'invalid'
    },
  }),
  fuzzTarget({
    name: 'webhook forms',
    inputs: changedJson(
      fc.oneof(
        anyWebhookForm,
        anyValidForm('https://crm.example.com', null).map(({ form }) => form),
      ),
    ),
    judge(form) {
      const reading = readWebhookForm(form)
      if (reading.kind === 'invalid') {
        must(reading.faults.length > 0 && reading.faults.length < 1_000, 'the number of faults')
        return 'invalid'
      }
      const shown = webhookFormOf(reading.record, { secrets: 'shown' })
      mustEqual(readWebhookForm(JSON.parse(JSON.stringify(shown))), reading, 'the form, shown and read again')
      return judgeRequest(reading.webhook)
    },
  }),
  fuzzTarget({
    name: 'addresses',
    inputs: changedText(
      fc.oneof(
        fc.webUrl(),
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().map((ip) => `[${ip}]:8080`),
        fc.constantFrom('https://мойсайт.рф:8443/', 'http://[::1]:81', '1.2.3.4:80', 'a_b.example.com.'),
      ),
    ),
    judge(typed) {
      const host = readHost(typed)
      if (host.kind === 'host') mustEqual(readHost(host.host), host, 'a host that was read, read again')
      const reading = parseAddress(typed, rules)
      if (reading.kind === 'fault') return 'refused'
      const written = formatAddress(reading)
      mustEqual(parseAddress(written, rules), reading, 'an address that was read, read again')
      const url = new URL(written)
      mustEqual([url.origin, url.hostname], [written, reading.host], 'where the address leads')
      return 'address'
    },
  }),
  fuzzTarget({
    name: 'headers',
    inputs: fc.record({
      headers: fc.array(
        fc.record({
          name: changedText(
            fc.oneof(
              fc.stringMatching(/^x-[a-z0-9]{1,12}$/),
              fc.constantFrom('Authorization', 'webhook-id', ...reservedHeaderNames),
            ),
          ),
          value: changedText(fc.constantFrom('secret', 'a b\tc', '~!')),
        }),
        { maxLength: 3 },
      ),
      username: changedText(fc.constantFrom('user', 'имя')),
      password: changedText(fc.constant('pass:word')),
      token: changedText(fc.constant('aZ09-._~+/=')),
      type: fc.constantFrom('basic' as const, 'bearer' as const, null, null),
      contentType: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('application/json', 'text/plain', null) },
        hostileText,
      ),
    }),
    judge({ headers, username, password, token, type, contentType }) {
      const parts =
        type === 'basic' ? { username, password, token: null } : { username: null, password: null, token }
      const validation = validateWebhook(
        aWebhookRecord({
          headers,
          content_type: contentType,
          authentication: type === null ? null : { type, ...parts },
        }),
      )
      if (validation.kind === 'invalid') return 'invalid'
      for (const { name } of validation.webhook.headers) {
        const lower = name.toLowerCase()
        const isReserved = reservedHeaderPrefixes.some((prefix) => lower.startsWith(prefix))
        must(!isReserved && !reservedHeaderNames.includes(lower), `the header ${name}`)
      }
      return judgeRequest(validation.webhook)
    },
  }),
]
