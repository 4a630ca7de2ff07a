// Producers change their schemas without asking the worker: what they write must still be readable.
import { describe, expect, it } from '@jest/globals'

import { type AvroRecord, readSchema, schemaNames } from '../../generated/schema-files.ts'
import { exampleNames, readAs, readerType, readExample, typeOf } from './schema-types.ts'

/** The schema with one more symbol in the enum of that name. */
function withSymbol(schema: AvroRecord, enumName: string, symbol: string): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) =>
    value !== null && value.type === 'enum' && value.name === enumName
      ? { ...value, symbols: [...value.symbols, symbol] }
      : value,
  )
}

function without(schema: AvroRecord, removed: (name: string) => boolean): AvroRecord {
  return { ...schema, fields: schema.fields.filter((field) => !removed(field.name)) }
}

describe('an enum symbol of a later version decodes to unknown', () => {
  it('as the type of an event', () => {
    const writer = typeOf(withSymbol(readSchema('call-event'), 'EventType', 'call_ringing'))
    const event = readExample('call-event', 'call-start')
    const read = readAs('call-event', writer, { ...event, event_type: 'call_ringing' })
    expect(read).toEqual({ ...event, event_type: 'unknown' })
  })

  it.each([
    ['Protocol', 'quic', { protocol: 'quic' }, { protocol: 'unknown' }],
    ['HttpMethod', 'PUT', { method: 'PUT' }, { method: 'unknown' }],
    [
      'EventType',
      'call_ringing',
      { event_types: ['call_end', 'call_ringing'] },
      { event_types: ['call_end', 'unknown'] },
    ],
    ['TlsVerification', 'pinned', { tls_verification: 'pinned' }, { tls_verification: 'unknown' }],
    ['MissingValues', 'dash', { missing_values: 'dash' }, { missing_values: 'unknown' }],
    [
      'AuthenticationType',
      'digest',
      { authentication: { type: 'digest', username: null, password: null, token: null } },
      { authentication: { type: 'unknown', username: null, password: null, token: null } },
    ],
  ])('in a webhook: %s', (enumName, symbol, written, expected) => {
    const writer = typeOf(withSymbol(readSchema('webhook-config'), enumName, symbol))
    const webhook = readExample('webhook-config', 'all-options')
    expect(readAs('webhook-config', writer, { ...webhook, ...written })).toEqual({ ...webhook, ...expected })
  })

  it.each([
    ['OutcomeResult', 'result'],
    ['OutcomeReason', 'reason'],
    ['FaultOwner', 'fault_owner'],
  ])('in an outcome: %s', (enumName, field) => {
    const writer = typeOf(withSymbol(readSchema('webhook-outcome'), enumName, 'brand_new'))
    const outcome = readExample('webhook-outcome', 'retry-scheduled')
    const read = readAs('webhook-outcome', writer, { ...outcome, [field]: 'brand_new' })
    expect(read).toEqual({ ...outcome, [field]: 'unknown' })
  })
})

describe('fields come and go', () => {
  it.each(schemaNames)('%s: a writer without any optional field is read, each taking its default', (name) => {
    const schema = readSchema(name)
    const optional = schema.fields.filter((field) => field.default !== undefined)
    const older = typeOf(without(schema, (field) => optional.some((each) => each.name === field)))
    const [, exampleName] = exampleNames.find(([schemaName]) => schemaName === name) ?? []
    const example = readExample(name, exampleName ?? '')
    const defaults = Object.fromEntries(optional.map((field) => [field.name, field.default]))
    expect(readAs(name, older, example)).toEqual({ ...example, ...defaults })
  })

  it.each(schemaNames)('%s: a field that only the writer knows is passed over', (name) => {
    const schema = readSchema(name)
    const added = { name: 'added_later', type: ['null', 'string'], default: null }
    const newer = typeOf({ ...schema, fields: [added, ...schema.fields] })
    const [, exampleName] = exampleNames.find(([schemaName]) => schemaName === name) ?? []
    const example = readExample(name, exampleName ?? '')
    expect(readAs(name, newer, { ...example, added_later: 'новое' })).toEqual(example)
  })

  it('and a writer that lacks what identifies an event is refused, not guessed', () => {
    const writer = typeOf(without(readSchema('call-event'), (field) => field === 'account_id'))
    expect(() => readerType('call-event').createResolver(writer)).toThrow('account_id')
  })
})
