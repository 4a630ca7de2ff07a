// Where deliveries wait: the retry topics on the broker, and the fake that the pipeline's tests run on.
// What was parked and acknowledged stands where the answer says, under the event's partition, and decodes to what it was;
// what was not acknowledged when the parking stopped is rejected.
import { afterEach, describe, expect, it } from '@jest/globals'
import { untouched } from '../../src/domain/delivery.ts'
import type { WebhookId } from '../../src/domain/ids.ts'
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import { createEventDecoder, createParkedDecoder } from '../../src/kafka/codec.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { startParking } from '../../src/kafka/parking.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { retryTopicsFor } from '../../src/kafka/retry-topics.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { createValueEncoder } from '../../src/kafka/value-encoder.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { DecodedParked } from '../../src/domain/decoded.ts'
import type { Parking, SourceRecord } from '../../src/ports.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { callEvent } from '../fakes/call-events.ts'
import { FakeEventDecoder } from '../fakes/fake-event-decoder.ts'
import { FakeEventSource } from '../fakes/fake-event-source.ts'
import { FakeParking, RetryLog } from '../fakes/fake-parking.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'

interface Subject {
  readonly parking: Parking
  /** The bytes of `event` as a producer would write them. */
  readonly eventBytes: Uint8Array
  /** Parking at the same topics whose records are not acknowledged before it stops. */
  deafParking(): Promise<Parking>
  /** As whoever reads the topic gets it. */
  recordAt(place: RecordPosition): Promise<SourceRecord>
  decode(record: SourceRecord): Promise<DecodedParked>
  stop(): Promise<void>
}

