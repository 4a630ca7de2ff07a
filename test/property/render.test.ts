import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Webhook as Verifier } from 'standardwebhooks'
import type { CallEvent } from '../../src/domain/call-event.ts'
import {
  findParameter,
  parameterCatalogue,
  type ParameterValue,
} from '../../src/domain/parameter-catalogue.ts'
import { validateWebhook } from '../../src/domain/webhook-validation.ts'
import { contentTypes } from '../../src/domain/webhook.ts'
import type { ContentType, Webhook, WebhookParameter } from '../../src/domain/webhook.ts'
import { render } from '../../src/render/render.ts'
import { headerOf } from '../fakes/header-of.ts'
import { aCallEvent, aWebhook } from '../unit/domain/samples.ts'
import { anyCallEvent, anyText, anyWebhookRecord } from './arbitraries.ts'
import { readPairs, type ReadPair } from './read-as.ts'

const options = {
  deliveryId: 'd',
  attempt: 1,
  userAgent: 'worker',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  nowMs: 0,
  purpose: 'delivery' as const,
}

type Way = ContentType | 'query'

/** What a receiver may read: written here once more, character by character, so that it shares no code. */
function readable(text: string, way: Way): string {
  const lines = way === 'text/plain' ? text.replaceAll('\r\n', '\n') : text
  return Array.from(lines)
    .map((character) => {
      const codePoint = character.codePointAt(0) ?? 0
      if (way === 'text/plain' && [9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029].includes(codePoint)) return ' '
      if (way.endsWith('xml') && (codePoint === 0xfffe || codePoint === 0xffff)) return '\ufffd'
      const control = codePoint < 32 || (codePoint >= 127 && codePoint < 160)
      return control || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? '\ufffd' : character
    })
    .join('')
}

