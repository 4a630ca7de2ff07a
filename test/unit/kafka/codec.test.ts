import avro from 'avsc'
import { describe, expect, it } from '@jest/globals'
import {
  createEventDecoder,
  createParkedDecoder,
  createWebhookDecoder,
  ValueDecoder,
} from '../../../src/kafka/codec.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import type { WriterSchema } from '../../../src/kafka/writer-schemas.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'
import type { SourceRecord } from '../../../src/ports.ts'
import { GivenSchemas } from '../../fakes/given-schemas.ts'
import { webhookRecord } from '../../harness/worker-rig.ts'

const { signal } = new AbortController()
const eventSchema = readSchema('call-event')
const eventType = avro.Type.forSchema(eventSchema)
const { end: callEnd } = simulateCall(0, 'acme', 1_700_000_000_000)

const avroSchema = (schema: avro.Schema): WriterSchema => ({
  kind: 'avro',
  type: avro.Type.forSchema(schema),
})

const framed = (schemaId: number, body: Uint8Array): Buffer => {
  const framing = Buffer.alloc(5)
  framing.writeInt32BE(schemaId, 1)
  return Buffer.concat([framing, body])
}

const recordOf = (value: Uint8Array | null): SourceRecord => ({
  position: { topic: 'events', partition: 0, offset: 7n },
  timestampMs: 0,
  key: null,
  value,
  headers: {},
})

const events = createEventDecoder(
  eventSchema,
  new GivenSchemas({
    1: avroSchema(eventSchema),
    2: { kind: 'unsupported_schema_type' },
    3: { kind: 'undecodable', detail: 'invalid default' },
    4: avroSchema({ type: 'record', name: 'Other', fields: [{ name: 'a', type: 'string' }] }),
  }),
)
const decode = (value: Uint8Array | null): unknown => events.decode(recordOf(value), signal)
const event = (fields: object = {}): Buffer => framed(1, eventType.toBuffer({ ...callEnd, ...fields }))

describe('a call event', () => {
  it('comes out as it went in', () => {
    expect(decode(event())).toEqual({ kind: 'event', event: expect.objectContaining(callEnd) })
  })

  it('is read where it lies within a larger buffer', () => {
    const around = Buffer.concat([Buffer.from('before'), event(), Buffer.from('after')])
    const view = new Uint8Array(around.buffer, around.byteOffset + 6, event().length)
    expect(decode(view)).toMatchObject({ kind: 'event', event: { event_id: callEnd.event_id } })
  })

  it.each<[string, Uint8Array | null, string]>([
    ['no value', null, 'empty_value'],
    ['no bytes', Buffer.alloc(0), 'not_framed'],
    ['plain JSON', Buffer.from('{"event_id":"1"}'), 'not_framed'],
    ['another first byte', Buffer.from([1, 0, 0, 0, 1, 2]), 'not_framed'],
    ['half a schema id', Buffer.from([0, 0, 0, 0]), 'not_framed'],
    ['an id that the registry does not have', framed(99, Buffer.from('x')), 'unknown_schema_id'],
    ['a negative id', framed(-1, Buffer.from('x')), 'unknown_schema_id'],
    ['another kind of schema', framed(2, Buffer.from('x')), 'unsupported_schema_type'],
    ['a schema that cannot be built', framed(3, Buffer.from('x')), 'undecodable'],
    ['a schema of something else', framed(4, Buffer.from([2, 0x61])), 'undecodable'],
    ['nothing behind the schema id', framed(1, Buffer.alloc(0)), 'undecodable'],
    ['bytes cut off', event().subarray(0, -1), 'undecodable'],
    ['bytes too many', Buffer.concat([event(), Buffer.from([0])]), 'undecodable'],
    ['an empty event id', event({ event_id: '' }), 'missing_id'],
    ['an empty call id', event({ call_id: '' }), 'missing_id'],
    ['an empty account id', event({ account_id: '' }), 'missing_id'],
  ])('with %s is undecodable, and the reason is told', (_what, value, reason) => {
    expect(decode(value)).toMatchObject({ kind: 'undecodable', reason, detail: expect.any(String) })
  })

  it('of a type that this reader does not know is no error', () => {
    expect(decode(event({ event_type: 'unknown' }))).toEqual({ kind: 'unknown_type' })
  })

  it('whose every truncation is undecodable, and never anything worse', () => {
    const whole = event()
    for (let length = 5; length < whole.length; length += 1) {
      expect(decode(whole.subarray(0, length))).toMatchObject({ kind: 'undecodable', reason: 'undecodable' })
    }
  })

  it('with any one byte changed still ends in an answer', () => {
    const whole = event()
    for (let at = 5; at < whole.length; at += 1) {
      for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(whole)
        changed[at] = value
        expect(decode(changed)).toHaveProperty('kind')
      }
    }
  })
})

