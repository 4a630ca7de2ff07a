// Room for connections: that it is never exceeded, who gets it when it is short, and that nobody is cut for it.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import type { CountedHttpSender, HttpSenderOptions } from '../../../src/http/http-sender.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'
import { until } from '../../harness/until.ts'
import { closedPort, closeHostileServers, post, sendOne, testSender } from './hostile-server.ts'
import type { Sending } from './hostile-server.ts'
import { addressOf, startWideServer } from './wide-server.ts'
import type { WideServer } from './wide-server.ts'

let server: WideServer
let sender: CountedHttpSender
let mostSockets = 0

/** Noted whenever the server sees a connection, so a moment after each was opened. */
const note = (): void => {
  mostSockets = Math.max(mostSockets, sender.counts().sockets)
}

beforeEach(async () => {
  mostSockets = 0
  server = await startWideServer(note)
})

afterEach(async () => {
  await closeHostileServers()
  await server.stop()
})

// Idle connections are kept for longer than any test runs: if one goes, it is for room.
function open(options: Partial<HttpSenderOptions>): void {
  sender = testSender({ connectTimeoutMs: 10_000, keepAliveMs: 120_000, ...options })
}

function send(number: number, target = '/hook', sending: Sending = {}): Promise<AttemptResult> {
  const origin = `http://${addressOf(number)}:${server.port}`
  return sendOne(sender, post(0, { origin, target }), { totalTimeoutMs: 30_000, ...sending })
}

const answered = { kind: 'answered', statusCode: 200, excerpt: 'ok' }
const connectionsTo = (number: number): number => server.connections.get(addressOf(number)) ?? 0
const arrived = (count: number): Promise<void> =>
  until(() => server.arrived.length >= count, `${count} requests`)
