// Senders: undici against a server on loopback, and the fake that the pipeline's tests run on.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult, HttpRequest } from '../../src/domain/attempt.ts'
import { createHttpSender } from '../../src/http/http-sender.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Answer } from '../../src/local/receiver.ts'
import type { HttpSender } from '../../src/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { FakeHttpSender } from '../fakes/fake-http-sender.ts'
import type { FakeAnswer } from '../fakes/fake-http-sender.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { until } from '../harness/until.ts'
import { loopback } from '../harness/loopback.ts'

interface Subject {
  readonly sender: HttpSender
  readonly origin: string
  /** An origin where nobody listens. */
  readonly deadOrigin: string
  /** An origin to which nothing may be sent, where somebody listens. */
  readonly deniedOrigin: string
  /** What arrived: method, target, `webhook-id` and body. */
  received(): readonly (readonly [string, string, string, string | null])[]
  untilReceived(count: number): Promise<void>
  run<Result>(work: Promise<Result>): Promise<Result>
  stop(): Promise<void>
}

/** By path. */
const script: Readonly<Record<string, FakeAnswer>> = {
  '/ok': { status: 200, body: 'thanks' },
  '/empty': { status: 204 },
  '/moved': { status: 301, location: 'https://new.example.com/path?key=secret' },
  '/busy': { status: 429, retryAfter: '120' },
  '/wordy': { status: 503, retryAfter: `Fri, 31 Dec 1999 23:59:59 GMT ${'x'.repeat(100)}` },
  '/broken': { status: 503, body: 'later' },
  '/reset': { failure: 'reset' },
  '/hang': { hang: true },
}

async function realSubject(): Promise<Subject> {
  const receiver = await startReceiver({
    answer: ({ target }) => answerOf(script[target.split('?')[0] ?? '']),
  })
  const gone = await startReceiver()
  await gone.stop()
  const forbidden = await startReceiver()
  const sender = createHttpSender(
    {
      connectTimeoutMs: 1_000,
      maxResponseBytes: 65_536,
      connectionsPerOrigin: 8,
      keepAliveMs: 1_000,
      allowedAddresses: loopback,
      deniedAddresses: [new URL(forbidden.origin).host],
    },
    systemClock,
  )
  return {
    sender,
    origin: receiver.origin,
    deadOrigin: gone.origin,
    deniedOrigin: forbidden.origin,
    received: () =>
      [...receiver.requests, ...forbidden.requests].map(({ method, target, deliveryId, body }) => [
        method,
        target,
        deliveryId,
        body || null,
      ]),
    untilReceived: (count) => until(() => receiver.requests.length >= count, `${count} requests`),
    run: (work) => work,
    async stop() {
      await sender.stop()
      await receiver.stop()
      await forbidden.stop()
    },
  }
}

function answerOf(answer: FakeAnswer | undefined): Answer {
  if (answer === undefined) return { status: 200 }
  if ('hang' in answer) return () => {}
  if ('failure' in answer) return (response) => response.destroy()
  const { status, body = '', location, retryAfter } = answer
  return (response) => {
    response.writeHead(status, {
      ...(location === undefined ? {} : { location }),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    })
    response.end(body)
  }
}

function fakeSubject(): Promise<Subject> {
  const clock = new VirtualClock()
  const sender = new FakeHttpSender(clock)
  const [origin, deadOrigin, deniedOrigin] = ['http://w.test', 'http://gone.test', 'http://own.test']
  for (const [path, answer] of Object.entries(script)) sender.script(`${origin}${path}`, answer)
  sender.script(`${deadOrigin}/ok`, { failure: 'connect' })
  sender.script(`${deniedOrigin}/ok`, { failure: 'address_denied' })
  return Promise.resolve({
    sender,
    origin,
    deadOrigin,
    deniedOrigin,
    received: () =>
      sender.ledger.map(({ request, deliveryId }) => [
        request.method,
        request.target,
        deliveryId,
        request.body,
      ]),
    untilReceived: () => Promise.resolve(),
    run: (work) => clock.run(work),
    stop: () => sender.stop(),
  })
}

const limits = { connectTimeoutMs: 1_000, totalTimeoutMs: 5_000 }
const never = new AbortController().signal

function request(origin: string, target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    origin,
    tlsVerification: 'on',
    target,
    headers: ['webhook-id', 'd1'],
    body: null,
    ...more,
  }
}

