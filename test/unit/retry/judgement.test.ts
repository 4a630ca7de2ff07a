import { describe, expect, it } from '@jest/globals'
import type { TransportFailure } from '../../../src/domain/attempt.ts'
import { judge, type Judgement, type StatusPolicy } from '../../../src/retry/judgement.ts'

const policy: StatusPolicy = {
  retried: ['408', '425', '429', '5xx'],
  mended: ['3xx', '401', '403', '404', '405', '409', '415'],
  quickFailureWithinMs: 1_000,
}

function answered(statusCode: number, totalMs: number, by = policy): Judgement {
  const timings = { connectMs: 0, firstByteMs: 1, totalMs }
  return judge(
    { kind: 'answered', statusCode, redirectOrigin: null, retryAfter: null, excerpt: null, timings },
    by,
  )
}

function unanswered(failure: TransportFailure, totalMs: number): Judgement {
  const timings = { connectMs: null, firstByteMs: null, totalMs }
  return judge({ kind: 'unanswered', failure, detail: '', timings }, policy)
}

const receiver = { reason: 'http_status', faultOwner: 'receiver' }

describe('an answer', () => {
  it.each([200, 201, 202, 204, 206, 226, 299])('%i delivers, however long it took', (status) => {
    expect(answered(status, 0)).toEqual({ kind: 'delivered' })
    expect(answered(status, 60_000)).toEqual({ kind: 'delivered' })
  })

  it.each([300, 301, 302, 303, 304, 307, 308, 399])('%i is a redirect, for the client to mend', (status) => {
    expect(answered(status, 1)).toEqual({ ...receiver, kind: 'mended_by_client', reason: 'redirect' })
  })

  it.each([401, 403, 404, 405, 409, 415])('%i is for the client to mend', (status) => {
    expect(answered(status, 1)).toEqual({ ...receiver, kind: 'mended_by_client' })
  })

  it.each([408, 425, 429, 500, 501, 505, 507, 511, 520, 599])('%i is repeated, but not quickly', (status) => {
    expect(answered(status, 1)).toEqual({ ...receiver, kind: 'retryable', quick: false })
  })

  it.each([502, 503, 504])('%i is repeated quickly where it came within a second', (status) => {
    expect(answered(status, 1_000)).toEqual({ ...receiver, kind: 'retryable', quick: true })
    expect(answered(status, 1_001)).toEqual({ ...receiver, kind: 'retryable', quick: false })
  })

  it.each([400, 402, 406, 410, 413, 422, 451, 499, 101, 199, 600, 999])('%i is final', (status) => {
    expect(answered(status, 1)).toEqual({ ...receiver, kind: 'refused' })
  })

  it('follows the lists that it is given, the one of what is mended first', () => {
    const own = { ...policy, retried: ['4xx', '502'], mended: ['404'] }
    expect(answered(404, 1, own)).toMatchObject({ kind: 'mended_by_client' })
    expect(answered(410, 1, own)).toMatchObject({ kind: 'retryable', quick: false })
    expect(answered(502, 1, own)).toMatchObject({ kind: 'retryable', quick: true })
    expect(answered(503, 1, own)).toMatchObject({ kind: 'refused' })
    expect(answered(301, 1, own)).toMatchObject({ kind: 'refused', reason: 'redirect' })
  })
})

describe('no answer', () => {
  it.each([
    ['connect', 'network', true],
    ['reset', 'receiver', true],
    ['proxy', 'worker', true],
    ['dns', 'network', false],
    ['connect_timeout', 'network', false],
    ['tls', 'receiver', false],
    ['total_timeout', 'receiver', false],
    ['protocol_error', 'receiver', false],
    ['response_too_large', 'receiver', false],
  ] as const)('because of %s is repeated, the fault being of the %s', (reason, faultOwner, quick) => {
    expect(unanswered(reason, 1_000)).toEqual({ kind: 'retryable', quick, reason, faultOwner })
    expect(unanswered(reason, 1_001)).toEqual({ kind: 'retryable', quick: false, reason, faultOwner })
  })

  it('because nothing may be sent there is final, however long it took', () => {
    expect(unanswered('address_denied', 1)).toEqual({ kind: 'blocked' })
    expect(unanswered('address_denied', 60_000)).toEqual({ kind: 'blocked' })
  })

  it('because this process cut it says nothing about the receiver', () => {
    expect(unanswered('interrupted', 1)).toEqual({ kind: 'interrupted' })
  })
})
