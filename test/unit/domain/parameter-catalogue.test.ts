import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'

import {
  findParameter,
  parameterCatalogue,
  type ParameterValue,
} from '../../../src/domain/parameter-catalogue.ts'
import type { CallEventRecord } from '../../../src/domain/records.ts'
import { type AvroSchema, readSchema } from '../../generated/schema-files.ts'
import { readerType, readExample } from '../schemas/schema-types.ts'

const event = (name: string): CallEventRecord => readExample('call-event', name)

function valueOf(name: string, record: CallEventRecord): ParameterValue {
  const parameter = findParameter(name)
  if (parameter === undefined) throw new Error(`${name} is not in the catalogue`)
  return parameter.value(record)
}

function valuesOf(record: CallEventRecord, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, shown(valueOf(name, record))]))
}

/** Times as ISO 8601 without the fraction, as the catalogue's examples have them. */
function shown(value: ParameterValue): unknown {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return value
  return new Date(value.ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

const followed =
  'record_url ip device host city region country source_type utm_source utm_medium utm_campaign utm_term ' +
  'utm_content client_number calltracking_number manager_number time_start duration dtmf_pressed call_status ' +
  'call_type company_name office_name user_id ga_clid'

const derived =
  'client_number_digits calltracking_number_digits manager_number_digits time_start duration total_duration ' +
  'wait_duration ga_client_id user_id project_name'

describe('the parameter catalogue', () => {
  it('names each parameter once, in snake_case', () => {
    const names = parameterCatalogue.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z0-9]+)*$/)
  })

  it.each(followed.split(' '))('has %s, known from the service that it follows', (name) => {
    expect(findParameter(name)?.name).toBe(name)
  })

  it('has every field of the call event but its time, and derives only what it says', () => {
    const stored = parameterCatalogue.filter(({ derivedFrom }) => derivedFrom.length === 0)
    const fields = readSchema('call-event').fields.map(({ name }) => name)
    expect(stored.map(({ name }) => name as string).sort()).toEqual(
      fields.filter((name) => name !== 'occurred_at').sort(),
    )
    const others = parameterCatalogue.filter(({ derivedFrom }) => derivedFrom.length > 0)
    expect(others.map(({ name }) => name as string).sort()).toEqual(derived.split(' ').sort())
  })

  it.each(['__proto__', 'constructor', 'toString', '', 'City', ' city'])('does not find %j', (name) => {
    expect(findParameter(name)).toBeUndefined()
  })

  it.each(parameterCatalogue.map((parameter) => [parameter.name, parameter] as const))(
    '%s shows as its example what it is in the example of an answered call',
    (_name, parameter) => {
      expect(shown(parameter.value(event('call-end-answered')))).toEqual(parameter.example)
    },
  )

  it.each(['call-start', 'call-end-answered'])('is always there where it says so: %s', (name) => {
    const record = event(name)
    for (const parameter of parameterCatalogue) {
      const availability = record.event_type === 'call_start' ? parameter.atStart : parameter.atEnd
      if (availability === 'always') expect([parameter.name, parameter.value(record)]).not.toContain(null)
      if (availability === 'never') expect([parameter.name, parameter.value(record)]).toContain(null)
    }
  })

  it('leaves what belongs to the end empty at the start, even where the event holds it', () => {
    const early: CallEventRecord = { ...event('call-end-answered'), event_type: 'call_start' }
    const endOnly = parameterCatalogue.filter(({ atStart }) => atStart === 'never')
    expect(endOnly.map(({ name }) => name as string)).toEqual(
      expect.arrayContaining([
        'time_end',
        'duration',
        'total_duration',
        'call_status',
        'record_url',
        'is_target',
      ]),
    )
    for (const { value } of endOnly) expect(value(early)).toBeNull()
  })
})

