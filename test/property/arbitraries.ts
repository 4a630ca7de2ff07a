// Call events and webhooks of every kind that schemas and validation let through, absurd times included.
import * as fc from 'fast-check'
import type { CallEvent } from '../../src/domain/call-event.ts'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { readSchema } from '../generated/schema-files.ts'
import { aCallEvent, aWebhookRecord } from '../unit/domain/samples.ts'

/** Ordinary words, the characters that mean something to URLs and JSON, emoji, controls and lone surrogates. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...Array.from('aЯ 😀&=+%#?;/\\"\'<>:@,.\u2028')), maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('a', '\u0000', '\n', '\u007f', '\ud83d', '\ude00', '\ufffd'),
    maxLength: 6,
  }),
  fc.constantFrom('', '__proto__', 'constructor', 'toString', '0', '1', '%2B', '%', 'null', 'true'),
)

const anyTime = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 253_402_300_799_999, 253_402_300_800_000, 8.64e15, 8.64e15 + 1),
)

/** By a field's Avro type, as its text in the schema tells it. */
function valueOfType(type: string): fc.Arbitrary<unknown> {
  if (type.includes('timestamp-millis')) return anyTime
  if (type.includes('array')) return fc.array(anyText, { maxLength: 3 })
  if (type.includes('boolean')) return fc.boolean()
  if (type.includes('"int"')) return fc.integer()
  return anyText
}

const fields = readSchema('call-event').fields.filter(({ name }) => name !== 'event_type')

const anyField: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
  fields.map(({ name, type }) => {
    const written = JSON.stringify(type)
    const value = valueOfType(written)
    return [name, written.includes('"null"') ? fc.option(value) : value]
  }),
)

export const anyCallEvent: fc.Arbitrary<CallEvent> = fc
  .record({ ...anyField, event_type: fc.constantFrom('call_start', 'call_end') })
  .map((event) => aCallEvent(event))

const anySource = fc.oneof(
  fc
    .constantFrom(...parameterCatalogue.map(({ name }) => name))
    .map((parameter) => ({ parameter, literal: null })),
  anyText.map((literal) => ({ parameter: null, literal })),
)

const anyHost = fc.oneof(
  fc.constantFrom('crm.example.com', 'мойсайт.рф', '127.0.0.1', '::1', '[2001:db8::1]', '2130706433'),
  fc.domain(),
)

/** Not always valid: names may repeat, and path and names hold what is refused. */
export const anyWebhookRecord: fc.Arbitrary<WebhookConfigRecord> = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    protocol: fc.constantFrom('http', 'https'),
    host: fc.oneof({ weight: 9, arbitrary: anyHost }, anyText),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: anyText,
    missing_values: fc.constantFrom(null, 'empty', 'omit'),
    parameters: fc.array(fc.record({ name: anyText, source: anySource }), { maxLength: 6 }),
  })
  .map((fields) => aWebhookRecord(fields))
