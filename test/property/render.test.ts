import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { CallEvent } from '../../src/domain/call-event.ts'
import { findParameter, type ParameterValue } from '../../src/domain/parameter-catalogue.ts'
import { validateWebhook } from '../../src/domain/webhook-validation.ts'
import type { Webhook, WebhookParameter } from '../../src/domain/webhook.ts'
import { render } from '../../src/render/render.ts'
import { anyCallEvent, anyText, anyWebhookRecord } from './arbitraries.ts'

const options = {
  deliveryId: 'd',
  attempt: 1,
  userAgent: 'worker',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
}

/** What a receiver may read: written here once more, character by character, so that it shares no code. */
function readable(text: string): string {
  return Array.from(text)
    .map((character) => {
      const codePoint = character.codePointAt(0) ?? 0
      const control = codePoint < 32 || (codePoint >= 127 && codePoint < 160)
      return control || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? '\ufffd' : character
    })
    .join('')
}

function expectedInJson(value: ParameterValue): null | string | number | boolean | readonly string[] {
  if (typeof value === 'string') return readable(value)
  if (value === null || typeof value !== 'object') return value
  if (!('kind' in value)) return value.map(readable)
  const isTellable = value.ms >= 0 && value.ms < 253_402_300_800_000
  return isTellable ? new Date(value.ms).toISOString().replace(/\.\d{3}/, '') : null
}

function expectedInQuery(value: ParameterValue): string {
  const json = expectedInJson(value)
  if (json === null) return ''
  if (typeof json === 'boolean') return json ? '1' : '0'
  return Array.isArray(json) ? json.join(',') : String(json)
}

function valueOf({ source }: WebhookParameter, event: CallEvent): ParameterValue {
  return source.kind === 'literal' ? source.text : (findParameter(source.parameter)?.value(event) ?? null)
}

function expectedPairs(webhook: Webhook, event: CallEvent): (readonly [string, ParameterValue])[] {
  return webhook.parameters
    .map((parameter) => [readable(parameter.name), valueOf(parameter, event)] as const)
    .filter(([, value]) => webhook.missingValues === 'empty' || expectedInJson(value) !== null)
}

it('a receiver reads the configured names with their values, and nothing leads it elsewhere', () => {
  const seen = { GET: 0, POST: 0 }
  fc.assert(
    fc.property(anyWebhookRecord, anyCallEvent, (record, event) => {
      const validation = validateWebhook(record)
      if (validation.kind === 'invalid') return
      const { webhook } = validation
      const rendering = render(webhook, event, options)
      if (rendering.kind !== 'request') throw new Error(rendering.kind)
      const { origin, target, method, body } = rendering.request
      seen[method] += 1
      const pairs = expectedPairs(webhook, event)
      expect(target).toMatch(/^\/[!-~]*$/)
      const url = new URL(`${origin}${target}`)
      expect([url.origin, url.pathname, url.hash]).toEqual([webhook.origin, webhook.path, ''])
      if (method === 'GET') {
        const query = target.slice(webhook.path.length)
        // A plus is a space to some parsers and a plus to others, so that none may be there.
        expect(query).not.toMatch(/[+ ]/)
        expect(body).toBeNull()
        expect([...url.searchParams]).toEqual(pairs.map(([name, value]) => [name, expectedInQuery(value)]))
      } else {
        expect(target).toBe(webhook.path)
        const members = pairs.map(([name, value]) => [name, expectedInJson(value)] as const)
        // Own members of a name such as __proto__ come out of JSON.parse as out of fromEntries.
        expect(Object.entries(JSON.parse(body ?? ''))).toEqual(Object.entries(Object.fromEntries(members)))
      }
    }),
    { numRuns: 800 },
  )
  expect(Math.min(seen.GET, seen.POST)).toBeGreaterThan(50)
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