const event = callEvent('e', { call_id: 'call ключ' })
const partitions = 4
const { signal } = new AbortController()
const placeText = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}/${offset}`

/** What was read so far, by where it stands. */
class Readable {
  readonly #records = new Map<string, SourceRecord>()

  add(record: SourceRecord): void {
    this.#records.set(placeText(record.position), record)
  }

  async at(place: RecordPosition): Promise<SourceRecord> {
    const key = placeText(place)
    await until(
      () => this.#records.has(key),
      key,
      15_000,
      () => [...this.#records.keys()].join('; '),
    )
    return this.#records.get(key)!
  }
}

async function onTheBroker(): Promise<Subject> {
  const rig = await startWorkerRig({
    RETRY_DELAYS: '5s,30s',
    RETRY_ROOM_DELAYS: 'none',
    TOPICS_EVENTS_PARTITIONS: String(partitions),
  })
  const { registry, topics } = rig.settings
  const observer = new RecordingObserver()
  const client = clientConfigOf(readKafkaAccess(rig.settings), () => () => {})
  const schema = readSchema('parked-delivery')
  const retryTopics = retryTopicsFor(topics.retries.prefix, [5_000, 30_000])
  const schemaIds = new Map<string, number>()
  for (const topic of retryTopics.keys()) schemaIds.set(topic, await registeredIdOf(registry, topic, schema))
  const started: Parking[] = []
  const start = async (lingerMs: number): Promise<Parking> => {
    const kafka = createKafkaClient(client)
    const writing = { kafka, lingerMs, maxBatch: 100, observer }
    const parking = await startParking({ ...writing, topics: retryTopics, schema, schemaIds })
    started.push(parking)
    return parking
  }
  const readable = new Readable()
  const readers = await Promise.all(
    [...retryTopics.keys()].map(async (topic) => {
      const reader = createTopicReader({ client, topic, maxWaitMs: 50, now: () => performance.now() })
      await reader.start({
        started() {},
        records(partition, records) {
          for (const { offset, timestampMs, key, value, headers } of records) {
            readable.add({
              position: { topic, partition, offset },
              timestampMs,
              key: key === null ? null : Buffer.from(key),
              value: value === null ? null : Buffer.from(value),
              headers: headers as SourceRecord['headers'],
            })
          }
        },
        position() {},
        troubled() {},
        reset() {},
      })
      return reader
    }),
  )
  const eventSchema = readSchema('call-event')
  const encode = createValueEncoder(
    eventSchema,
    await registeredIdOf(registry, topics.events.name, eventSchema),
  )
  const schemas = new WriterSchemas(registry, observer)
  const decoder = createParkedDecoder(schema, schemas, createEventDecoder(eventSchema, schemas))
  return {
    parking: await start(0),
    eventBytes: encode(event),
    deafParking: () => start(60_000),
    recordAt: (place) => readable.at(place),
    decode: async (record) => decoder.decode(record, signal),
    async stop() {
      for (const reader of readers) await reader.stop()
      for (const parking of started) await parking.stop()
      schemas.stop()
      await rig.stop()
    },
  }
}

async function byTheFake(): Promise<Subject> {
  const clock = new VirtualClock()
  const source = new FakeEventSource({ clock, partitions, delaysMs: [0, 5_000, 30_000] })
  const log = new RetryLog(source)
  const readable = new Readable()
  await source.start({
    assigned() {},
    revoking: () => Promise.resolve(),
    records(_from, records) {
      for (const record of records) readable.add(record)
      return records.length
    },
    failed() {},
  })
  const events = new FakeEventDecoder()
  events.means('the event', { kind: 'event', event })
  const parking = new FakeParking(log)
  return {
    parking,
    eventBytes: Buffer.from('the event'),
    deafParking() {
      const deaf = new FakeParking(log)
      deaf.hold()
      return Promise.resolve(deaf)
    },
    recordAt: (place) => readable.at(place),
    decode: async (record) => log.decoder(events).decode(record, signal),
    stop: () => parking.stop(),
  }
}

describe.each([
  ['on the broker', onTheBroker],
  ['by the fake', byTheFake],
])('parking %s', (_name, subjectOf) => {
  let subject: Subject | undefined
  afterEach(() => subject?.stop())

  const parkedOf = ({ eventBytes }: Subject, fields: Partial<ParkedDelivery> = {}): ParkedDelivery => ({
    eventBytes,
    callId: event.call_id,
    webhookIds: ['вебхук 1' as WebhookId],
    replay: 0,
    progress: { ...untouched, attempts: 2, deferrals: 1, parkedTimes: 3, backoffStep: 2 },
    eventTimeMs: 1_700_000_000_000,
    expiresAtMs: 1_700_000_600_000,
    source: { topic: 'call-events', partition: 2, offset: 2n ** 40n },
    trace: null,
    ...fields,
  })
  const untilParked = async (parked: ParkedDelivery, delayMs: number) => {
    const place = await subject!.parking.park(parked, delayMs)
    const record = await subject!.recordAt(place)
    return { place, record, decoded: await subject!.decode(record) }
  }
  const plain = ({ eventBytes, ...rest }: ParkedDelivery) => ({
    ...rest,
    event: Buffer.from(eventBytes).toString('hex'),
  })

  it('has written what it acknowledged: under the call, in the event’s partition, decoded to what it was', async () => {
    subject = await subjectOf()
    const parked = parkedOf(subject)
    const { place, record, decoded } = await untilParked(parked, 5_000)
    expect(place.topic).toMatch(/\.5s$/)
    expect(place.partition).toBe(2)
    expect(Buffer.from(record.key ?? []).toString()).toBe('call ключ')
    expect(Object.keys(record.headers)).toEqual([])
    expect(decoded).toMatchObject({ kind: 'parked', event: { event_id: 'e' } })
    if (decoded.kind === 'parked') expect(plain(decoded.parked)).toEqual(plain(parked))
  })

  it('says in headers when there should be room, and at whose receiver', async () => {
    subject = await subjectOf()
    const progress = { ...untouched, parkedTimes: 1, expectedAtMs: 1_700_000_123_456 }
    const { record } = await untilParked(parkedOf(subject, { progress }), 30_000)
    const headers = Object.fromEntries(
      Object.entries(record.headers).map(([name, value]) => [
        name,
        Buffer.from(value as Uint8Array).toString(),
      ]),
    )
    expect(headers).toEqual({ 'expected-at': '1700000123456', 'webhook-id': 'вебхук 1' })
  })

  it('has each where it said, however many are parked at once, in any topic and partition', async () => {
    subject = await subjectOf()
    const { parking } = subject
    const all = Array.from({ length: 60 }, (_, index) =>
      parkedOf(subject!, {
        webhookIds:
          index % 7 === 0 ? (['a', 'b', `w${index}`] as WebhookId[]) : ([`w${index}`] as WebhookId[]),
        source: { topic: 'call-events', partition: index % partitions, offset: BigInt(index) },
      }),
    )
    const delays = [0, 5_000, 30_000]
    const places = await Promise.all(all.map((parked, index) => parking.park(parked, delays[index % 3]!)))
    expect(new Set(places.map(placeText)).size).toBe(60)
    for (const [index, place] of places.entries()) {
      expect(place.topic.endsWith(['.0s', '.5s', '.30s'][index % 3]!)).toBe(true)
      expect(place.partition).toBe(index % partitions)
      const decoded = await subject.decode(await subject.recordAt(place))
      if (decoded.kind !== 'parked') throw new Error(`${decoded.kind} at ${placeText(place)}`)
      expect(plain(decoded.parked)).toEqual(plain(all[index]!))
    }
  })

  it('keeps the order of those that are parked one after the other in one partition', async () => {
    subject = await subjectOf()
    const { parking } = subject
    const parked = parkedOf(subject)
    const places = await Promise.all(Array.from({ length: 20 }, () => parking.park(parked, 5_000)))
    const offsets = places.map(({ offset }) => Number(offset))
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  })

  it('rejects a delay that there is no topic for', async () => {
    subject = await subjectOf()
    await expect(subject.parking.park(parkedOf(subject), 7_000)).rejects.toThrow(/there is no/)
  })

  it('rejects what was not acknowledged when it stopped, and what comes later', async () => {
    subject = await subjectOf()
    const deaf = await subject.deafParking()
    const waiting = [0, 5_000].map((delayMs) => deaf.park(parkedOf(subject!), delayMs))
    const rejected = Promise.all(waiting.map((each) => expect(each).rejects.toThrow(/stopped/)))
    await Promise.all([rejected, deaf.stop()])
    await expect(deaf.park(parkedOf(subject), 5_000)).rejects.toThrow(/stopped/)
  })
})

describe('retry topics with fewer partitions than the events have', () => {
  let subject: Subject | undefined
  afterEach(() => subject?.stop())

  it('take everything all the same', async () => {
    subject = await onTheBroker()
    const { eventBytes, parking } = subject
    const place = await parking.park(
      {
        eventBytes,
        callId: event.call_id,
        webhookIds: ['w' as WebhookId],
        replay: 0,
        progress: untouched,
        eventTimeMs: 1,
        expiresAtMs: 2,
        source: { topic: 'call-events', partition: 11, offset: 5n },
        trace: null,
      },
      5_000,
    )
    expect(place.partition).toBe(3)
    expect(await subject.decode(await subject.recordAt(place))).toMatchObject({
      kind: 'parked',
      parked: { source: { partition: 11 } },
    })
  })
})
