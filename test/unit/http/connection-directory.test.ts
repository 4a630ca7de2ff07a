// What the client does by itself: it opens another socket for a request whose socket was lost unused. That cannot be
// arranged from outside at will, so these tests stand in its place.
import { afterEach, expect, it } from '@jest/globals'
import { ConnectionDirectory } from '../../../src/http/connection-directory.ts'
import { createConnector } from '../../../src/http/connector.ts'
import { Exchange } from '../../../src/http/exchange.ts'
import { receiverTrusts } from '../../../src/http/receiver-trust.ts'
import type { SocketRoom } from '../../../src/http/socket-room.ts'
import { dialOf, noNames } from './dialling.ts'
import { answer, closeHostileServers, hostileServer } from './hostile-server.ts'

let directory: ConnectionDirectory
let room: SocketRoom

afterEach(async () => {
  await directory.stop()
  await closeHostileServers()
})

function open(maxConnections: number): void {
  directory = new ConnectionDirectory(
    { connectionsPerOrigin: 4, maxConnections, client: { pipelining: 1, allowH2: false } },
    (given) => {
      room = given
      const connector = createConnector(
        {
          connectTimeoutMs: 2_000,
          dial: dialOf(noNames, ['127.0.0.0/8']),
          trust: receiverTrusts([]).on,
          maxAnswerBytes: 65_536,
        },
        given,
      )
      return { on: connector, off: connector }
    },
  )
}

/** Resolves with what kind of result it has. */
function send(port: number): Promise<string> {
  return new Promise((resolve) => {
    const signal = new AbortController().signal
    const bounds = { totalTimeoutMs: 10_000, maxResponseBytes: 1_024, signal, monotonicMs: () => 0 }
    const exchange = new Exchange(bounds, ({ kind }) => resolve(kind))
    directory.dispatch(
      { origin: `http://127.0.0.1:${port}`, tlsVerification: 'on' },
      { path: '/', method: 'GET' },
      exchange,
    )
  })
}

/** As the connector does for a client that lost its socket. */
function seekAsClient(): Promise<void> {
  return new Promise((resolve) => {
    room.seek({
      home: null,
      over: false,
      turn() {
        room.take()
        resolve()
      },
    })
  })
}

it('closes an idle connection for a request that lost its socket', async () => {
  open(1)
  const { port } = await hostileServer((socket) => socket.write(answer()))
  expect(await send(port)).toBe('answered')
  await new Promise((resolve) => setImmediate(resolve))
  await seekAsClient()
  expect(directory.counts()).toEqual({ sockets: 1, origins: 0, waiting: 0 })
})

it('closes a connection that becomes idle for a request that lost its socket, before it serves its own', async () => {
  open(1)
  const held = Promise.withResolvers<() => void>()
  const { port } = await hostileServer((socket, requestNumber) => {
    if (requestNumber > 1) socket.write(answer())
    else held.resolve(() => socket.write(answer()))
  })
  const first = send(port)
  const release = await held.promise
  const lost = seekAsClient()
  const second = send(port)
  expect(directory.counts()).toEqual({ sockets: 1, origins: 1, waiting: 1 })
  release()
  await lost
  expect(directory.counts()).toEqual({ sockets: 1, origins: 1, waiting: 1 })
  room.giveBack()
  expect(await Promise.all([first, second])).toEqual(['answered', 'answered'])
})
