// The JSON Schema of the form against the validation that it stands for.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { webhookFormFields } from '../../src/domain/webhook-form-record.ts'
import { readWebhookForm, webhookFormOf } from '../../src/domain/webhook-form.ts'
import { anyWebhookForm } from '../property/webhook-forms.ts'
import { formRows, plainForm, recordOf, recordRows } from '../unit/domain/webhook-fault-rows.ts'
import { repositoryRoot } from './schema-files.ts'

const schema = JSON.parse(readFileSync(`${repositoryRoot}schemas/webhook.schema.json`, 'utf8'))
const satisfies = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema)

interface Field {
  readonly title?: unknown
  readonly examples?: readonly string[]
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')

describe('the JSON Schema of webhooks', () => {
  it('tells each field of the form, with examples that may be given', () => {
    const told = Object.entries<Field>(schema.properties)
    expect(told.map(([name, { title }]) => [name, typeof title])).toEqual(
      webhookFormFields.map((name) => [name, 'string']),
    )
    const given = told.flatMap(([name, { examples = [] }]) =>
      examples.map((example) => ({ [name]: example })),
    )
    expect(given.length).toBeGreaterThan(5)
    for (const fields of given) {
      expect(readWebhookForm({ ...plainForm, ...fields }).kind).toBe('valid')
      expect(satisfies({ ...plainForm, ...fields })).toBe(true)
    }
  })

  it('takes what validation takes', () => {
    let valid = 0
    expect(satisfies(plainForm)).toBe(true)
    fc.assert(
      fc.property(anyWebhookForm, (form) => {
        if (readWebhookForm(form).kind === 'invalid') return
        valid += 1
        if (!satisfies(form)) throw new Error(JSON.stringify(satisfies.errors))
      }),
      { numRuns: 1_500 },
    )
    expect(valid).toBeGreaterThan(300)
  })

  const rows = [
    ...recordRows
      .filter((row) => row.schema !== 'never asked')
      .map((row) => ({ ...row, form: webhookFormOf(recordOf(row), { secrets: 'shown' }) })),
    ...formRows.map((row) => ({ ...row, form: row.given })),
  ]

  it.each(rows.map((row) => [row.schema, row.text, row] as const))('%s: %s', (says, _text, { form }) => {
    expect(readWebhookForm(asJson(form)).kind).toBe('invalid')
    expect(satisfies(asJson(form))).toBe(says === 'cannot say')
  })
})
