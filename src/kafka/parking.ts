// Parked deliveries on their way to the retry topics: one writer for each delay, over one connection.
// Invariant: what an event led to stays under its partition's number, so that the worker that has the event's partition
// has what was parked of it too.
import type avro from 'avsc'
import type { Kafka } from 'kafkajs'
import { expectationHeaders } from '../domain/parked-delivery.ts'
import { traceRecordHeaders } from '../domain/trace-context.ts'
import type { Observer, Parking } from '../ports.ts'
import { parkedRecordOf } from './parked-record.ts'
import { ProducerConnection } from './producer-connection.ts'
import { RecordWriter } from './record-writer.ts'
import { createValueEncoder } from './value-encoder.ts'

export interface ParkingOptions {
  readonly kafka: Kafka
  /** The retry topics by their delay in milliseconds. */
  readonly topics: ReadonlyMap<string, number>
  readonly schema: avro.Schema
  /** By topic, the id under which exactly this schema is registered for it. */
  readonly schemaIds: ReadonlyMap<string, number>
  readonly lingerMs: number
  readonly maxBatch: number
  readonly observer: Observer
  /** As for the writer. */
  readonly doubt?: () => Promise<void> | null
}

interface Place {
  readonly topic: string
  readonly writer: RecordWriter
  readonly encode: (value: object) => Buffer
}

/** @throws when a topic is missing or no broker answers. */
export async function startParking(options: ParkingOptions): Promise<Parking> {
  const { kafka, topics, schema, schemaIds, ...writing } = options
  const connection = new ProducerConnection(kafka, [...topics.keys()])
  const places = new Map<number, Place>()
  for (const [topic, delayMs] of topics) {
    const writer = new RecordWriter({ ...writing, topic, kafka: connection })
    const encode = createValueEncoder(schema, schemaIds.get(topic) ?? 0)
    places.set(delayMs, { topic, writer, encode })
  }
  await connection.start()
  return {
    async park(parked, delayMs, giveUp) {
      const place = places.get(delayMs)
      if (place === undefined) throw new RangeError(`there is no retry topic for ${delayMs} ms`)
      const { topic, writer, encode } = place
      // A topic that has fewer partitions than that of events still takes everything.
      const partition = parked.source.partition % writer.partitionCount
      const record = {
        key: Buffer.from(parked.callId),
        value: encode(parkedRecordOf(parked)),
        partition,
        headers: { ...expectationHeaders(parked), ...traceRecordHeaders(parked.trace) },
      }
      return { topic, partition, offset: await writer.append(record, giveUp ?? null) }
    },
    async stop() {
      await Promise.all([...places.values()].map(({ writer }) => writer.stop()))
      await connection.stop()
    },
  }
}
