// Bytes from strangers: values of all topics that a worker reads, and what stands in commits and answers.
import avro from 'avsc'
import * as fc from 'fast-check'
import { readExpectation } from '../../../src/domain/parked-delivery.ts'
import type { ParkedDeliveryRecord } from '../../../src/domain/records.ts'
import { eventTimeOf } from '../../../src/join/event-time.ts'
import { createEventDecoder, createWebhookDecoder, ValueDecoder } from '../../../src/kafka/codec.ts'
import { parkedFault } from '../../../src/kafka/parked-record.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { decodeMetadata, encodeMetadata } from '../../../src/progress/commit-metadata.ts'
import { OffsetTracker } from '../../../src/progress/offset-tracker.ts'
import { retryAfterMs } from '../../../src/retry/retry-after.ts'
import { GlobalTable } from '../../../src/table/global-table.ts'
import { parameterCatalogue } from '../../../src/domain/parameter-catalogue.ts'
import { GivenSchemas } from '../../fakes/given-schemas.ts'
import { framed, withField } from '../../harness/hostile-records.ts'
import { aWebhook, aWebhookRecord, call } from '../../unit/domain/samples.ts'
import { anyCallEvent } from '../arbitraries.ts'
import { must, mustEqual, fuzzTarget } from './fuzz-target.ts'
import { changedBytes, changedText } from './hostile-inputs.ts'
import { anyHostileRecord, judgeRequest } from './fuzz-webhooks.ts'

const { signal } = new AbortController()
const maxBytes = 1_048_576

const listed = { type: 'array', items: ['null', { type: 'map', values: 'bytes' }] }
const writers = {
  event: avro.Type.forSchema(readSchema('call-event')),
  webhook: avro.Type.forSchema(readSchema('webhook-config')),
  parked: avro.Type.forSchema(readSchema('parked-delivery')),
  wider: avro.Type.forSchema(withField('more', listed), { wrapUnions: 'never' }),
}
const ids = { event: 1, webhook: 2, parked: 3, wider: 4 }
const schemas = new GivenSchemas({
  [ids.event]: { kind: 'avro', type: writers.event },
  [ids.webhook]: { kind: 'avro', type: writers.webhook },
  [ids.parked]: { kind: 'avro', type: writers.parked },
  [ids.wider]: { kind: 'avro', type: writers.wider },
})
const events = createEventDecoder(readSchema('call-event'), schemas, maxBytes)
const webhooks = createWebhookDecoder(readSchema('webhook-config'), schemas)
const parkedValues = new ValueDecoder<ParkedDeliveryRecord>(readSchema('parked-delivery'), schemas, maxBytes)

/** Those of which what was written can be read again: the library's numbers are exact up to half of 2^53. */
const writtenEvents = anyCallEvent.filter((event) => writers.event.isValid(event))
const eventBytes = fc.oneof(
  writtenEvents.map((event) => framed(ids.event, writers.event.toBuffer(event))),
  writtenEvents.map((event) =>
    framed(ids.wider, writers.wider.toBuffer({ ...event, more: [null, { a: Buffer.from([1]) }] })),
  ),
)
const webhookBytes = anyHostileRecord
  .filter((record) => writers.webhook.isValid(record))
  .map((record) => framed(ids.webhook, writers.webhook.toBuffer(record)))
const ownKey = Buffer.from(aWebhookRecord().webhook_id)
const anyKey = fc.oneof({ weight: 4, arbitrary: fc.constant(ownKey) }, changedBytes(fc.constant(ownKey)))
const parkedBytes = eventBytes.map((event) =>
  framed(
    ids.parked,
    writers.parked.toBuffer({
      event,
      webhook_ids: ['w', 'ключ'],
      replay: 0,
      attempt: 1,
      deferrals: 2,
      parked_times: 3,
      backoff_step: 1,
      event_time: 1_700_000_000_000,
      expires_at: 1_700_000_600_000,
      not_before: null,
      expected_at: 1_700_000_000_500,
      source_topic: 'call-events',
      source_partition: 3,
      source_offset: 2 ** 40,
    }),
  ),
)

const parameters = parameterCatalogue.map(({ name }) => call(name))
const receivers = [
  aWebhook({ method: 'GET', parameters }),
  aWebhook({ parameters }),
  aWebhook({ content_type: 'text/xml', parameters, time_zone: 'Europe/Moscow' }),
]
const horizons = { horizonMs: { call_start: 600_000, call_end: 86_400_000 }, toleranceMs: 300_000 }

