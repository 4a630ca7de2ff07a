// Connections: those that cannot be made, those that are kept, those that must not be used again, and requests
// that wait for one or are cut short.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Dispatcher } from 'undici'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import { Exchange } from '../../../src/http/exchange.ts'
import {
  answer,
  closedPort,
  closeHostileServers,
  hostileServer,
  post,
  selfSignedServer,
  sendOne,
  testSender,
} from './hostile-server.ts'

afterEach(closeHostileServers)

const marginMs = 1_500

describe('a connection that cannot be made', () => {
  it('is refused', async () => {
    const result = await sendOne(testSender(), post(await closedPort()))
    expect(result).toMatchObject({
      kind: 'unanswered',
      failure: 'connect',
      detail: expect.stringContaining('ECONNREFUSED'),
      timings: { connectMs: null, firstByteMs: null },
    })
  })

  it('fails each of many requests that wait for it alike', async () => {
    const [sender, port] = [testSender({ connectionsPerOrigin: 2 }), await closedPort()]
    const results = await Promise.all(Array.from({ length: 100 }, () => sendOne(sender, post(port))))
    const failures = results.map((result) =>
      result.kind === 'unanswered' ? result.failure : result.statusCode,
    )
    expect(new Set(failures)).toEqual(new Set(['connect']))
  })

  it('whose name does not exist is a matter of DNS', async () => {
    const origin = 'http://no-such-host.invalid'
    const result = await sendOne(testSender(), post(1, { origin }), { totalTimeoutMs: 5_000 })
    expect(result).toMatchObject({
      kind: 'unanswered',
      failure: expect.stringMatching(/^(dns|total_timeout)$/),
    })
  })

  it('and whose SYN is never answered ends at the connect timeout', async () => {
    const silent = await silentPort()
    try {
      const startedAtMs = performance.now()
      const result = await sendOne(testSender(), post(silent.port), { totalTimeoutMs: 5_000 })
      expect(result).toMatchObject({
        kind: 'unanswered',
        failure: 'connect_timeout',
        timings: { connectMs: null },
      })
      expect(performance.now() - startedAtMs).toBeLessThan(400 + marginMs)
    } finally {
      silent.stop()
    }
  })

  it('because the TLS handshake never ends, ends at the connect timeout', async () => {
    const { port } = await hostileServer(() => {})
    const origin = `https://127.0.0.1:${port}`
    const startedAtMs = performance.now()
    const result = await sendOne(testSender(), post(port, { origin }), { totalTimeoutMs: 5_000 })
    expect(result).toMatchObject({
      kind: 'unanswered',
      failure: 'connect_timeout',
      timings: { connectMs: null },
    })
    expect(performance.now() - startedAtMs).toBeLessThan(400 + marginMs)
  })

  it('because nobody vouches for the certificate is a matter of TLS, and nothing is sent', async () => {
    const server = await selfSignedServer()
    const origin = `https://127.0.0.1:${server.port}`
    const result = await sendOne(testSender(), post(server.port, { origin }))
    expect(result).toMatchObject({ kind: 'unanswered', failure: 'tls', timings: { connectMs: null } })
    expect(server.connections()).toBe(1)
    expect(server.requests).toEqual([])
  })

  it('because the port speaks plain HTTP is a matter of TLS', async () => {
    const { port } = await hostileServer(
      () => {},
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    const result = await sendOne(testSender(), post(port, { origin: `https://127.0.0.1:${port}` }))
    expect(result).toMatchObject({ kind: 'unanswered', failure: 'tls' })
  })
})

describe('a kept connection', () => {
  it('carries the next request, at no cost', async () => {
    const server = await hostileServer((socket) => socket.write(answer()))
    const sender = testSender()
    const first = await sendOne(sender, post(server.port))
    // The client frees a connection one turn after its answer; at once it would open another.
    await new Promise((resolve) => setImmediate(resolve))
    const second = await sendOne(sender, post(server.port))
    expect(server.connections()).toBe(1)
    expect(first.timings.connectMs).toBeGreaterThan(0)
    expect(second.timings.connectMs).toBeLessThan(50)
    for (const { timings } of [first, second]) {
      expect(timings.firstByteMs).toBeGreaterThanOrEqual(timings.connectMs ?? Number.NaN)
      expect(timings.totalMs).toBeGreaterThanOrEqual(timings.firstByteMs ?? Number.NaN)
    }
  })

  it.each<[string, (socket: Socket) => void]>([
    ['in one packet with the first', (socket) => socket.write(answer('first') + answer('forged'))],
    [
      'while it is idle',
      (socket) => socket.write(answer('first'), () => setImmediate(() => socket.write(answer('forged')))),
    ],
  ])('never gives an unasked answer, sent %s, to the next request', async (_when, misbehave) => {
    const closed = Promise.withResolvers<void>()
    const server = await hostileServer(
      (socket, requestNumber) => (requestNumber === 1 ? misbehave(socket) : socket.write(answer('own'))),
      (socket) => socket.once('close', () => closed.resolve()),
    )
    const sender = testSender({ connectionsPerOrigin: 1 })
    expect(await sendOne(sender, post(server.port))).toMatchObject({ excerpt: 'first' })
    await closed.promise
    expect(await sendOne(sender, post(server.port))).toMatchObject({ excerpt: 'own' })
    expect(server.connections()).toBe(2)
  })

  it('that the receiver closed after its answer is replaced', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await hostileServer(
      (socket) => socket.end(answer()),
      (socket) => socket.once('close', () => closed.resolve()),
    )
    const sender = testSender({ connectionsPerOrigin: 1 })
    await sendOne(sender, post(server.port))
    await closed.promise
    expect(await sendOne(sender, post(server.port))).toMatchObject({ statusCode: 200 })
    expect(server.requests).toHaveLength(2)
  })

  it.each(['GET', 'POST'] as const)(
    'that breaks when it carries a %s is not repeated behind our back',
    async (method) => {
      const server = await hostileServer((socket, requestNumber) =>
        requestNumber === 2 ? socket.resetAndDestroy() : socket.write(answer()),
      )
      const sender = testSender({ connectionsPerOrigin: 1 })
      const request = post(server.port, { method, ...(method === 'GET' ? { body: null, headers: [] } : {}) })
      await sendOne(sender, request)
      expect(await sendOne(sender, request)).toMatchObject({ kind: 'unanswered', failure: 'reset' })
      expect(await sendOne(sender, request)).toMatchObject({ statusCode: 200 })
      expect(server.requests).toHaveLength(3)
    },
  )
})

