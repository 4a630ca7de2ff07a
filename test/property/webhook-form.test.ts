import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { faultText } from '../../src/domain/webhook-fault.ts'
import { webhookFormFields } from '../../src/domain/webhook-form-record.ts'
import { readWebhookForm, webhookFormOf } from '../../src/domain/webhook-form.ts'
import { validateWebhook } from '../../src/domain/webhook-validation.ts'
import { secretText } from '../unit/domain/webhook-fault-rows.ts'
import { anyWebhookForm } from './webhook-forms.ts'

it('a form that is read, shown and read again gives the same record, and that record is valid', () => {
  let valid = 0
  fc.assert(
    fc.property(anyWebhookForm, (form) => {
      const reading = readWebhookForm(form)
      if (reading.kind === 'invalid') return
      valid += 1
      const { record, webhook } = reading
      expect(validateWebhook(record)).toEqual({ kind: 'valid', webhook })
      const shown = webhookFormOf(record, { secrets: 'shown' })
      expect(readWebhookForm(JSON.parse(JSON.stringify(shown)))).toEqual(reading)
      expect(new URL(`${webhook.origin}${webhook.path}`).origin).toBe(webhook.origin)
    }),
    { numRuns: 1_500 },
  )
  expect(valid).toBeGreaterThan(300)
})

it('no fault holds a secret, and neither does a masked form but in its literals', () => {
  let withSecrets = 0
  fc.assert(
    fc.property(anyWebhookForm, (form) => {
      const reading = readWebhookForm(form)
      if (reading.kind === 'invalid') {
        expect(reading.faults.length).toBeGreaterThan(0)
        expect(reading.faults.map(faultText).join()).not.toContain(secretText)
        return
      }
      const record = { ...reading.record, parameters: [] }
      const masked = webhookFormOf(record, { secrets: 'masked' })
      expect(JSON.stringify(masked)).not.toContain(secretText)
      expect(JSON.stringify(reading.warnings)).not.toContain(secretText)
      if (JSON.stringify(masked) === JSON.stringify(webhookFormOf(record, { secrets: 'shown' }))) return
      withSecrets += 1
      expect(readWebhookForm(masked).kind).toBe('invalid')
    }),
    { numRuns: 1_500 },
  )
  expect(withSecrets).toBeGreaterThan(100)
})

it('no JSON makes reading throw', () => {
  const anyField = fc.oneof(fc.constantFrom(...webhookFormFields), fc.constantFrom('__proto__', 'zone'))
  const anyForm = fc.oneof(fc.jsonValue(), fc.dictionary(anyField, fc.jsonValue({ maxDepth: 2 })))
  fc.assert(
    fc.property(anyForm, (value) => {
      const reading = readWebhookForm(value)
      if (reading.kind === 'invalid') expect(reading.faults.length).toBeGreaterThan(0)
    }),
    { numRuns: 1_000 },
  )
})
