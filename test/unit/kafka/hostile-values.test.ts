// Schemas and values that are made to harm who reads them: each ends in an answer, in bounded time. The schemas come
// the way that they do in a worker, from a registry, since building one is a part of the harm that it can do.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import avro from 'avsc'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createEventDecoder,
  createParkedDecoder,
  createWebhookDecoder,
  maxWebhookBytes,
} from '../../../src/kafka/codec.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { WriterSchemas } from '../../../src/kafka/writer-schemas.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'
import type { DecodedEvent } from '../../../src/domain/decoded.ts'
import type { SourceRecord } from '../../../src/ports.ts'
import { framed, multiplyingSchema, withField } from '../../harness/hostile-records.ts'
import { webhookRecord } from '../../harness/worker-rig.ts'

const { signal } = new AbortController()
const eventSchema = readSchema('call-event')
const { end: callEnd } = simulateCall(0, 'acme', 1_700_000_000_000)
const maxEventBytes = 1_048_576

let registry: Server
let schemas: WriterSchemas
const registered: string[] = []
beforeAll(async () => {
  registry = createServer((request, response) => {
    const schema = registered[Number(request.url?.split('/').at(-1)) - 1]
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ schema }))
  })
  registry.listen(0, '127.0.0.1')
  await once(registry, 'listening')
  const address = registry.address()
  if (address === null || typeof address === 'string') throw new Error('the registry has no port')
  const access = { url: `http://127.0.0.1:${address.port}`, username: '', password: '' }
  schemas = new WriterSchemas(access, { observe() {} })
})
afterAll(() => {
  schemas.stop()
  registry.close()
  registry.closeAllConnections()
})

const idOf = (schema: unknown): number =>
  registered.push(typeof schema === 'string' ? schema : JSON.stringify(schema))

const recordOf = (value: Uint8Array): SourceRecord => ({
  position: { topic: 'events', partition: 0, offset: 7n },
  timestampMs: 0,
  key: null,
  value,
  headers: {},
})

/** What becomes of an event, and the milliseconds of computing that it took. */
async function decode(value: Uint8Array): Promise<{ decoded: DecodedEvent; tookMs: number }> {
  const startedAt = process.cpuUsage()
  const decoder = createEventDecoder(eventSchema, schemas, maxEventBytes)
  const decoded = await decoder.decode(recordOf(value), signal)
  const { user, system } = process.cpuUsage(startedAt)
  return { decoded, tookMs: (user + system) / 1_000 }
}

/** Measured 230 ms for the slowest of the schemas, which is read once; four times that on a busy machine. */
const withinMs = 2_000

const long = (value: number): Buffer => avro.Type.forSchema('long').toBuffer(value)
const nest = (depth: number): unknown =>
  JSON.parse(`${'{"type":"array","items":'.repeat(depth)}"null"${'}'.repeat(depth)}`)
