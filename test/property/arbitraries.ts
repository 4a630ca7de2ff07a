// Call events and webhooks of every kind that schemas and validation let through, absurd times included.
import * as fc from 'fast-check'
import type { CallEvent } from '../../src/domain/call-event.ts'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { WebhookForm } from '../../src/domain/webhook-form.ts'
import type { ContentType } from '../../src/domain/webhook.ts'
import { readSchema } from '../generated/schema-files.ts'
import { aCallEvent, aWebhookRecord } from '../unit/domain/samples.ts'

/** Ordinary words, what means something to URLs and JSON, emoji, controls, lone surrogates and noncharacters. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...Array.from('aЯ 😀&=+%#?;/\\"\'<>:@,.\u2028')), maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('a\0\n\t\u007f\u0085\ufffd\ufffe\uffff'), '\r\n', '\ud83d', '\ude00'),
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

/** As a client types it, and as it is sent. */
const paths = [
  ['', '/'],
  ['path/to/file.php', '/path/to/file.php'],
  ['/hook/0198f1c2', '/hook/0198f1c2'],
  ['/звонки/новый', '/%D0%B7%D0%B2%D0%BE%D0%BD%D0%BA%D0%B8/%D0%BD%D0%BE%D0%B2%D1%8B%D0%B9'],
  ['a b+c', '/a%20b+c'],
  ['%2F/100%/%D0%BF', '/%2F/100%/%D0%BF'],
  ['t=1&u;v,w:x@y!z', '/t=1&u;v,w:x@y!z'],
  ['it\'s<"q">', "/it's%3C%22q%22%3E"],
  ['😀/\ud83d', '/%F0%9F%98%80/%EF%BF%BD'],
  ['//twice//', '//twice//'],
] as const

const anyName = anyText.filter((name) => name !== '')
const visibleAscii = fc.string({ unit: fc.constantFrom(...Array.from('aZ09 \t!"#,:;=@\\~')), maxLength: 12 })
const anyCredential = anyText.filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text))
const anySecret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`)

export interface AddressedForm {
  readonly form: WebhookForm
  /** The form's path as it is sent. */
  readonly path: string
}

/** Webhooks that every client may have: for all that stands in them, they are valid. `null`: a GET. */
export function anyValidForm(address: string, contentType: ContentType | null): fc.Arbitrary<AddressedForm> {
  // A line's name ends with the equals sign; in JSON a name stands once, as it is read.
  const nameOf = (name: string): string => (contentType === 'text/plain' ? name.replaceAll('=', '-') : name)
  const asRead = ({ name }: { name: string }): string => name.toWellFormed().replaceAll(/\p{Cc}/gu, '\ufffd')
  const anyParameter = fc.oneof(
    fc.record({
      name: anyName.map(nameOf),
      parameter: fc.constantFrom(...parameterCatalogue.map(({ name }) => name)),
    }),
    fc.record({ name: anyName.map(nameOf), literal: anyText }),
  )
  const anyHeader = fc.record({
    name: fc.stringMatching(/^[xX]-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/),
    value: visibleAscii.map((text) => `v${text}.`),
  })
  return fc
    .record({
      addressedPath: fc.constantFrom(...paths),
      parameters:
        contentType === 'application/json'
          ? fc.uniqueArray(anyParameter, { selector: asRead, maxLength: 6 })
          : fc.array(anyParameter, { maxLength: 6 }),
      headers: fc.uniqueArray(anyHeader, { selector: ({ name }) => name.toLowerCase(), maxLength: 3 }),
      authentication: fc.option(
        fc.oneof(
          fc.record({
            type: fc.constant('basic' as const),
            username: anyCredential.map((text) => text.replaceAll(':', '')),
            password: anyCredential,
          }),
          fc.record({
            type: fc.constant('bearer' as const),
            token: fc.stringMatching(/^[!-~]{1,12}$/),
          }),
        ),
      ),
      signing_secrets: fc.uniqueArray(anySecret, { maxLength: 3 }),
      missing_values: fc.constantFrom('empty' as const, 'omit' as const),
      time_zone: fc.option(
        fc.constantFrom('Europe/Moscow', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
      ),
    })
    .map(({ addressedPath: [typed, path], authentication, time_zone, ...fields }) => ({
      path,
      form: {
        webhook_id: 'w',
        account_id: 'a',
        enabled: true,
        address,
        path: typed,
        method: contentType === null ? 'GET' : 'POST',
        event_types: ['call_start', 'call_end'],
        ...(contentType !== null && { content_type: contentType }),
        ...(authentication !== null && { authentication }),
        ...(time_zone !== null && { time_zone }),
        ...fields,
      },
    }))
}