describe('a producer with another version of the schema', () => {
  const { fields, ...rest } = JSON.parse(JSON.stringify(eventSchema)) as {
    fields: { name: string; type: unknown }[]
  }
  const withFields = (changed: unknown[]): avro.Type =>
    avro.Type.forSchema({ ...rest, fields: changed } as avro.Schema)
  const read = (writer: avro.Type, value: object): unknown =>
    createEventDecoder(eventSchema, new GivenSchemas({ 5: { kind: 'avro', type: writer } })).decode(
      recordOf(framed(5, writer.toBuffer(value))),
      signal,
    )

  it('may have fields that we do not know, of any kind', () => {
    const more = [
      { name: 'new_text', type: 'string' },
      {
        name: 'new_list',
        type: { type: 'array', items: ['null', 'string', { type: 'map', values: 'double' }] },
      },
      { name: 'new_fixed', type: { type: 'fixed', name: 'Four', size: 4 } },
      { name: 'new_flag', type: 'boolean' },
    ]
    const value = {
      ...callEnd,
      new_text: 'x',
      new_list: [null, { map: { a: 1.5 } }, { string: 'y' }],
      new_fixed: Buffer.alloc(4),
      new_flag: true,
    }
    const writer = withFields([...fields, ...more])
    const wrapped = avro.Type.forSchema(writer.schema(), { wrapUnions: 'never' })
    const plain = { ...value, new_list: [null, { a: 1.5 }, 'y'] }
    expect(read(wrapped, plain)).toMatchObject({ kind: 'event', event: { event_id: callEnd.event_id } })
  })

  it('may lack fields that have a default', () => {
    const writer = withFields(fields.filter(({ name }) => name !== 'tags' && name !== 'city'))
    expect(read(writer, callEnd)).toMatchObject({ kind: 'event', event: { tags: null, city: null } })
  })

  it('may have an event type of its own', () => {
    const own = fields.map((field) =>
      field.name === 'event_type'
        ? {
            ...field,
            type: {
              type: 'enum',
              name: 'EventType',
              symbols: ['unknown', 'call_start', 'call_end', 'call_hold'],
              default: 'unknown',
            },
          }
        : field,
    )
    expect(read(withFields(own), { ...callEnd, event_type: 'call_hold' })).toEqual({ kind: 'unknown_type' })
  })

  it('that lacks an id is undecodable', () => {
    const writer = withFields(fields.filter(({ name }) => name !== 'call_id'))
    expect(read(writer, callEnd)).toMatchObject({ kind: 'undecodable', reason: 'undecodable' })
  })
})

/** An Avro long. */
const long = (value: bigint): number[] => {
  let rest = value < 0n ? -value * 2n - 1n : value * 2n
  const bytes: number[] = []
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}