describe('edge cases', () => {
  it('a missed call has no answer, lasted 0 s and waited until its end', () => {
    expect(
      valuesOf(
        event('call-end-missed'),
        'time_start',
        'time_answer',
        'duration',
        'total_duration',
        'wait_duration',
        'is_answered',
      ),
    ).toEqual({
      time_start: '2026-03-14T09:30:02Z',
      time_answer: null,
      duration: 0,
      total_duration: 25,
      wait_duration: 25,
      is_answered: false,
    })
  })

  it('a hidden number is empty, and so are its digits', () => {
    expect(
      valuesOf(event('call-end-anonymous'), 'client_number', 'client_number_digits', 'is_anonymous'),
    ).toEqual({
      client_number: null,
      client_number_digits: null,
      is_anonymous: true,
    })
  })

  it('an operator behind a SIP address has no digits, and an extension keeps its zeros', () => {
    expect(
      valuesOf(
        event('call-end-sip-operator'),
        'manager_number',
        'manager_number_digits',
        'manager_extension',
      ),
    ).toEqual({
      manager_number: 'sip:anna@pbx.example.ru',
      manager_number_digits: null,
      manager_extension: '007',
    })
  })

  it.each([
    ['+79161234567', '79161234567'],
    ['79161234567', null],
    ['101', null],
    ['+', null],
    ['+0123', null],
    ['+1234567890123456', null],
    ['+7 916 123', null],
    ['anna@pbx.example.ru', null],
    ['', null],
  ])('the digits of %j are %j', (number, digits) => {
    expect(valueOf('manager_number_digits', { ...event('call-start'), manager_number: number })).toBe(digits)
  })

  it('a call without a visit has no visit parameters', () => {
    const record = event('call-start-no-visit')
    for (const { group, value } of parameterCatalogue) if (group === 'visit') expect(value(record)).toBeNull()
    expect(valueOf('tags', record)).toBeNull()
  })

  it('a conversation of less than a second lasted 0 s', () => {
    const record = event('call-end-answered')
    const answeredAt = record.time_answer ?? 0
    expect(valueOf('duration', { ...record, time_end: answeredAt })).toBe(0)
    expect(valueOf('duration', { ...record, time_end: answeredAt + 999 })).toBe(0)
    expect(valueOf('duration', { ...record, time_end: answeredAt + 1_000 })).toBe(1)
  })

  it('a start that says nothing of an answer was answered', () => {
    const record = { ...event('call-start-no-visit'), is_answered: null }
    expect(valuesOf(record, 'is_answered', 'time_start', 'wait_duration', 'duration')).toEqual({
      is_answered: true,
      time_start: '2026-03-14T11:00:09Z',
      wait_duration: 9,
      duration: null,
    })
  })

  it('an end that says nothing of an answer leaves open what follows from it', () => {
    const record = { ...event('call-end-missed'), is_answered: null }
    expect(
      valuesOf(record, 'is_answered', 'time_start', 'duration', 'wait_duration', 'total_duration'),
    ).toEqual({
      is_answered: null,
      time_start: null,
      duration: null,
      wait_duration: null,
      total_duration: 25,
    })
    expect(valueOf('duration', { ...event('call-end-answered'), is_answered: null })).toBe(152)
  })

  it.each([-1, -62_135_596_800_000, 253_402_300_800_000])(
    'a time that counts as not known makes no duration: %i',
    (ms) => {
      const record = { ...event('call-end-answered'), time_received: ms, time_answer: ms }
      expect(valuesOf(record, 'duration', 'total_duration')).toEqual({ duration: null, total_duration: null })
      const end = { ...event('call-end-answered'), time_end: ms }
      expect(valuesOf(end, 'duration', 'total_duration')).toEqual({ duration: null, total_duration: null })
    },
  )

  it('clocks that run backwards make no duration', () => {
    const record = { ...event('call-end-answered'), time_end: 1 }
    expect(valuesOf(record, 'duration', 'total_duration')).toEqual({ duration: null, total_duration: null })
  })

  it('an event of a type that is not known has no type to send', () => {
    expect(valueOf('event_type', { ...event('call-end-answered'), event_type: 'unknown' })).toBeNull()
  })
})

describe('any event that the schema allows', () => {
  it('gives each parameter a value of its type, or null', () => {
    fc.assert(
      fc.property(anyEvent, (record) => {
        for (const { name, type, value } of parameterCatalogue)
          expect([name, kindOf(value(record)), type]).toEqual([
            name,
            expect.stringMatching(kindsOfType[type]),
            type,
          ])
      }),
      { numRuns: 60 },
    )
  })
})

const text = /^(null|string)$/
const kindsOfType = {
  id: text,
  word: text,
  text,
  phone: text,
  url: text,
  number: /^(null|number)$/,
  flag: /^(null|boolean)$/,
  time: /^(null|time)$/,
  list: /^(null|list)$/,
}

function kindOf(value: ParameterValue): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return 'kind' in value ? value.kind : 'list'
}

/** Values of the schema's own making, so that a new field is covered without a change here. */
const anyEvent: fc.Arbitrary<CallEventRecord> = fc
  .record(
    Object.fromEntries(readSchema('call-event').fields.map(({ name, type }) => [name, valuesFor(type)])),
  )
  .map((record) => readerType('call-event').clone(record))

function valuesFor(schema: AvroSchema): fc.Arbitrary<unknown> {
  if (schema === 'string') return fc.string({ unit: 'binary' })
  if (schema === 'boolean') return fc.boolean()
  if (schema === 'int') return fc.integer()
  if (schema === 'null') return fc.constant(null)
  if (typeof schema === 'string') throw new Error(`no values for ${schema}`)
  if ('length' in schema) return fc.oneof(...schema.map(valuesFor))
  if (schema.type === 'enum') return fc.constantFrom(...schema.symbols)
  if (schema.type === 'array') return fc.array(valuesFor(schema.items))
  // avsc holds a long for unsafe from 2^53 - 1 on, where JavaScript does from 2^53.
  if (schema.type === 'long') return fc.integer({ min: -(2 ** 53) + 2, max: 2 ** 53 - 2 })
  throw new Error(`no values for a nested ${schema.type}`)
}
