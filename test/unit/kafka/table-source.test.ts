import { describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import { createTableSource } from '../../../src/kafka/table-source.ts'
import type { ReadRecord, TopicReaderSink } from '../../../src/kafka/topic-reader.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { WebhookChange } from '../../../src/domain/webhook-change.ts'

const record = (offset: bigint, key: string | null): ReadRecord => ({
  offset,
  timestampMs: 0,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from('v'),
  headers: {},
})

/** A source whose reader is the test, and whose decoder waits where the key says so. */
const start = async () => {
  let sink: TopicReaderSink | undefined
  const told: unknown[] = []
  const troubles: Observation[] = []
  const schema = Promise.withResolvers<void>()
  const signals: AbortSignal[] = []
  const source = createTableSource({
    topic: 'webhooks',
    reader: {
      async start(given) {
        sink = given
      },
      async stop() {
        told.push('reader stopped')
      },
    },
    decoder: {
      decode(key, _value, signal): WebhookChange | Promise<WebhookChange> {
        signals.push(signal)
        const change = { kind: 'tombstone', webhookId: key.toString() as WebhookId } as const
        return key.toString() === 'waits' ? schema.promise.then(() => change) : change
      },
    },
    observer: { observe: (observation) => void troubles.push(observation) },
  })
  await source.start({
    started: (ends) => void told.push(['started', ends]),
    change: ({ partition, offset }, { webhookId }) => void told.push([partition, offset, webhookId]),
    position: (partition, next, end) => void told.push(['position', partition, next, end]),
    reset: (partition, reason) => void told.push(['reset', partition, reason]),
  })
  if (sink === undefined) throw new Error('the reader was not started')
  return { source, sink, told, troubles, schema, signals }
}

describe('the config topic', () => {
  it('is handed over in order, also where a schema has to be waited for, which the reader waits for too', async () => {
    const { sink, told, schema } = await start()
    const handed = Promise.resolve(sink.records(0, [record(1n, 'a'), record(2n, 'waits'), record(3n, 'b')]))
    // That there is more is known before it can be read: a table that waits is one that is behind.
    const behind = ['position', 0, 1n, 4n]
    expect(told).toEqual([behind, [0, 1n, 'a']])
    schema.resolve()
    await handed
    expect(told).toEqual([behind, [0, 1n, 'a'], [0, 2n, 'waits'], [0, 3n, 'b']])
  })

  it('may hold a record without a key: it is told of and passed over', async () => {
    const { sink, told, troubles } = await start()
    await sink.records(0, [record(1n, null), record(2n, 'b')])
    expect(told).toEqual([
      ['position', 0, 1n, 3n],
      [0, 2n, 'b'],
    ])
    expect(troubles).toEqual([{ kind: 'trouble', where: 'table-source', error: 'no key at 0/1' }])
  })

  it('passes on where it begins, how far it is, and what is read anew', async () => {
    const { sink, told } = await start()
    const ends = new Map([[0, 5n]])
    sink.started(ends)
    sink.position(0, 5n, 5n, 1)
    sink.reset(0, 'recreated')
    expect(told).toEqual([
      ['started', ends],
      ['position', 0, 5n, 5n],
      ['reset', 0, 'recreated'],
    ])
  })

  it('tells of a reader that is built anew, and of records that were gone before they were read', async () => {
    const { sink, troubles } = await start()
    sink.troubled(new Error('the connection broke'))
    const fields = { name: 'KafkaJSOffsetOutOfRange', partition: 0 }
    sink.troubled(Object.assign(new Error('out of range'), fields))
    const rebuilt = { kind: 'client_rebuilt', where: 'table-source' }
    const trouble = { kind: 'trouble', where: 'table-source' }
    expect(troubles).toEqual([
      { ...trouble, error: 'the connection broke' },
      rebuilt,
      { ...trouble, error: 'out of range' },
      { kind: 'out_of_range', topic: 'webhooks', partition: 0 },
      rebuilt,
    ])
  })

  it('lets go of what waits for a schema when it stops', async () => {
    const { source, sink, told, signals } = await start()
    void sink.records(0, [record(1n, 'waits')])
    await source.stop()
    expect(signals[0]?.aborted).toBe(true)
    expect(told.at(-1)).toBe('reader stopped')
  })
})