describe('bytes that claim more than they hold', () => {
  const list: avro.Schema = { type: 'array', items: 'string' }
  const listOf = (body: readonly number[], writer: avro.Schema = list): string[] => {
    const reader: avro.Schema = { type: 'record', name: 'R', fields: [{ name: 'tags', type: list }] }
    const whole: avro.Schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'skipped', type: writer },
        { name: 'tags', type: list },
      ],
    }
    const schemas = new GivenSchemas({ 1: avroSchema(reader), 2: avroSchema(whole) })
    const decoder = new ValueDecoder(reader, schemas)
    const startedAtMs = performance.now()
    const results = [
      decoder.decode(framed(1, Buffer.from(body)), signal),
      // The same where the field is one that the reader passes over.
      decoder.decode(framed(2, Buffer.from([...body, 0])), signal),
    ]
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
    return results.map((result) => ('kind' in result ? result.kind : 'pending'))
  }

  it.each<[string, readonly number[]]>([
    ['an array of 2^31 strings', long(2n ** 31n)],
    ['an array of 2^62 strings', long(2n ** 62n)],
    ['an array of as many strings as a number can count', long(-(2n ** 63n))],
    ['a block of 2^40 items and 8 bytes', [...long(-(2n ** 40n)), ...long(8n)]],
    ['a block of negative size, which would be read for ever', [...long(-1n), ...long(-2n)]],
    ['a string of 2^31 bytes', [...long(1n), ...long(2n ** 31n)]],
    ['a string of negative length', [...long(1n), ...long(-2n)]],
    ['a number without end', Array.from({ length: 64 }, () => 0xff)],
    ['many small blocks that end nowhere', Array.from({ length: 1_000 }, () => 2)],
  ])('%s is undecodable, at once', (_what, body) => {
    expect(listOf(body)).toEqual(['undecodable', 'undecodable'])
  })

  it('as items of no bytes are refused where the reader passes over them', () => {
    expect(listOf(long(2n ** 40n), { type: 'array', items: 'null' })[1]).toBe('undecodable')
  })

  it('may be blocks with sizes, as other writers make them', () => {
    expect(listOf([...long(-2n), ...long(4n), 2, 0x61, 2, 0x62, 0])).toEqual(['value', 'value'])
  })

  it('in a type that contains itself are followed, however deep', () => {
    const chain: avro.Schema = { type: 'record', name: 'C', fields: [{ name: 'next', type: ['null', 'C'] }] }
    const decoder = new ValueDecoder(chain, new GivenSchemas({ 1: avroSchema(chain) }))
    const deep = framed(1, Buffer.from([...Array.from({ length: 200_000 }, () => 2), 0]))
    expect(decoder.decode(deep, signal)).toMatchObject({ kind: 'undecodable' })
    expect(decoder.decode(framed(1, Buffer.from([2, 2, 0])), signal)).toMatchObject({ kind: 'value' })
  })
})

describe('a webhook', () => {
  const schema = readSchema('webhook-config')
  const webhooks = createWebhookDecoder(schema, new GivenSchemas({ 1: avroSchema(schema) }))
  const value = framed(
    1,
    avro.Type.forSchema(schema).toBuffer(webhookRecord({ webhook_id: 'w', account_id: 'a', port: 80 })),
  )

  it('is upserted, deleted, or told to be undecodable, under its key', () => {
    expect(webhooks.decode(Buffer.from('ключ'), value, signal)).toMatchObject({
      kind: 'upsert',
      webhookId: 'ключ',
      config: { webhook_id: 'w' },
    })
    expect(webhooks.decode(Buffer.from('w'), null, signal)).toEqual({ kind: 'tombstone', webhookId: 'w' })
    expect(webhooks.decode(Buffer.from('w'), Buffer.alloc(0), signal)).toMatchObject({
      kind: 'undecodable',
      webhookId: 'w',
      detail: expect.stringContaining('not_framed'),
    })
  })

  it('whose key is not UTF-8 delivers nothing: two such keys may read alike', () => {
    expect(webhooks.decode(Buffer.from([0x77, 0xff]), value, signal)).toMatchObject({ kind: 'undecodable' })
    expect(webhooks.decode(Buffer.from([0xff]), null, signal)).toMatchObject({ kind: 'tombstone' })
  })

  it('whose key begins with a byte order mark is not the webhook without it', () => {
    expect(webhooks.decode(Buffer.from('\uFEFFw'), null, signal)).toEqual({
      kind: 'tombstone',
      webhookId: '\uFEFFw',
    })
  })
})

