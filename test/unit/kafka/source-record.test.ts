import { describe, expect, it } from '@jest/globals'
import type { KafkaMessage } from 'kafkajs'
import { sourceRecordOf } from '../../../src/kafka/source-record.ts'

const fetched = (fields: object): KafkaMessage => ({
  key: null,
  value: null,
  timestamp: '1700000000000',
  attributes: 0,
  headers: {},
  offset: '9007199254740993',
  ...fields,
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
