// A schema is the contract with those who write and read the topics: it has to explain itself, and leave room to grow.
import { describe, expect, it } from '@jest/globals'

import {
  type AvroEnum,
  type AvroField,
  type AvroRecord,
  type AvroSchema,
  readSchema,
  schemaNames,
} from '../../generated/schema-files.ts'

interface Found {
  readonly records: AvroRecord[]
  readonly enums: AvroEnum[]
}

function collect(schema: AvroSchema, found: Found = { records: [], enums: [] }): Found {
  if (typeof schema === 'string') return found
  if ('length' in schema) {
    for (const branch of schema) collect(branch, found)
  } else if (schema.type === 'record') {
    found.records.push(schema)
    for (const field of schema.fields) collect(field.type, found)
  } else if (schema.type === 'enum') found.enums.push(schema)
  else if (schema.type === 'array') collect(schema.items, found)
  return found
}

function isNullable(field: AvroField): boolean {
  return Array.isArray(field.type) && field.type.includes('null')
}

const fieldsOf = (record: AvroRecord): [string, AvroField][] =>
  record.fields.map((field) => [`${record.name}.${field.name}`, field])

const found = schemaNames.map((name) => collect(readSchema(name)))
const records = found.flatMap((each) => each.records)
const fields = records.flatMap(fieldsOf)
const enums = found.flatMap((each) => each.enums)

function symbols(name: string): readonly string[] {
  return enums.find((each) => each.name === name)?.symbols.filter((symbol) => symbol !== 'unknown') ?? []
}

describe('the schemas', () => {
  it('share one namespace', () => {
    expect(new Set(schemaNames.map((name) => readSchema(name).namespace)).size).toBe(1)
  })

  it.each(fields)('%s is documented and in snake_case', (_name, field) => {
    expect(field.doc ?? '').toMatch(/^[A-Z0-9<].*\.$/)
    expect(field.name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
  })

  it.each([...records, ...enums].map((type) => [type.name, type] as const))(
    '%s is documented',
    (_name, type) => {
      expect(type.doc ?? '').toMatch(/\.$/)
    },
  )

  it.each(fields.filter(([, field]) => isNullable(field)))(
    '%s may be absent, says when, and defaults to null',
    (_name, field) => {
      expect(field.default).toBeNull()
      expect(Array.isArray(field.type) && field.type[0]).toBe('null')
      expect(field.doc).toMatch(/\bnull\b/i)
    },
  )

  it.each(enums.map((each) => [each.name, each] as const))(
    '%s has room for symbols of later versions',
    (_name, each) => {
      expect(each.symbols).toContain('unknown')
      expect(each.default).toBe('unknown')
    },
  )

  it('name the unit of each count of time', () => {
    const durations = fields.filter(([, { name }]) => name.endsWith('_ms')).map(([, { doc }]) => doc)
    expect(durations.length).toBeGreaterThan(4)
    for (const doc of durations) expect(doc).toMatch(/milliseconds/i)
  })

  it('require nothing of a call event but what identifies it', () => {
    const required = readSchema('call-event').fields.filter((field) => field.default === undefined)
    expect(required.map(({ name }) => name)).toEqual([
      'event_id',
      'event_type',
      'call_id',
      'account_id',
      'occurred_at',
    ])
  })

  it('require of a webhook what its owner fills in', () => {
    const required = readSchema('webhook-config').fields.filter((field) => field.default === undefined)
    expect(required.map(({ name }) => name)).toEqual(
      'webhook_id account_id enabled protocol host port path parameters method event_types'.split(' '),
    )
  })

  it('close the lists of results, reasons and owners of a fault', () => {
    expect(symbols('OutcomeResult').join(' ')).toBe(
      'delivered retry_scheduled deferred failed expired cancelled rejected shadowed',
    )
    expect(symbols('OutcomeReason').join(' ')).toBe(
      'ok http_status redirect dns connect tls reset connect_timeout total_timeout protocol_error ' +
        'response_too_large proxy lane_full rate_limited breaker_open retry_after horizon_passed ' +
        'webhook_deleted webhook_disabled interrupted paused fanout_limit invalid_config address_denied ' +
        'url_too_long body_too_large suspended',
    )
    expect(symbols('FaultOwner').join(' ')).toBe('receiver network config blocked worker')
  })
})
