// Whatever stands in the topic of states, a worker goes on, and what somebody wanted to hold back is held back.
import { describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import { createPauseSource } from '../../../src/kafka/pause-source.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import type { ReadRecord, TopicReaderSink } from '../../../src/kafka/topic-reader.ts'
import { createValueEncoder } from '../../../src/kafka/value-encoder.ts'
import { WriterSchemas } from '../../../src/kafka/writer-schemas.ts'
import { GivenSchemas } from '../../fakes/given-schemas.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'

const schema = readSchema('webhook-state')
const encode = createValueEncoder(schema, 1)
const known = new GivenSchemas({ 1: { kind: 'avro', type: avro.Type.forSchema(schema) } })
const state = { paused_since: 1, by: 'anna', why: 'they move' }

const record = (key: Uint8Array | string | null, value: Uint8Array | null): ReadRecord => ({
  offset: 1n,
  timestampMs: 0,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: {},
})

async function start(schemas: WriterSchemas = known) {
  let sink: TopicReaderSink | undefined
  const told: string[] = []
  const observer = new RecordingObserver()
  const reader = {
    async start(given: TopicReaderSink) {
      sink = given
    },
    async stop() {},
  }
  const source = createPauseSource({ reader, schema, schemas, observer })
  await source.start({
    started: () => {},
    change: (key, change) => void told.push(`${key} ${change}`),
    position: () => {},
    reset: (partition, reason) => void told.push(`reset ${partition}: ${reason}`),
  })
  if (sink === undefined) throw new Error('the reader was not started')
  return { source, sink, told, observer }
}

describe('the topic of states', () => {
  it('pauses and lifts, and says who and why', async () => {
    const { sink, told, observer } = await start()
    await sink.records(0, [record('all', encode(state)), record('all', null)])
    expect(told).toEqual(['all paused', 'all lifted'])
    expect(observer.of('pause')).toMatchObject([
      { key: 'all', state: 'paused', by: 'anna', why: 'they move' },
      { key: 'all', state: 'lifted', by: null, why: null },
    ])
    expect(observer.of('trouble')).toEqual([])
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('{"paused":false}')],
    ['a schema that nobody knows', Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), Buffer.from('x')])],
    ['bytes that end too soon', encode(state).subarray(0, 8)],
    [
      'a text that claims to be larger than it is',
      Buffer.from([0, 0, 0, 0, 1, 2, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    ],
    ['a megabyte', Buffer.concat([encode(state), new Uint8Array(1_048_576)])],
  ])('pauses by %s too, and tells that it could not be read', async (_what, value) => {
    const { sink, told, observer } = await start()
    await sink.records(0, [record('webhook:w', value)])
    expect(told).toEqual(['webhook:w paused'])
    expect(observer.of('pause')).toMatchObject([{ key: 'webhook:w', by: null }])
    expect(observer.of('trouble')).toMatchObject([{ where: 'pauses' }])
  })

  it('passes over keys that cannot be read, and tells of each', async () => {
    const { sink, told, observer } = await start()
    const keys = [null, new Uint8Array([0xff, 0xfe]), 'x'.repeat(5_000)]
    await sink.records(0, [...keys.map((key) => record(key, encode(state))), record('all', encode(state))])
    expect(told).toEqual(['all paused'])
    expect(observer.of('trouble')).toHaveLength(3)
  })

  it('waits for no registry, and for no more than so many values', async () => {
    const away = new WriterSchemas(
      { url: 'http://127.0.0.1:1', username: '', password: '' },
      { observe() {} },
    )
    const { sink, told, observer, source } = await start(away)
    await sink.records(
      0,
      Array.from({ length: 100 }, (_, index) => record(`webhook:${index}`, encode(state))),
    )
    expect(told).toHaveLength(100)
    expect(observer.of('pause')).toHaveLength(36)
    await source.stop()
    away.stop()
  })
})
