// A compacted topic as its newest value under each key, read without a group and followed.
// Invariants: values of a partition arrive in offset order, and a position is told only when all below it was handed
// over, also where a schema had to be waited for. A key or value that cannot be read is told as trouble, and as no value.
import { isUtf8 } from 'node:buffer'
import type avro from 'avsc'
import type { Observer } from '../ports.ts'
import { ValueDecoder } from './codec.ts'
import type { ReadRecord, TopicReader, TopicReaderSink } from './topic-reader.ts'
import type { WriterSchemas } from './writer-schemas.ts'

export interface FollowedValuesOptions {
  readonly reader: TopicReader
  readonly schema: avro.Schema
  readonly schemas: WriterSchemas
  readonly observer: Observer
  /** For trouble. */
  readonly where: string
}

export interface FollowedValues<Value> {
  start(
    sink: Pick<TopicReaderSink, 'started' | 'position' | 'reset'>,
    tell: (key: string, value: Value | null, offset: bigint) => void,
  ): Promise<void>
  stop(): Promise<void>
}

/** Two ids and some counts. */
const maxValueBytes = 65_536
const maxKeyBytes = 4_096

export function createFollowedValues<Value>(options: FollowedValuesOptions): FollowedValues<Value> {
  const { reader, schema, schemas, observer, where } = options
  const stopping = new AbortController()
  const values = new ValueDecoder<Value>(schema, schemas, maxValueBytes)
  const trouble = (error: string): void => observer.observe({ kind: 'trouble', where, error })

  async function read(value: Buffer | null, offset: bigint): Promise<Value | null> {
    if (value === null) return null
    const decoded = await values.decode(Buffer.from(value), stopping.signal)
    if (decoded.kind === 'value') return decoded.value
    trouble(`the value at offset ${offset} cannot be read: ${decoded.detail}`)
    return null
  }

  async function handOver(
    records: readonly ReadRecord[],
    tell: (key: string, value: Value | null, offset: bigint) => void,
  ): Promise<void> {
    for (const { key, value, offset, undecodableBatch } of records) {
      if (key === null || !isUtf8(key) || key.byteLength > maxKeyBytes)
        trouble(undecodableBatch ?? `no key that could be read at offset ${offset}`)
      else tell(key.toString(), await read(value, offset), offset)
    }
  }

  return {
    start: (sink, tell) =>
      reader.start({
        started: (ends) => sink.started(ends),
        records: (_partition, records) => handOver(records, tell),
        position: (partition, nextOffset, endOffset, askedAtMs) =>
          sink.position(partition, nextOffset, endOffset, askedAtMs),
        troubled: (error) => trouble(error.message),
        reset: (partition, reason) => sink.reset(partition, reason),
      }),
    stop() {
      stopping.abort()
      return reader.stop()
    },
  }
}