describe.each([
  ['undici', realSubject],
  ['the fake', fakeSubject],
])('sending by %s', (_name, subjectOf) => {
  let subject: Subject | undefined
  afterEach(() => subject?.stop())

  async function send(target: string, more: Partial<HttpRequest> = {}): Promise<AttemptResult> {
    subject = await subjectOf()
    return subject.run(subject.sender.send(request(subject.origin, target, more), limits, never))
  }

  it('carries method, target, headers and body as they are', async () => {
    await send('/ok?a=%2B%20b', { method: 'POST', body: 'привет' })
    expect(subject?.received()).toEqual([['POST', '/ok?a=%2B%20b', 'd1', 'привет']])
  })

  it.each([
    ['/ok', 200, 'thanks'],
    ['/empty', 204, null],
    ['/broken', 503, 'later'],
  ])('tells what %s answered', async (target, statusCode, excerpt) => {
    const result = await send(target)
    expect(result).toMatchObject({ kind: 'answered', statusCode, excerpt, redirectOrigin: null })
    const { connectMs, firstByteMs, totalMs } = result.timings
    expect(connectMs ?? -1).toBeGreaterThanOrEqual(0)
    expect(firstByteMs ?? -1).toBeGreaterThanOrEqual(connectMs ?? 0)
    expect(totalMs).toBeGreaterThanOrEqual(firstByteMs ?? 0)
  })

  it('does not follow a redirect, and tells its origin alone', async () => {
    expect(await send('/moved')).toMatchObject({
      kind: 'answered',
      statusCode: 301,
      redirectOrigin: 'https://new.example.com',
    })
    expect(subject?.received()).toHaveLength(1)
  })

  it.each([
    ['/busy', '120'],
    ['/wordy', `Fri, 31 Dec 1999 23:59:59 GMT ${'x'.repeat(34)}`],
    ['/broken', null],
    ['/ok', null],
  ])('tells when %s asked to be tried again, as it came and cut', async (target, retryAfter) => {
    expect(await send(target)).toMatchObject({ kind: 'answered', retryAfter })
  })

  it('tells of a connection that broke, without a status', async () => {
    expect(await send('/reset')).toMatchObject({ kind: 'unanswered', failure: 'reset' })
  })

  it('tells of an origin where nobody listens', async () => {
    subject = await subjectOf()
    const sent = subject.sender.send(request(subject.deadOrigin, '/ok'), limits, never)
    expect(await subject.run(sent)).toMatchObject({
      kind: 'unanswered',
      failure: 'connect',
      timings: { connectMs: null, firstByteMs: null },
    })
  })

  it('sends nothing to an origin to which it may not', async () => {
    subject = await subjectOf()
    const sent = subject.sender.send(request(subject.deniedOrigin, '/ok'), limits, never)
    expect(await subject.run(sent)).toMatchObject({
      kind: 'unanswered',
      failure: 'address_denied',
      timings: { connectMs: null, firstByteMs: null },
    })
    expect(subject.received()).toEqual([])
  })

  it('waits no longer than it may', async () => {
    subject = await subjectOf()
    const sent = subject.sender.send(
      request(subject.origin, '/hang'),
      { ...limits, totalTimeoutMs: 150 },
      never,
    )
    const result = await subject.run(sent)
    expect(result).toMatchObject({
      kind: 'unanswered',
      failure: 'total_timeout',
      timings: { firstByteMs: null },
    })
    expect(result.timings.totalMs).toBeGreaterThanOrEqual(149)
    expect(result.timings.totalMs).toBeLessThan(limits.totalTimeoutMs)
  })

  it('is cut in the middle of an attempt', async () => {
    subject = await subjectOf()
    const abort = new AbortController()
    const sent = subject.sender.send(request(subject.origin, '/hang'), limits, abort.signal)
    await subject.untilReceived(1)
    abort.abort()
    expect(await subject.run(sent)).toMatchObject({ kind: 'unanswered', failure: 'interrupted' })
  })

  it('sends nothing that was cut before', async () => {
    subject = await subjectOf()
    const sent = subject.sender.send(request(subject.origin, '/ok'), limits, AbortSignal.abort())
    expect(await subject.run(sent)).toMatchObject({ kind: 'unanswered', failure: 'interrupted' })
    await subject.run(subject.sender.send(request(subject.origin, '/empty'), limits, never))
    expect(subject.received().map(([, target]) => target)).not.toContain('/ok')
  })
})
