import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import type { KafkaMessage } from 'kafkajs'
import { sourceRecordOf } from '../../../src/kafka/source-record.ts'
import { batch, fetchResponse, record as encodedRecord } from './record-set.ts'

const require = createRequire(import.meta.url)
const plain: {
  decode(raw: Buffer): Promise<{ responses: { partitions: { messages: KafkaMessage[] }[] }[] }>
} = require('kafkajs/src/protocol/requests/fetch/v11/response')

const fetched = (fields: object): KafkaMessage => ({
  key: null,
  value: null,
  timestamp: '1700000000000',
  attributes: 0,
  headers: {},
  offset: '9007199254740993',
  ...fields,
})

describe('a small record of a large response', () => {
  const fetchedWithMuch = async (): Promise<{ raw: Buffer; small: KafkaMessage | undefined }> => {
    const headers = [['one', 'h'.repeat(50)]] as const
    const records = [
      encodedRecord({ offsetDelta: 0, key: 'k', value: 'small', headers }),
      encodedRecord({ offsetDelta: 1, value: Buffer.alloc(1_000_000) }),
    ]
    const raw = fetchResponse(batch({ base: 0, lastOffsetDelta: 1, records }))
    const { responses } = await plain.decode(raw)
    return { raw, small: responses[0]?.partitions[0]?.messages[0] }
  }

  it('is a view into it as the plain client hands it out: whoever keeps it keeps a megabyte', async () => {
    const { raw, small } = await fetchedWithMuch()
    expect([small?.key, small?.value, small?.headers?.['one']]).toEqual([
      Buffer.from('k'),
      Buffer.from('small'),
      Buffer.alloc(50, 'h'),
    ])
    for (const bytes of [small?.key, small?.value, small?.headers?.['one']]) {
      expect((bytes as Buffer).buffer).toBe(raw.buffer)
    }
  })

  it('shares nothing with it once it is handed over', async () => {
    const { raw, small } = await fetchedWithMuch()
    if (small === undefined) throw new Error('nothing was fetched')
    const { key, value, headers } = sourceRecordOf('events', 3, small)
    expect(value).toEqual(Buffer.from('small'))
    for (const bytes of [key, value, headers['one']]) {
      expect((bytes as Uint8Array).buffer).not.toBe(raw.buffer)
    }
  })
})

describe('a fetched record', () => {
  it('is copied: keeping it pins no fetch response', () => {
    const response = Buffer.alloc(1_000_000, 'a')
    const header = response.subarray(20, 30)
    const record = sourceRecordOf(
      'events',
      2,
      fetched({
        key: response.subarray(0, 4),
        value: response.subarray(4, 10),
        headers: { one: header, two: [header, header] },
      }),
    )
    response.fill('b')
    expect(record).toMatchObject({
      position: { topic: 'events', partition: 2, offset: 9_007_199_254_740_993n },
      timestampMs: 1_700_000_000_000,
      key: Buffer.from('aaaa'),
      value: Buffer.from('aaaaaa'),
      headers: { one: Buffer.alloc(10, 'a'), two: [Buffer.alloc(10, 'a'), Buffer.alloc(10, 'a')] },
    })
  })

  it('may be a tombstone without a key or headers', () => {
    expect(sourceRecordOf('events', 0, fetched({}))).toMatchObject({ key: null, value: null, headers: {} })
  })

  it('may have headers without a value, alone or among several of one name', () => {
    const headers = { alone: null, several: [null, Buffer.from('a'), null] }
    const record = sourceRecordOf('events', 0, fetched({ headers }))
    expect(Object.entries(record.headers)).toEqual([
      ['alone', undefined],
      ['several', [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(0)]],
    ])
  })

  it('may have headers named like parts of every object', () => {
    const headers = Object.assign(Object.create(null), {
      constructor: Buffer.from('a'),
      toString: Buffer.from('b'),
    })
    Object.defineProperty(headers, '__proto__', { value: Buffer.from('c'), enumerable: true })
    const record = sourceRecordOf('events', 0, fetched({ headers }))
    expect(Object.keys(record.headers).sort()).toEqual(['__proto__', 'constructor', 'toString'])
    expect(Object.getPrototypeOf(record.headers)).toBeNull()
  })
})