function judgeEvent(value: Buffer, timestampMs: number): string {
  const position = { topic: 'events', partition: 0, offset: 0n }
  const decoded = events.decode({ position, timestampMs, key: null, value, headers: {} }, signal)
  must(!(decoded instanceof Promise), 'the schemas are known')
  if (decoded.kind === 'undecodable') return decoded.reason
  if (decoded.kind === 'unknown_type') return decoded.kind
  const { event } = decoded
  const { eventTimeMs, expiresAtMs } = eventTimeOf(event, timestampMs, horizons)
  must(Number.isSafeInteger(eventTimeMs) && Number.isSafeInteger(expiresAtMs), 'the times')
  for (const receiver of receivers) judgeRequest(receiver, event)
  return 'event'
}

const anyTimestamp = fc.constantFrom(-1, 0, 1_700_000_000_000, Number(2n ** 63n - 1n), Number(-(2n ** 63n)))

export const recordTargets = [
  fuzzTarget({
    name: 'call events',
    inputs: fc.tuple(changedBytes(eventBytes), anyTimestamp),
    judge: ([value, timestampMs]) => judgeEvent(value, timestampMs),
  }),
  fuzzTarget({
    name: 'webhooks in their topic',
    inputs: fc.tuple(changedBytes(webhookBytes), anyKey),
    judge([value, key]) {
      const change = webhooks.decode(key, value, signal)
      must(!(change instanceof Promise), 'the schemas are known')
      must(change.webhookId.length <= 600, 'the length of an id')
      const table = new GlobalTable()
      table.apply({ topic: 'webhooks', partition: 0, offset: 0n }, change)
      mustEqual(table.size, 1, 'the entries of the table')
      const entry = table.find(change.webhookId)
      return entry?.kind === 'valid' ? judgeRequest(entry.webhook) : change.kind
    },
  }),
  fuzzTarget({
    name: 'parked deliveries',
    inputs: changedBytes(parkedBytes),
    judge(value) {
      const decoded = parkedValues.decode(value, signal)
      must(!(decoded instanceof Promise), 'the schemas are known')
      if (decoded.kind === 'undecodable') return decoded.reason
      if (parkedFault(decoded.value) !== null) return 'no worker’s'
      const { attempt, deferrals, parked_times, backoff_step } = decoded.value
      // Parked once more as it stands, with all that counts counted up.
      const counted = { attempt: attempt + 1, deferrals: deferrals + 1, backoff_step: backoff_step + 1 }
      writers.parked.toBuffer({ ...decoded.value, ...counted, parked_times: parked_times + 1 })
      return `parked ${judgeEvent(Buffer.from(decoded.value.event), 0)}`
    },
  }),
  fuzzTarget({
    name: 'expectations in headers',
    inputs: fc.record({
      'expected-at': changedText(fc.constant('1700000000500')).map((text) => Buffer.from(text)),
      'webhook-id': fc.uint8Array({ maxLength: 20 }),
    }),
    judge(headers) {
      const expected = readExpectation(headers)
      must(expected === null || expected.atMs > 0, 'the time')
      return expected === null ? 'none' : 'expected'
    },
  }),
  fuzzTarget({
    name: 'Retry-After',
    inputs: fc.tuple(
      changedText(
        fc.oneof(
          fc.nat(100_000_000).map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
          fc.constantFrom('Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'),
        ),
      ),
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
    ),
    judge([header, nowMs]) {
      const waitMs = retryAfterMs(header, nowMs)
      if (waitMs === null) return 'nothing'
      must(waitMs > 0 && waitMs <= 366 * 86_400_000, `a wait of ${waitMs} ms`)
      return 'a wait'
    },
  }),
  fuzzTarget({
    name: 'commit metadata',
    inputs: fc.tuple(changedText(anyMetadata()), fc.bigInt({ min: 0n, max: 2n ** 62n })),
    judge([metadata, committed]) {
      const unfinished = decodeMetadata(committed, metadata)
      if (unfinished === null) return 'unreadable'
      const { offsets, end } = unfinished
      must(offsets[0] === committed && (offsets.at(-1) ?? end) < end, 'the first and the last')
      must(
        offsets.every((offset, index) => index === 0 || offset > (offsets[index - 1] ?? offset)),
        'the order',
      )
      const tracker = new OffsetTracker(unfinished)
      must(!tracker.isTaken(committed) && !tracker.isTaken(end), 'what is unfinished')
      must(encodeMetadata(committed, unfinished).length <= 4_096, 'the length')
      return 'read'
    },
  }),
]

function anyMetadata(): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 40 }).map((distances) => {
    const offsets = [0n]
    for (const distance of distances) offsets.push((offsets.at(-1) ?? 0n) + BigInt(distance))
    const end = (offsets.at(-1) ?? 0n) + 7n
    return encodeMetadata(0n, { offsets, end })
  })
}
