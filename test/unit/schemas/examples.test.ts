import { describe, expect, it } from '@jest/globals'
import { v5 } from 'uuid'

import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { withSecrets } from '../../../src/domain/webhook-secrets.ts'
import { validateWebhook } from '../../../src/domain/webhook-validation.ts'
import { openedText } from '../../../src/secrets/envelope.ts'
import { unsealBy } from '../../../src/secrets/sealing.ts'
import { readSchema } from '../../generated/schema-files.ts'
import { exampleKeyring, exampleSecrets } from '../../generated/sealed-example.ts'
import { exampleNames, exampleText, readerType, readExample } from './schema-types.ts'

describe('golden examples', () => {
  it.each(exampleNames)('%s/%s survives encoding and decoding', (schema, name) => {
    const type = readerType(schema)
    const example = readExample(schema, name)
    const decoded = type.fromBuffer(type.toBuffer(example))
    expect(decoded).toEqual(example)
    expect(JSON.parse(type.toString(decoded))).toEqual(JSON.parse(exampleText(schema, name)))
  })

  it.each(exampleNames.filter(([schema]) => schema === 'call-event'))(
    '%s/%s is at most 3 KB',
    (schema, name) => {
      expect(readerType(schema).toBuffer(readExample(schema, name)).length).toBeLessThanOrEqual(3_072)
    },
  )

  it('decode to the types that are generated', () => {
    const event = readExample('call-event', 'call-start-no-visit')
    expect([typeof event.occurred_at, event.city, event.tags]).toEqual(['number', null, null])
    const webhook = readExample('webhook-config', 'all-options')
    expect(webhook.limits?.rate_per_second).toBe(0.5)
    expect(webhook.parameters[2]).toEqual({ name: 'канал', source: { parameter: null, literal: 'телефон' } })
    expect(webhook.missing_values).toBe('omit')
    const parked = readExample('parked-delivery', 'retry')
    expect(parked.event).toBeInstanceOf(Uint8Array)
  })

  const bytes = Buffer.from(exampleKeyring.keys.example, 'base64')
  const unseal = unsealBy({ find: (id) => (id === exampleKeyring.current ? { id, bytes } : null) })

  it.each(exampleNames.filter(([schema]) => schema === 'webhook-config'))(
    '%s/%s is a webhook that the worker takes, with the key that PUBLISHING.md names',
    (_, name) => {
      const rules = { ...defaultWebhookRules, unseal }
      expect(validateWebhook(readExample('webhook-config', name), rules).kind).toBe('valid')
    },
  )

  it('have one webhook with sealed secrets, and nobody reads them without that key', () => {
    const sealed = readExample('webhook-config', 'all-options')
    const found: string[] = []
    withSecrets(sealed, (text, place, path) => {
      expect(openedText(text, place, { id: 'example', bytes })).toBe(exampleSecrets[found.length]?.text)
      found.push(path)
      return text
    })
    const validation = validateWebhook(sealed)
    if (validation.kind === 'valid') throw new Error('it is valid without the key')
    expect(validation.faults.map(({ path, rule }) => [path, rule])).toEqual(
      found.map((path) => [path, 'sealed']),
    )
    expect(found).toHaveLength(exampleSecrets.length)
  })

  it('have one webhook with every option that is honoured', () => {
    const { limits, authentication, ...options } = readExample('webhook-config', 'every-honoured-option')
    const left = Object.entries(options).filter(([, value]) => value === null || Object(value).length === 0)
    expect(left).toEqual([])
    const given = Object.values(limits ?? {})
    expect(given).toHaveLength(4)
    expect([authentication?.password, ...given]).not.toContain(null)
  })

  it('park an event in the framing of the registry: a zero byte and four bytes of schema id', () => {
    const { event } = readExample('parked-delivery', 'chunk')
    expect([...event.subarray(0, 5)]).toEqual([0, 0, 0, 0, 1])
  })

  it.each(exampleNames.filter(([schema]) => schema === 'webhook-outcome'))(
    '%s/%s has ids as the documentation defines them',
    (schema, name) => {
      const doc = readSchema(schema).fields.find((field) => field.name === 'delivery_id')?.doc ?? ''
      const namespace = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(doc)?.[0] ?? ''
      const outcome = readExample('webhook-outcome', name)
      expect(outcome.delivery_id).toBe(v5(`${outcome.event_id}\n${outcome.webhook_id ?? ''}`, namespace))
      const suffix = outcome.final ? 'final' : `a${outcome.attempt}`
      expect(outcome.outcome_id).toBe(`${outcome.delivery_id}/${outcome.replay}/${suffix}`)
    },
  )
})