describe('a parked delivery', () => {
  const schema = readSchema('parked-delivery')
  const parkedType = avro.Type.forSchema(schema)
  const schemas = new GivenSchemas({
    1: avroSchema(eventSchema),
    2: { kind: 'unsupported_schema_type' },
    6: avroSchema(schema),
    // As an older version of the worker would have written it.
    7: avroSchema({ type: 'record', name: 'Older', fields: [{ name: 'event', type: 'bytes' }] }),
  })
  const decoder = createParkedDecoder(schema, schemas, createEventDecoder(eventSchema, schemas))
  const record = {
    event: event(),
    webhook_ids: ['w', 'ключ'],
    replay: 1,
    attempt: 3,
    deferrals: 2,
    parked_times: 5,
    backoff_step: 3,
    event_time: 1_700_000_000_000,
    expires_at: 1_700_000_600_000,
    not_before: null,
    expected_at: 1_700_000_000_500,
    last_reason: 'http_status',
    last_fault_owner: 'receiver',
    last_status_code: 503,
    source_topic: 'call-events',
    source_partition: 3,
    source_offset: 2 ** 40,
  }
  const parked = (fields: object = {}, schemaId = 6): Buffer =>
    framed(schemaId, parkedType.toBuffer({ ...record, ...fields }))
  const decodeParked = async (value: Uint8Array | null, more: Partial<SourceRecord> = {}): Promise<unknown> =>
    decoder.decode({ ...recordOf(value), ...more }, signal)

  it('comes out with its event', async () => {
    expect(await decodeParked(parked())).toEqual({
      kind: 'parked',
      event: expect.objectContaining(callEnd),
      parked: {
        eventBytes: event(),
        callId: callEnd.call_id,
        webhookIds: ['w', 'ключ'],
        replay: 1,
        progress: {
          attempts: 3,
          deferrals: 2,
          parkedTimes: 5,
          backoffStep: 3,
          notBeforeMs: null,
          expectedAtMs: 1_700_000_000_500,
          lastFault: { reason: 'http_status', faultOwner: 'receiver', statusCode: 503 },
        },
        eventTimeMs: 1_700_000_000_000,
        expiresAtMs: 1_700_000_600_000,
        source: { topic: 'call-events', partition: 3, offset: 2n ** 40n },
        trace: null,
      },
    })
  })

  it('has its place in a trace in its headers', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { traceparent: Buffer.from(`00-${traceId}-00f067aa0ba902b7-01`), tracestate: 'a=1' }
    expect(await decodeParked(parked(), { headers })).toMatchObject({
      parked: { trace: { traceId, spanId: '00f067aa0ba902b7', recorded: 'yes', traceState: 'a=1' } },
    })
  })

  it.each<[string, Uint8Array | null, string]>([
    ['no value', null, 'empty_value'],
    ['no framing', Buffer.from('noise'), 'not_framed'],
    ['a schema that nobody knows', parked({}, 99), 'unknown_schema_id'],
    ['a schema that is none of a parked delivery', parked({}, 7), 'undecodable'],
    ['the schema of an event', parked({}, 1), 'undecodable'],
    ['bytes cut off', parked().subarray(0, -1), 'undecodable'],
    ['no webhook', parked({ webhook_ids: [] }), 'missing_id'],
    ['an event without framing', parked({ event: Buffer.from('noise') }), 'not_framed'],
    ['an event of no bytes', parked({ event: Buffer.alloc(0) }), 'not_framed'],
    [
      'an event of a schema that is not Avro',
      parked({ event: framed(2, Buffer.from('x')) }),
      'unsupported_schema_type',
    ],
    ['an event without an id', parked({ event: event({ event_id: '' }) }), 'missing_id'],
    ['an event that is a parked delivery', parked({ event: parked() }), 'undecodable'],
  ])('with %s is undecodable, and the reason is told', async (_what, value, reason) => {
    expect(await decodeParked(value)).toMatchObject({
      kind: 'undecodable',
      reason,
      detail: expect.any(String),
    })
  })

  it('in a batch that could not be taken apart is told as that', async () => {
    expect(await decodeParked(parked(), { undecodableBatch: 'a codec of its own' })).toEqual({
      kind: 'undecodable',
      reason: 'undecodable_batch',
      detail: 'a codec of its own',
    })
  })

  it('with an event of a type that this reader does not know is no error', async () => {
    expect(await decodeParked(parked({ event: event({ event_type: 'unknown' }) }))).toEqual({
      kind: 'unknown_type',
    })
  })

  it('with any one byte changed still ends in an answer', async () => {
    const whole = parked()
    for (let at = 0; at < whole.length; at += 3) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const changed = Buffer.from(whole)
        changed[at] = value
        expect(await decodeParked(changed)).toHaveProperty('kind')
      }
    }
  })
})