/** The client frees a connection one turn after its answer. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('thousands of destinations', () => {
  it('are all reached over 64 connections, and forgotten, without a warning', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    open({ maxConnections: 64 })
    const results = await Promise.all(
      Array.from({ length: 3_000 }, async (_, number) => {
        const result = await send(number)
        note()
        return result
      }),
    )
    expect(results.filter(({ kind }) => kind !== 'answered')).toEqual([])
    expect(mostSockets).toBe(64)
    // The server may see the next connection before it sees the last one's end: each of 64 at most once at a time.
    expect(server.mostOpen()).toBeLessThanOrEqual(128)
    await turn()
    expect(sender.counts()).toMatchObject({ waiting: 0 })
    expect(sender.counts().origins).toBeLessThanOrEqual(64)
    server.closeConnections()
    await until(() => sender.counts().sockets === 0, 'the end of all connections')
    expect(sender.counts()).toEqual({ sockets: 0, origins: 0, waiting: 0 })
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('never wait while fewer requests are under way than connections are allowed', async () => {
    open({ maxConnections: 16 })
    let next = 0
    let slowestMs = 0
    const one = async (): Promise<void> => {
      for (let number = next++; number < 1_000; number = next++) {
        const result = await send(number)
        expect(result).toMatchObject(answered)
        slowestMs = Math.max(slowestMs, result.timings.totalMs)
      }
    }
    await Promise.all(Array.from({ length: 15 }, one))
    expect(mostSockets).toBeLessThanOrEqual(16)
    // An idle connection that stands in the way lasts for 120 s.
    expect(slowestMs).toBeLessThan(5_000)
  })

  it('that cannot be connected to are forgotten as well', async () => {
    open({ maxConnections: 16 })
    const port = await closedPort()
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, number) =>
        sendOne(sender, post(0, { origin: `http://${addressOf(number)}:${port}` }), {
          totalTimeoutMs: 30_000,
        }),
      ),
    )
    for (const result of results) expect(result).toMatchObject({ kind: 'unanswered', failure: 'connect' })
    await turn()
    expect(sender.counts()).toEqual({ sockets: 0, origins: 0, waiting: 0 })
  })

  it.each([
    ['that is no origin', { origin: 'nonsense' }],
    ['to which a header does not belong', { headers: ['a b', 'c'] }],
  ])('or a request %s leave nothing behind', async (_what, more) => {
    open({ maxConnections: 1 })
    const held = send(1, '/hold')
    await arrived(1)
    const refused = Array.from({ length: 5 }, () =>
      sendOne(sender, post(server.port, more), { totalTimeoutMs: 30_000 }),
    )
    server.release()
    for (const result of await Promise.all(refused)) {
      expect(result).toMatchObject({ kind: 'unanswered', failure: 'protocol_error' })
    }
    expect(await held).toMatchObject(answered)
    expect(await send(1)).toMatchObject(answered)
    await turn()
    expect(sender.counts()).toMatchObject({ origins: 1, waiting: 0 })
  })
})

describe('an idle connection', () => {
  it('goes for a request to elsewhere, the one idle for longest first', async () => {
    open({ maxConnections: 3 })
    for (const number of [1, 2, 3, 1, 4]) {
      expect(await send(number)).toMatchObject(answered)
      await turn()
    }
    for (const number of [1, 3, 4]) {
      await send(number)
      await turn()
    }
    expect([1, 2, 3, 4].map(connectionsTo)).toEqual([1, 1, 1, 1])
    await send(2)
    await turn()
    expect([1, 2, 3, 4].map(connectionsTo)).toEqual([1, 2, 1, 1])
  })

  it('goes also where others to the same receiver are busy', async () => {
    open({ maxConnections: 4, connectionsPerOrigin: 4 })
    const held = [1, 2, 3, 4].map(() => send(1, '/hold'))
    await arrived(4)
    server.release()
    await Promise.all(held)
    await turn()
    const busy = send(1, '/hold')
    await arrived(5)
    expect(await send(2)).toMatchObject(answered)
    server.release()
    expect(await busy).toMatchObject(answered)
    expect(connectionsTo(1)).toBe(4)
  })

  it('does not go for another one’s sake: as many are closed as room is needed for', async () => {
    open({ maxConnections: 16 })
    let next = 0
    const one = async (): Promise<void> => {
      for (let number = next++; number < 600; number = next++) await send(number)
    }
    await Promise.all(Array.from({ length: 12 }, one))
    await turn()
    expect(sender.counts()).toEqual({ sockets: 16, origins: 16, waiting: 0 })
  })

  it('does not go where another one has gone already', async () => {
    open({ maxConnections: 2 })
    await send(1)
    await turn()
    await send(2)
    // Its connection is not free yet: the idle one goes, and is still about to when this one becomes free.
    expect(await send(3)).toMatchObject(answered)
    await turn()
    expect(await send(2)).toMatchObject(answered)
    expect([1, 2, 3].map(connectionsTo)).toEqual([1, 1, 1])
  })

  it('that its receiver closed makes room', async () => {
    open({ maxConnections: 2 })
    await send(1)
    await send(2)
    server.closeConnections()
    await until(() => sender.counts().sockets === 0, 'the end of both')
    expect(sender.counts()).toEqual({ sockets: 0, origins: 0, waiting: 0 })
    expect(await send(3)).toMatchObject(answered)
  })
})

describe('a request under way', () => {
  it('is not cut, however many others need room', async () => {
    open({ maxConnections: 4 })
    const held = [1, 2, 3].map((number) => send(number, '/hold'))
    await arrived(3)
    for (let number = 10; number < 210; number += 1) expect(await send(number)).toMatchObject(answered)
    server.release()
    for (const result of await Promise.all(held)) expect(result).toMatchObject(answered)
    expect([1, 2, 3].map(connectionsTo)).toEqual([1, 1, 1])
    expect(mostSockets).toBe(4)
  })
})

describe('a request that finds no room', () => {
  it('gets it in the order in which they came', async () => {
    open({ maxConnections: 1 })
    const results = [send(1, '/hold?first')]
    await arrived(1)
    for (const number of [2, 1, 3, 2]) results.push(send(number, `/hook?${results.length}`))
    expect(sender.counts()).toEqual({ sockets: 1, origins: 3, waiting: 4 })
    server.release()
    for (const result of await Promise.all(results)) expect(result).toMatchObject(answered)
    expect(server.arrived.slice(1)).toEqual([
      `${addressOf(2)}/hook?1`,
      `${addressOf(1)}/hook?2`,
      `${addressOf(3)}/hook?3`,
      `${addressOf(2)}/hook?4`,
    ])
  })

  it('gets the connection of the one before it to the same receiver', async () => {
    open({ maxConnections: 1, connectionsPerOrigin: 4 })
    const results = [send(1, '/hold')]
    await arrived(1)
    results.push(send(1), send(1), send(1))
    server.release()
    for (const result of await Promise.all(results)) expect(result).toMatchObject(answered)
    expect(connectionsTo(1)).toBe(1)
  })

  it('is not kept out by a receiver that is never without requests', async () => {
    open({ maxConnections: 2, connectionsPerOrigin: 8 })
    const stopping = new AbortController()
    const busy = async (): Promise<void> => {
      while (!stopping.signal.aborted) await send(1)
    }
    const load = Array.from({ length: 8 }, busy)
    await arrived(10)
    for (const number of [2, 3, 4]) expect(await send(number)).toMatchObject(answered)
    stopping.abort()
    await Promise.all(load)
    expect(mostSockets).toBeLessThanOrEqual(2)
  })

  it('ends at its deadline, and does not leave afterwards', async () => {
    open({ maxConnections: 1 })
    const held = send(1, '/hold')
    await arrived(1)
    const late = await Promise.all([2, 1].map((number) => send(number, '/late', { totalTimeoutMs: 50 })))
    for (const result of late) {
      expect(result).toMatchObject({
        kind: 'unanswered',
        failure: 'total_timeout',
        timings: { connectMs: null },
      })
    }
    server.release()
    await held
    await send(3)
    await turn()
    expect(server.arrived.map((target) => target.split('/')[1])).toEqual(['hold', 'hook'])
    expect(sender.counts()).toEqual({ sockets: 1, origins: 1, waiting: 0 })
    // Nor was a connection opened for it.
    expect([1, 2, 3].map(connectionsTo)).toEqual([1, 0, 1])
  })

  it('is cut short like any other, and does not leave afterwards', async () => {
    open({ maxConnections: 1 })
    const held = send(1, '/hold')
    await arrived(1)
    const stopping = new AbortController()
    const waiting = send(2, '/cut', { signal: stopping.signal })
    stopping.abort()
    expect(await waiting).toMatchObject({ kind: 'unanswered', failure: 'interrupted' })
    server.release()
    await held
    await send(3)
    expect(server.arrived.map((target) => target.split('/')[1])).toEqual(['hold', 'hook'])
  })

  it('ends when the sender stops', async () => {
    open({ maxConnections: 1 })
    const results = [send(1, '/hold'), send(2), send(1), send(3)]
    await arrived(1)
    await sender.stop()
    for (const result of await Promise.all(results)) expect(result).toMatchObject({ kind: 'unanswered' })
    expect(await send(4)).toMatchObject({ kind: 'unanswered' })
    await until(() => sender.counts().sockets === 0, 'the end of all connections')
    expect(sender.counts()).toEqual({ sockets: 0, origins: 0, waiting: 0 })
  })
})

it.each([1, 2, 3, 8, 40])(
  'whatever receivers do, every request has its result, over at most %d connections',
  async (maxConnections) => {
    open({ maxConnections, connectionsPerOrigin: 3 })
    const random = seededRandom(maxConnections)
    const pick = (count: number): number => Math.floor(random.next() * count)
    const targets = ['/hook', '/hook', '/hook', '/close', '/reset', '/hold', '/cut'] as const
    const one = async (): Promise<void> => {
      for (let count = 0; count < 25; count += 1) {
        const target = targets[pick(targets.length)] ?? '/hook'
        const stopping = new AbortController()
        const sending = target === '/hold' ? { totalTimeoutMs: 20 } : { signal: stopping.signal }
        const result = send(pick(20), target, sending)
        if (target === '/cut') stopping.abort()
        const { kind } = await result
        note()
        if (target === '/hook' || target === '/close') expect(kind).toBe('answered')
        else expect(kind).toBe('unanswered')
      }
    }
    await Promise.all(Array.from({ length: 12 }, one))
    expect(mostSockets).toBeLessThanOrEqual(maxConnections)
    server.closeConnections()
    await until(() => sender.counts().sockets === 0, 'the end of all connections')
    expect(sender.counts()).toEqual({ sockets: 0, origins: 0, waiting: 0 })
  },
)
