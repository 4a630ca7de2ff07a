import avro from 'avsc'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { untouched } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { ParkedDelivery } from '../../../src/domain/parked-delivery.ts'
import type { ParkedDeliveryRecord } from '../../../src/domain/records.ts'
import {
  chunkOverflowBytes,
  headroomBytes,
  parkedDeliveryOf,
  parkedRecordOf,
} from '../../../src/kafka/parked-record.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { aCallEvent } from '../domain/samples.ts'

const type = avro.Type.forSchema(readSchema('parked-delivery'))
const event = aCallEvent()

const parked: ParkedDelivery = {
  eventBytes: Buffer.from([0, 0, 0, 0, 7, 255]),
  callId: event.call_id,
  webhookIds: ['w' as WebhookId],
  replay: 0,
  progress: untouched,
  eventTimeMs: 1_700_000_000_000,
  expiresAtMs: 1_700_000_600_000,
  source: { topic: 'call-events', partition: 3, offset: 2n ** 53n - 2n },
  trace: null,
}

/** Written, read, and what it is then. */
const again = (given: ParkedDelivery): ParkedDelivery => {
  const bytes = type.toBuffer(parkedRecordOf(given))
  return parkedDeliveryOf(type.fromBuffer(bytes) as ParkedDeliveryRecord, event, null)
}

const plain = ({ eventBytes, ...rest }: ParkedDelivery) => ({ ...rest, eventBytes: [...eventBytes] })

describe('a parked delivery as a record', () => {
  it.each([1, 50, 100, 101, 500])(
    'fits a retry topic with an event and %i webhooks of the longest ids',
    (count) => {
      const eventBytes = Buffer.alloc(1_048_576 - chunkOverflowBytes(count))
      const callId = 'ю'.repeat(1_000) as ParkedDelivery['callId']
      const webhookIds = Array.from({ length: count }, () => 'ю'.repeat(300) as WebhookId)
      const source = { ...parked.source, topic: 't'.repeat(249) }
      const value = type.toBuffer(parkedRecordOf({ ...parked, eventBytes, callId, webhookIds, source }))
      // With the key, and a header that names a webhook.
      const bytes = value.length + Buffer.byteLength(callId) + 600
      expect(bytes).toBeLessThanOrEqual(1_048_576 + headroomBytes - 1_024)
      if (count <= 50) expect(chunkOverflowBytes(count)).toBe(0)
    },
  )

  it('comes out as it went in', () => {
    const progress = {
      attempts: 3,
      deferrals: 90,
      parkedTimes: 93,
      backoffStep: 3,
      notBeforeMs: 1_700_000_000_500,
      expectedAtMs: 1_700_000_000_400,
      lastFault: { reason: 'http_status', faultOwner: 'receiver', statusCode: 503 },
    } as const
    for (const given of [parked, { ...parked, progress, replay: 2 }])
      expect(plain(again(given))).toEqual(plain(given))
  })

  it('comes out so whatever it holds', () => {
    const anyCount = fc.nat(2 ** 31 - 1)
    const anyTime = fc.integer({ min: 0, max: 8_640_000_000_000_000 })
    const anyParked: fc.Arbitrary<ParkedDelivery> = fc.record({
      eventBytes: fc.uint8Array({ maxLength: 64 }),
      callId: fc.constant(event.call_id),
      webhookIds: fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 60 }) as fc.Arbitrary<
        WebhookId[]
      >,
      replay: anyCount,
      progress: fc.record({
        attempts: anyCount,
        deferrals: anyCount,
        parkedTimes: anyCount,
        backoffStep: anyCount,
        notBeforeMs: fc.option(anyTime),
        expectedAtMs: fc.option(anyTime),
        lastFault: fc.option(
          fc.record({
            reason: fc.constantFrom('http_status' as const, 'dns' as const),
            faultOwner: fc.constantFrom('receiver' as const, 'network' as const),
            statusCode: fc.option(fc.integer({ min: 100, max: 999 })),
          }),
        ),
      }),
      eventTimeMs: anyTime,
      expiresAtMs: anyTime,
      source: fc.record({
        topic: fc.string(),
        partition: anyCount,
        offset: fc.bigInt({ min: 0n, max: 2n ** 53n - 2n }),
      }),
      trace: fc.constant(null),
    })
    fc.assert(
      fc.property(anyParked, (given) => expect(plain(again(given))).toEqual(plain(given))),
      { numRuns: 500 },
    )
  })

  it('has its times in whole milliseconds', () => {
    const progress = { ...untouched, notBeforeMs: 1_000.4, expectedAtMs: 1_000.6 }
    const {
      eventTimeMs,
      expiresAtMs,
      progress: read,
    } = again({
      ...parked,
      eventTimeMs: 0.5,
      expiresAtMs: 99.4999,
      progress,
    })
    expect([eventTimeMs, expiresAtMs, read.notBeforeMs, read.expectedAtMs]).toEqual([1, 99, 1_000, 1_001])
  })

  it('says nothing of a last try for which this version has no word', () => {
    const record = { ...parkedRecordOf(parked), last_reason: 'http_status', last_fault_owner: 'receiver' }
    expect(parkedDeliveryOf(record, event, null).progress.lastFault).toMatchObject({ reason: 'http_status' })
    for (const other of [{ last_reason: 'from_tomorrow' }, { last_fault_owner: 'toString' }])
      expect(parkedDeliveryOf({ ...record, ...other }, event, null).progress.lastFault).toBeNull()
  })

  it('holds of a larger buffer only what is the event’s', () => {
    const around = Buffer.from('beforeEVENTafter')
    const view = new Uint8Array(around.buffer, around.byteOffset + 6, 5)
    expect(Buffer.from(again({ ...parked, eventBytes: view }).eventBytes).toString()).toBe('EVENT')
  })

  it('has the call of the event within, not of whoever wrote it', () => {
    expect(parkedDeliveryOf(parkedRecordOf(parked), aCallEvent({ call_id: 'another' }), null).callId).toBe(
      'another',
    )
  })
})