/** The local date and time by Intl, and the offset by the difference; these zones have whole minutes since 1970. */
function readableTime(ms: number, timeZone: string | null): string | null {
  if (!(ms >= 0 && ms < 253_402_300_800_000 + 86_400_000)) return null
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timeZone ?? 'UTC',
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  const local = format.format(ms).replace(' ', 'T')
  if (!/^\d{4}-/.test(local)) return null
  if (timeZone === null) return `${local}Z`
  const minutes = (Date.parse(`${local}Z`) - Math.floor(ms / 1_000) * 1_000) / 60_000
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

type Readable = null | string | number | boolean | readonly string[]

function expectedInJson(value: ParameterValue, way: Way, timeZone: string | null): Readable {
  if (typeof value === 'string') return readable(value, way)
  if (value === null || typeof value !== 'object') return value
  return 'kind' in value ? readableTime(value.ms, timeZone) : value.map((item) => readable(item, way))
}

function expectedAsText(json: Readable): string {
  if (json === null) return ''
  if (typeof json === 'boolean') return json ? '1' : '0'
  return Array.isArray(json) ? json.join(',') : String(json)
}

function valueOf({ source }: WebhookParameter, event: CallEvent): ParameterValue {
  return source.kind === 'literal' ? source.text : (findParameter(source.parameter)?.value(event) ?? null)
}

function expectedPairs(webhook: Webhook, event: CallEvent): readonly ReadPair[] {
  const way = webhook.contentType ?? 'query'
  return webhook.parameters
    .map((parameter) => {
      const value = expectedInJson(valueOf(parameter, event), way, webhook.timeZone)
      return [readable(parameter.name, way), value] as const
    })
    .filter(([, value]) => webhook.missingValues === 'empty' || value !== null)
    .map(([name, value]) => [name, way === 'application/json' ? value : expectedAsText(value)])
}

const anySource = fc.oneof(
  fc
    .constantFrom(...parameterCatalogue.map(({ name }) => name))
    .map((parameter): WebhookParameter['source'] => ({ kind: 'parameter', parameter })),
  anyText.map((text): WebhookParameter['source'] => ({ kind: 'literal', text })),
)

/** What validation lets through, and no more: JSON has each name once, and a line's name holds no equals sign. */
const anyContent = fc
  .record({
    contentType: fc.constantFrom(...contentTypes, null),
    parameters: fc.array(fc.record({ name: anyText.filter((name) => name !== ''), source: anySource }), {
      maxLength: 6,
    }),
    timeZone: fc.constantFrom(
      null,
      'Europe/Moscow',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    ),
    missingValues: fc.constantFrom('empty', 'omit'),
  })
  .map(({ parameters, ...content }) => {
    const { contentType } = content
    const seen = new Set<string>()
    const isNew = (name: string): boolean => seen.size < seen.add(readable(name, 'query')).size
    return {
      ...content,
      method: contentType === null ? ('GET' as const) : ('POST' as const),
      parameters: parameters
        .map(({ name, source }) => ({
          name: contentType === 'text/plain' ? name.replaceAll('=', '-') : name,
          source,
        }))
        .filter(({ name }) => contentType !== 'application/json' || isNew(name)),
    }
  })

it('a receiver reads the configured names with their values, and nothing leads it elsewhere', async () => {
  const seen = new Map<Way, number>()
  await fc.assert(
    fc.asyncProperty(anyWebhookRecord, anyContent, anyCallEvent, async (record, content, event) => {
      const validation = validateWebhook(record)
      if (validation.kind === 'invalid') return
      const webhook: Webhook = { ...validation.webhook, ...content }
      const rendering = render(webhook, event, options)
      if (rendering.kind !== 'request') throw new Error(rendering.kind)
      const { request, cutValues } = rendering
      const { origin, target, method, body } = request
      const way = webhook.contentType ?? 'query'
      seen.set(way, (seen.get(way) ?? 0) + 1)
      expect(target).toMatch(/^\/[!-~]*$/)
      const url = new URL(`${origin}${target}`)
      expect([url.origin, url.pathname, url.hash]).toEqual([webhook.origin, webhook.path, ''])
      expect([method, cutValues]).toEqual([webhook.method, []])
      if (way === 'query') {
        // A plus is a space to some parsers and a plus to others, so that none may be there.
        expect(target.slice(webhook.path.length)).not.toMatch(/[+ ]/)
        expect([body, headerOf(request, 'content-type')]).toEqual([null, undefined])
      } else {
        expect(target).toBe(webhook.path)
        expect(headerOf(request, 'content-type')?.startsWith(way)).toBe(true)
      }
      expect(await readPairs(request)).toEqual(expectedPairs(webhook, event))
    }),
    { numRuns: 2_500 },
  )
  expect(
    Math.min(...contentTypes.map((type) => seen.get(type) ?? 0), seen.get('query') ?? 0),
  ).toBeGreaterThan(50)
})

const letters = fc.constantFrom(...Array.from("aБ€😀 '~&%+\t"), '\ud83d')
const anyLongText = fc.oneof(
  fc.string({ unit: letters, minLength: 70, maxLength: 400, size: 'max' }),
  fc.string({ unit: letters, minLength: 60, maxLength: 70 }),
  fc.constantFrom(null, ''),
)
const cuttable = {
  text: ['keyword', 'city', 'utm_term', 'custom_1'],
  url: ['landing_page', 'referrer', 'record_url'],
} as const
const uncuttable = ['session_id', 'device', 'client_number', 'tags', 'duration', 'time_end'] as const
const longFields = [...cuttable.text, ...cuttable.url, 'session_id', 'device'] as const

const anyLongGet = fc.record({
  values: fc.record(Object.fromEntries(longFields.map((name) => [name, anyLongText]))),
  parameters: fc.array(
    fc.record({
      name: fc.string({ unit: letters, minLength: 1, maxLength: 4 }),
      source: fc.oneof(
        fc
          .constantFrom(...cuttable.text, ...cuttable.url, ...uncuttable)
          .map((parameter): WebhookParameter['source'] => ({ kind: 'parameter', parameter })),
        fc
          .string({ unit: letters, maxLength: 100 })
          .map((text): WebhookParameter['source'] => ({ kind: 'literal', text })),
      ),
    }),
    { minLength: 2, maxLength: 10, size: 'max' },
  ),
  missingValues: fc.constantFrom('empty' as const, 'omit' as const),
  maxTargetBytes: fc.integer({ min: 100, max: 3_000 }),
})

it('a target that is too long is cut as little as can be, and only where it may be', () => {
  const seen = { whole: 0, texts: 0, urls: 0, refused: 0 }
  fc.assert(
    fc.property(anyLongGet, ({ values, parameters, missingValues, maxTargetBytes }) => {
      const webhook: Webhook = {
        ...aWebhook(),
        method: 'GET',
        contentType: null,
        parameters,
        missingValues,
      }
      const event = aCallEvent(values)
      const known = expectedPairs({ ...webhook, missingValues: 'empty' }, event).map(
        ([name, value], index) => {
          const source = parameters[index]?.source
          const parameter = source?.kind === 'parameter' ? source.parameter : null
          const isKnown =
            source?.kind === 'literal' || (source !== undefined && valueOf({ name, source }, event) !== null)
          return { name, text: String(value), parameter, isKnown, type: findParameter(parameter ?? '')?.type }
        },
      )
      const urls = known
        .filter(({ type, text }) => type === 'url' && text !== '')
        .sort((one, other) => encodeURIComponent(other.text).length - encodeURIComponent(one.text).length)
      /** The pairs with texts of at most `level` code points and the longest URLs empty. */
      const cutTo = (level: number, emptied: number) =>
        known
          .map((pair) => {
            if (pair.type === 'text') return { ...pair, text: Array.from(pair.text).slice(0, level).join('') }
            return urls.slice(0, emptied).includes(pair) ? { ...pair, text: '', isKnown: false } : pair
          })
          .filter(({ isKnown }) => isKnown || missingValues === 'empty')
      const targetOf = (level: number, emptied: number): string => {
        const query = cutTo(level, emptied).map(({ name, text }) =>
          [name, text].map(encodeURIComponent).join('='),
        )
        return query.length === 0 ? webhook.path : `${webhook.path}?${query.join('&')}`
      }
      const fits = (level: number, emptied: number): boolean =>
        targetOf(level, emptied).length <= maxTargetBytes
      const rendering = render(webhook, event, { ...options, maxTargetBytes })
      const all = Number.POSITIVE_INFINITY
      const emptied = [...urls.keys(), urls.length].find((count) => fits(64, count))
      if (emptied === undefined) {
        seen.refused += 1
        expect(rendering).toEqual({ kind: 'url_too_long', bytes: targetOf(64, urls.length).length })
        return
      }
      let level = all
      if (!fits(all, emptied)) for (level = 64; fits(level + 1, emptied);) level += 1
      seen[emptied > 0 ? 'urls' : level < all ? 'texts' : 'whole'] += 1
      const cut = known.filter(
        (pair) =>
          urls.slice(0, emptied).includes(pair) ||
          (pair.type === 'text' && Array.from(pair.text).length > level),
      )
      expect(rendering).toMatchObject({
        kind: 'request',
        request: { target: targetOf(level, emptied) },
        cutValues: [...new Set(cut.map(({ parameter }) => parameter))],
      })
    }),
    { numRuns: 1_500 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(30)
})

it('a signature is accepted over what was sent, whatever that is', () => {
  const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
  fc.assert(
    fc.property(anyContent, anyCallEvent, (content, event) => {
      const webhook: Webhook = { ...aWebhook(), ...content, signingSecrets: [secret] }
      // The library compares with the clock, so the time is the real one.
      const rendering = render(webhook, event, { ...options, nowMs: Date.now() })
      if (rendering.kind !== 'request') throw new Error(rendering.kind)
      const { request } = rendering
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
      const headers = Object.fromEntries(names.map((name) => [name, headerOf(request, name) ?? '']))
      const bytes = Buffer.from(request.body ?? `GET.${request.target}`)
      new Verifier(secret).verify(bytes.toString(), headers, { jsonParse: false })
    }),
    { numRuns: 200 },
  )
})

it('a webhook that is refused says why, whatever stands in it, and none makes validation throw', () => {
  fc.assert(
    fc.property(
      anyWebhookRecord,
      fc.record(
        {
          host: anyText,
          path: anyText,
          port: fc.oneof(fc.double(), fc.maxSafeInteger()),
          content_type: anyText,
        },
        { requiredKeys: [] },
      ),
      (record, odd) => {
        const validation = validateWebhook({ ...record, ...odd })
        if (validation.kind === 'invalid') expect(validation.faults.length).toBeGreaterThan(0)
        else {
          const { origin, path } = validation.webhook
          expect(new URL(origin).origin).toBe(origin)
          expect(path).toMatch(/^\/[^?#\s]*$/)
          expect(new URL(`${origin}${path}`).pathname).toBe(path)
        }
      },
    ),
    { numRuns: 1_500 },
  )
})
