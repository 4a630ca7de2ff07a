import { describe, expect, it } from '@jest/globals'
import type { AttemptResult, TransportFailure } from '../../../src/domain/attempt.ts'
import { endingOf } from '../../../src/pipeline/attempt-ending.ts'
import { judge } from '../../../src/retry/judgement.ts'

const timings = { connectMs: 1, firstByteMs: 2, totalMs: 42 }
const policy = { retried: ['408', '425', '429', '5xx'], mended: ['3xx', '404'], quickFailureWithinMs: 1_000 }

const answer = (statusCode: number): AttemptResult => ({
  kind: 'answered',
  statusCode,
  redirectOrigin: null,
  retryAfter: null,
  excerpt: null,
  timings,
})
const failure = (failure: TransportFailure): AttemptResult => ({
  kind: 'unanswered',
  failure,
  detail: '',
  timings,
})

const ending = (result: AttemptResult, retryAfterMs: number | null, retried = policy.retried) =>
  endingOf(result, judge(result, { ...policy, retried }), retryAfterMs)

describe('an answer', () => {
  it.each([
    [200, 'answered'],
    [299, 'answered'],
    [301, 'answered'],
    [400, 'answered'],
    [404, 'answered'],
    [408, 'failed'],
    [425, 'failed'],
    [429, 'throttled'],
    [500, 'failed'],
    [503, 'failed'],
    [599, 'failed'],
  ] as const)('of %d is of a receiver that %s', (statusCode, kind) => {
    expect(ending(answer(statusCode), null)).toEqual({ kind, latencyMs: 42, retryAfterMs: null })
  })

  it.each([429, 503, 404, 400])('of %d carries what the receiver asked for', (statusCode) => {
    expect(ending(answer(statusCode), 5_000).retryAfterMs).toBe(5_000)
  })

  it('that it delivered pauses nobody', () => {
    expect(ending(answer(200), 5_000).retryAfterMs).toBeNull()
  })

  it('of 429 says that it is too much, also where the operator does not repeat it', () => {
    expect(ending(answer(429), null, ['5xx']).kind).toBe('throttled')
  })

  it('of 500 is a receiver at work where the operator does not repeat it', () => {
    expect(ending(answer(500), null, []).kind).toBe('answered')
  })
})

describe('no answer', () => {
  it.each([
    ['dns', 'unreachable'],
    ['connect', 'unreachable'],
    ['connect_timeout', 'unreachable'],
    ['tls', 'unreachable'],
    ['total_timeout', 'hung'],
    ['reset', 'failed'],
    ['protocol_error', 'failed'],
    ['response_too_large', 'failed'],
    ['proxy', 'none'],
    ['address_denied', 'none'],
    ['interrupted', 'none'],
  ] as const)('for %s is of a receiver that is %s, and pauses nobody', (why, kind) => {
    expect(ending(failure(why), 5_000)).toEqual({ kind, latencyMs: 42, retryAfterMs: null })
  })
})