describe('a request that waits for a connection', () => {
  it('never leaves after its deadline', async () => {
    const held = Promise.withResolvers<Socket>()
    const server = await hostileServer((socket, requestNumber) =>
      requestNumber === 1 ? held.resolve(socket) : socket.write(answer()),
    )
    const sender = testSender({ connectionsPerOrigin: 1 })
    const first = sendOne(sender, post(server.port), { totalTimeoutMs: 10_000 })
    const holding = await held.promise
    const late = await sendOne(sender, post(server.port, { target: '/late' }), { totalTimeoutMs: 100 })
    expect(late).toMatchObject({
      kind: 'unanswered',
      failure: 'total_timeout',
      timings: { connectMs: null, firstByteMs: null },
    })
    holding.write(answer())
    await first
    await sendOne(sender, post(server.port, { target: '/after' }), { totalTimeoutMs: 5_000 })
    expect(server.requests.map((text) => text.split(' ', 2)[1])).toEqual([post(0).target, '/after'])
  })

  it('does not inherit the fate of the one before it', async () => {
    const server = await hostileServer((socket, requestNumber) =>
      requestNumber === 1 ? socket.resetAndDestroy() : socket.write(answer()),
    )
    const sender = testSender({ connectionsPerOrigin: 1 })
    const results = await Promise.all([1, 2, 3].map(() => sendOne(sender, post(server.port))))
    expect(results.map((result) => result.kind)).toEqual(['unanswered', 'answered', 'answered'])
    expect(server.requests).toHaveLength(3)
  })
})

