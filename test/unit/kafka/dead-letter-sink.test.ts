import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { createDeadLetterSink } from '../../../src/kafka/dead-letter-sink.ts'
import { createKafkaClient } from '../../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../../src/kafka/record-writer.ts'
import { RecordTooLarge } from '../../../src/kafka/write-faults.ts'
import type { OutgoingRecord } from '../../../src/kafka/record-writer.ts'
import type { DeadLetter, SourceRecord } from '../../../src/ports.ts'

const require = createRequire(import.meta.url)
/** The client's own encoder of records. */
const encode: (record: object) => {
  readonly buffer: Buffer
} = require('kafkajs/src/protocol/recordBatch/record/v0')

/** A topic that takes records up to so many bytes; what it was asked to take stands in `tried`. */
class LimitedWriter extends RecordWriter {
  readonly tried: OutgoingRecord[] = []
  readonly #maxBytes: number
  constructor(maxBytes: number) {
    const kafka = createKafkaClient({ brokers: ['127.0.0.1:1'] })
    super({ kafka, topic: 'letters', lingerMs: 0, maxBatch: 1, observer: { observe() {} } })
    this.#maxBytes = maxBytes
  }
  override write(record: OutgoingRecord): Promise<void> {
    this.tried.push(record)
    const headers = Object.entries(record.headers ?? {}).map(([name, value]) => name.length + value.length)
    const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + headers.reduce((a, b) => a + b, 0)
    return bytes > this.#maxBytes ? Promise.reject(new RecordTooLarge('too large')) : Promise.resolve()
  }
}

const letter = (record: Partial<SourceRecord>): DeadLetter => ({
  record: {
    position: { topic: 'events', partition: 3, offset: 9_007_199_254_740_993n },
    timestampMs: 1_700_000_000_000,
    key: Buffer.from('call'),
    value: Buffer.from([0, 1, 0xff]),
    headers: {},
    ...record,
  },
  reason: 'not_framed',
  detail: 'd'.repeat(1_000),
})

const written = async (maxBytes: number, record: Partial<SourceRecord>): Promise<LimitedWriter> => {
  const writer = new LimitedWriter(maxBytes)
  await createDeadLetterSink(writer).write(letter(record))
  return writer
}

describe('a dead letter', () => {
  it('is the record, with reason and origin beside its own headers', async () => {
    const headers = {
      traceparent: Buffer.from('00-1'),
      twice: [Buffer.from('a'), Buffer.from([0xff])],
      absent: undefined,
      ['__proto__']: Buffer.from('kept'),
    }
    const { tried } = await written(10_000, { headers })
    expect(tried).toHaveLength(1)
    expect(tried[0]).toMatchObject({ key: Buffer.from('call'), value: Buffer.from([0, 1, 0xff]) })
    expect(Object.entries(tried[0]?.headers ?? {})).toEqual([
      ['dead-letter-reason', 'not_framed'],
      ['dead-letter-detail', 'd'.repeat(512)],
      ['dead-letter-topic', 'events'],
      ['dead-letter-partition', '3'],
      ['dead-letter-offset', '9007199254740993'],
      ['dead-letter-timestamp', '1700000000000'],
      ['traceparent', Buffer.from('00-1')],
      ['twice', [Buffer.from('a'), Buffer.from([0xff])]],
      ['absent', ''],
      ['__proto__', Buffer.from('kept')],
      ['dead-letter-null-headers', 'absent'],
    ])
  })

  it('of a record without key and value has neither', async () => {
    const { tried } = await written(10_000, { key: null, value: null })
    expect(tried).toMatchObject([{ key: null, value: null }])
  })

  it.each([
    [600_000, 524_288],
    [100_000, 65_536],
    [10_000, 4_096],
    [2_000, 0],
  ])(
    'refused for its size is cut until it fits: a limit of %i keeps %i bytes',
    async (maxBytes, keptBytes) => {
      const value = Buffer.alloc(700_000, 'event')
      const { tried } = await written(maxBytes, { value })
      const last = tried.at(-1)
      expect(last?.value).toEqual(value.subarray(0, keptBytes))
      expect(last?.headers).toMatchObject({
        'dead-letter-reason': 'not_framed',
        'dead-letter-value-bytes': '700000',
        'dead-letter-value-sha256': createHash('sha256').update(value).digest('hex'),
      })
      expect(last?.headers).not.toHaveProperty('dead-letter-key-bytes')
    },
  )

  it('whose own headers or key are what is too large loses those', async () => {
    const { tried } = await written(5_000, {
      key: Buffer.alloc(50_000, 'k'),
      headers: { large: Buffer.alloc(50_000) },
    })
    expect(tried.at(-1)).toMatchObject({
      key: Buffer.alloc(1_024, 'k'),
      value: Buffer.from([0, 1, 0xff]),
      headers: { 'dead-letter-key-bytes': '50000', 'dead-letter-headers-dropped': '1' },
    })
    expect(tried.at(-1)?.headers).not.toHaveProperty('large')
    // The whole, then the first that leaves something out: no refusal is asked for twice.
    expect(tried).toHaveLength(2)
  })

  it('that no cut can make small enough is an error, as is any other refusal', async () => {
    await expect(written(10, {})).rejects.toBeInstanceOf(RecordTooLarge)
    const broken = new LimitedWriter(10_000)
    broken.write = () => Promise.reject(new Error('stopped'))
    await expect(createDeadLetterSink(broken).write(letter({}))).rejects.toThrow('stopped')
  })
})

describe('a header without a value', () => {
  const record = { key: Buffer.from('call'), value: Buffer.from('event') }

  it.each([null, undefined, 7])('cannot be written by the plain client (%s)', (value) => {
    const typeError = expect.objectContaining({ name: 'TypeError' })
    expect(() => encode({ ...record, headers: { absent: value } })).toThrow(typeError)
    expect(() => encode({ ...record, headers: { absent: ['a', value] } })).toThrow(typeError)
  })

  it('is nothing that a dead letter asks of it', async () => {
    const headers = { absent: undefined, twice: [Buffer.from('a'), Buffer.alloc(0)] }
    const { tried } = await written(10_000, { ...record, headers })
    const bytes = encode({ ...tried[0] }).buffer.toString('latin1')
    for (const text of ['absent', 'dead-letter-null-headers', 'twice', 'call', 'event']) {
      expect(bytes).toContain(text)
    }
  })
})
