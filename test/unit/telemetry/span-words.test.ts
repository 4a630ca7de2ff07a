import { describe, expect, it } from '@jest/globals'
import { endingWordsOf, spanWordsOf } from '../../../src/telemetry/span-words.ts'

const names = { groupId: 'workers', outcomesTopic: 'webhook-outcomes', retryTopicPrefix: 'webhook-retries' }
const timings = { connectMs: 1, firstByteMs: 2, totalMs: 3 }

describe('a piece of work in OpenTelemetry’s words', () => {
  it('is a consumer’s span for a record', () => {
    const source = { topic: 'call-events', partition: 3, offset: 7n }
    expect(spanWordsOf({ kind: 'record', source }, names)).toEqual({
      name: 'process call-events',
      role: 'consumer',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'call-events',
        'messaging.consumer.group.name': 'workers',
        'messaging.destination.partition.id': '3',
        'messaging.kafka.offset': 7,
      },
    })
  })

  it.each([
    ['http://1.2.3.4', '1.2.3.4', 80],
    ['https://crm.example.com', 'crm.example.com', 443],
    ['https://[2001:db8::1]:8443', '[2001:db8::1]', 8_443],
  ])(
    'is a client’s span for an attempt, with the origin of %s and no more of its address',
    (origin, host, port) => {
      expect(spanWordsOf({ kind: 'attempt', method: 'GET', origin, attempt: 3 }, names)).toEqual({
        name: 'GET',
        role: 'client',
        attributes: {
          'http.request.method': 'GET',
          'server.address': host,
          'server.port': port,
          'url.scheme': new URL(origin).protocol.slice(0, -1),
          'http.request.resend_count': 2,
        },
      })
    },
  )

  it('is a producer’s span for what is written', () => {
    expect(spanWordsOf({ kind: 'parking', delayMs: 300_000 }, names)).toMatchObject({
      name: 'send webhook-retries.5m',
      role: 'producer',
    })
    expect(spanWordsOf({ kind: 'outcome', result: 'failed', reason: 'dns' }, names)).toMatchObject({
      name: 'send webhook-outcomes',
      role: 'producer',
      attributes: { 'webhook.result': 'failed', 'webhook.reason': 'dns' },
    })
  })
})

describe('an ending', () => {
  const answered = { kind: 'answered', redirectOrigin: 'https://x.test', retryAfter: null, timings } as const
  it.each([
    [{ kind: 'done' } as const, {}, 'unset'],
    [{ kind: 'failed', reason: 'url_too_long' } as const, { 'error.type': 'url_too_long' }, 'error'],
    [
      {
        kind: 'attempted',
        result: { kind: 'unanswered', failure: 'dns', detail: 'secret', timings },
      } as const,
      { 'error.type': 'dns' },
      'error',
    ],
    [
      { kind: 'attempted', result: { ...answered, statusCode: 204, excerpt: 'secret' } } as const,
      { 'http.response.status_code': 204 },
      'unset',
    ],
    [
      { kind: 'attempted', result: { ...answered, statusCode: 429, excerpt: 'secret' } } as const,
      { 'http.response.status_code': 429, 'error.type': '429' },
      'error',
    ],
  ])('%j holds a code, and nothing that a receiver said', (ending, attributes, status) => {
    expect(endingWordsOf(ending)).toEqual({ attributes, status })
  })
})