describe('an abort', () => {
  it('ends a request under way as interrupted and lets go of its connection', async () => {
    const closed = Promise.withResolvers<void>()
    const received = Promise.withResolvers<void>()
    const server = await hostileServer(
      () => received.resolve(),
      (socket) => socket.once('close', () => closed.resolve()),
    )
    const stopping = new AbortController()
    const result = sendOne(testSender(), post(server.port), {
      signal: stopping.signal,
      totalTimeoutMs: 10_000,
    })
    await received.promise
    stopping.abort()
    expect(await result).toMatchObject({ kind: 'unanswered', failure: 'interrupted' })
    await closed.promise
  })

  it('keeps a request that has not begun from leaving', async () => {
    const server = await hostileServer((socket) => socket.write(answer()))
    const sender = testSender()
    const startedAtMs = performance.now()
    const result = await sendOne(sender, post(server.port), { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ kind: 'unanswered', failure: 'interrupted', timings: { connectMs: null } })
    expect(performance.now() - startedAtMs).toBeLessThan(900)
    await sendOne(sender, post(server.port, { target: '/next' }))
    expect(server.requests.map((text) => text.split(' ', 2)[1])).toEqual(['/next'])
  })

  it('after the status line arrived leaves the answer what it is', () => {
    const stopping = new AbortController()
    const results: AttemptResult[] = []
    const bounds = { totalTimeoutMs: 10_000, maxResponseBytes: 65_536, signal: stopping.signal }
    const exchange = new Exchange({ ...bounds, monotonicMs: () => 0 }, (result) => results.push(result))
    const controller = fakeController()
    exchange.onRequestStart(controller)
    exchange.onResponseStart(controller, 200, {})
    exchange.onResponseData(controller, Buffer.from('half'))
    stopping.abort()
    expect(results).toMatchObject([{ kind: 'answered', statusCode: 200, excerpt: 'half' }])
    expect(controller.aborted).toBe(true)
  })
})

describe('many exchanges', () => {
  it('leave one listener at most on the signal that they share, no timer and no warning', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const counted = countListeners(new AbortController().signal)
    const server = await hostileServer((socket) => socket.write(answer()))
    const sender = testSender()
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          sendOne(sender, post(server.port), { signal: counted.signal, totalTimeoutMs: 60_000 }),
        ),
      )
    }
    expect(server.requests).toHaveLength(1_000)
    expect(server.connections()).toBeLessThanOrEqual(4)
    expect(counted.listeners()).toBeLessThanOrEqual(1)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(10)
  })

  it('end, each with its own result, when the sender stops under them', async () => {
    const server = await hostileServer(() => {})
    const sender = testSender({ connectionsPerOrigin: 2 })
    const pending = Array.from({ length: 10 }, () =>
      sendOne(sender, post(server.port), { totalTimeoutMs: 10_000 }),
    )
    await sender.stop()
    for (const result of await Promise.all(pending)) expect(result.kind).toBe('unanswered')
    expect(await sendOne(sender, post(server.port))).toMatchObject({ kind: 'unanswered' })
  })
})

function fakeController(): Dispatcher.DispatchController {
  let aborted = false
  return {
    get aborted() {
      return aborted
    },
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort() {
      aborted = true
    },
    pause() {},
    resume() {},
  }
}

/** A signal that counts the listeners it holds. */
function countListeners(signal: AbortSignal): { signal: AbortSignal; listeners(): number } {
  let listeners = 0
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1
    add(...given)
  }
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...given)
  }
  return { signal, listeners: () => listeners }
}

/** A port whose queue of connections is full and whose owner is frozen: the kernel drops every further SYN. */
async function silentPort(): Promise<{ port: number; stop(): void }> {
  const script = `const s = require('node:net').createServer()
    s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))`
  const owner: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (owner.stdout === null) throw new Error('the owner has no output')
  const [line] = await once(owner.stdout, 'data')
  const port = Number(String(line))
  owner.kill('SIGSTOP')
  const fillers = Array.from({ length: 3 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  const queued = fillers.slice(0, 2)
  await Promise.all(queued.map((filler) => once(filler, 'connect')))
  return {
    port,
    stop() {
      for (const filler of fillers) filler.destroy()
      owner.kill('SIGKILL')
    },
  }
}