const fieldsOf = (count: number, type: unknown): object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}`, type }))
const recordOfFields = (fields: readonly object[]): object => ({ type: 'record', name: 'Wide', fields })

describe('a schema', () => {
  it.each<[string, unknown, Buffer]>([
    ['whose records hold each other 2^30 times', multiplyingSchema(), Buffer.alloc(100)],
    [
      'of a list of 200,000 records of 1,000 nulls each',
      withField('list', { type: 'array', items: recordOfFields(fieldsOf(1_000, 'null')) }),
      Buffer.concat([long(200_000), Buffer.alloc(800_000)]),
    ],
    [
      'that contains itself without an end',
      withField('self', { type: 'record', name: 'Self', fields: [{ name: 'self', type: 'Self' }] }),
      Buffer.alloc(100),
    ],
    ['of 2,000 lists within each other', withField('deep', nest(2_000)), Buffer.alloc(3_000, 2)],
    ['of a million brackets', '['.repeat(1_000_000), Buffer.alloc(100)],
    ['of 10,000 fields', withField('wide', recordOfFields(fieldsOf(10_000, 'string'))), Buffer.alloc(20_000)],
    [
      'of 2,000 branches',
      withField(
        'u',
        fieldsOf(2_000, 1).map((_, size) => ({ type: 'fixed', name: `F${size}`, size: 1 })),
      ),
      Buffer.alloc(100),
    ],
    ['of 2^31 bytes', withField('f', { type: 'fixed', name: 'F', size: 2 ** 31 }), Buffer.alloc(100)],
    ['of nothing', withField('u', []), Buffer.alloc(100)],
    ['with a name that nobody gave', withField('x', 'constructor'), Buffer.alloc(100)],
    ['that is the name of a prototype', '"__proto__"', Buffer.alloc(100)],
  ])('%s is answered in time', async (_what, schema, body) => {
    const { decoded, tookMs } = await decode(framed(idOf(schema), body))
    expect(decoded.kind).toBe('undecodable')
    expect(tookMs).toBeLessThan(withinMs)
  })

  it.each([
    ['more', 'event'],
    ['prototype', 'event'],
    // The Avro library takes what objects inherit for fields of the reader's: such an event is a dead letter.
    ['__proto__', 'undecodable'],
    ['constructor', 'undecodable'],
    ['toString', 'undecodable'],
  ])('that has a field %s, with a default of 5 MB, harms nothing', async (name, kind) => {
    const schema = withField(name, 'string') as unknown as { fields: object[] }
    Object.assign(schema.fields[0] ?? {}, { default: 'x'.repeat(5_000_000) })
    const body = Buffer.concat([Buffer.from([0]), avro.Type.forSchema(eventSchema).toBuffer(callEnd)])
    const { decoded, tookMs } = await decode(framed(idOf(schema), body))
    expect(decoded.kind).toBe(kind)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(tookMs).toBeLessThan(withinMs)
  })

  it('that has types named like prototypes changes nothing but what it describes', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'valueOf']) {
      const type = { type: 'record', name, fields: [{ name: 'a', type: 'string' }] }
      const body = Buffer.concat([Buffer.from([0]), avro.Type.forSchema(eventSchema).toBuffer(callEnd)])
      const { decoded } = await decode(framed(idOf(withField('more', type)), body))
      expect([name, decoded.kind]).toEqual([name, 'event'])
    }
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('an event', () => {
  const id = (): number => idOf(eventSchema)
  const written = (fields: object): Buffer =>
    framed(id(), avro.Type.forSchema(eventSchema).toBuffer({ ...callEnd, ...fields }))

  it('that is larger than what could be parked is not looked at', async () => {
    const room = maxEventBytes - written({ utm_content: '' }).length
    // The text's own length takes two bytes more than that of an empty one.
    const fits = written({ utm_content: 'x'.repeat(room - 3) })
    expect(fits.length).toBeLessThanOrEqual(maxEventBytes)
    expect((await decode(fits)).decoded.kind).toBe('event')
    const { decoded } = await decode(written({ utm_content: 'x'.repeat(room + 1) }))
    expect(decoded).toMatchObject({ reason: 'too_large', detail: expect.stringMatching(/^104\d{4} bytes/) })
  })

  it.each(['event_id', 'call_id', 'account_id'])('has a %s that an outcome can repeat', async (name) => {
    expect((await decode(written({ [name]: 'i'.repeat(1_000) }))).decoded.kind).toBe('event')
    expect((await decode(written({ [name]: 'i'.repeat(1_001) }))).decoded).toEqual({
      kind: 'undecodable',
      reason: 'id_too_long',
      detail: `${name} has 1001 characters; at most 1000 are read`,
    })
  })

  it('of a million empty tags is read in time', async () => {
    const { decoded, tookMs } = await decode(written({ tags: Array.from({ length: 1_000_000 }, () => '') }))
    expect(decoded.kind).toBe('event')
    expect(tookMs).toBeLessThan(withinMs)
  })
})

describe('a webhook', () => {
  const schema = readSchema('webhook-config')
  const config = webhookRecord({ webhook_id: 'w', account_id: 'a', port: 80 })
  const decodeWebhook = (key: Buffer, fields: object | null) => {
    const type = avro.Type.forSchema(schema)
    const value = fields === null ? null : framed(idOf(schema), type.toBuffer({ ...config, ...fields }))
    return createWebhookDecoder(schema, schemas).decode(key, value, signal)
  }

  it('that is larger than any valid one is not looked at', async () => {
    const change = await decodeWebhook(Buffer.from('w'), { path: 'p'.repeat(maxWebhookBytes) })
    expect(change).toMatchObject({ kind: 'undecodable', detail: expect.stringContaining('too_large') })
  })

  it('whose key is longer than any id has an id that an outcome can repeat, and is deleted under it', async () => {
    const key = Buffer.from('к'.repeat(301))
    const { webhookId, kind } = await decodeWebhook(key, {})
    expect(kind).toBe('upsert')
    expect(webhookId).toMatch(/^к{32}… \(602 bytes, sha256 [0-9a-f]{64}\)$/)
    expect(await decodeWebhook(key, null)).toEqual({ kind: 'tombstone', webhookId })
    expect((await decodeWebhook(Buffer.from(`${key.toString()}x`), {})).webhookId).not.toBe(webhookId)
    expect((await decodeWebhook(Buffer.from('к'.repeat(300)), {})).webhookId).toBe('к'.repeat(300))
  })
})

describe('a parked delivery', () => {
  const schema = readSchema('parked-delivery')
  const event = (): Buffer => framed(idOf(eventSchema), avro.Type.forSchema(eventSchema).toBuffer(callEnd))
  const parked = (fields: object): Buffer =>
    framed(
      idOf(schema),
      avro.Type.forSchema(schema).toBuffer({
        event: event(),
        webhook_ids: ['w'],
        replay: 0,
        attempt: 1,
        deferrals: 0,
        parked_times: 1,
        backoff_step: 1,
        event_time: 1_700_000_000_000,
        expires_at: 1_700_000_600_000,
        not_before: null,
        expected_at: null,
        source_topic: 'call-events',
        source_partition: 3,
        source_offset: 7,
        ...fields,
      }),
    )
  const decodeParked = async (fields: object) => {
    const events = createEventDecoder(eventSchema, schemas, maxEventBytes)
    const decoder = createParkedDecoder(schema, schemas, events, maxEventBytes)
    return decoder.decode(recordOf(parked(fields)), signal)
  }

  it('that no worker wrote is undecodable, and the reason names the field', async () => {
    expect((await decodeParked({})).kind).toBe('parked')
    for (const [name, value] of [
      ['attempt', -1],
      ['attempt', 2 ** 31 - 1],
      ['deferrals', 2 ** 31 - 1],
      ['parked_times', 2 ** 31 - 1],
      ['backoff_step', -(2 ** 31)],
      ['replay', -1],
      ['source_partition', -1],
      ['source_offset', -1],
      ['event_time', 8.7e15],
      ['expires_at', 8.7e15],
      ['not_before', 8.7e15],
      ['expected_at', 8.7e15],
      ['webhook_ids', Array.from({ length: 1_001 }, () => 'w')],
      ['webhook_ids', ['w'.repeat(1_001)]],
    ] as const) {
      const decoded = await decodeParked({ [name]: value })
      expect(decoded).toMatchObject({ reason: 'undecodable', detail: expect.stringContaining(name) })
    }
  })

  it('that is larger than what is parked is not looked at', async () => {
    const webhook_ids = Array.from({ length: 200 }, () => 'w'.repeat(6_000))
    expect(await decodeParked({ webhook_ids })).toMatchObject({ reason: 'too_large' })
  })
})
