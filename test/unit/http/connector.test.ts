// Sockets as they are counted: from the attempt to the close, however it ends, and never beyond the room there is.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createConnector } from '../../../src/http/connector.ts'
import { receiverTrusts } from '../../../src/http/receiver-trust.ts'
import { SocketRoom } from '../../../src/http/socket-room.ts'
import { dialOf, noNames } from './dialling.ts'
import { closedPort, closeHostileServers, hostileServer, selfSignedServer } from './hostile-server.ts'

let room: SocketRoom
let sought = 0

beforeEach(() => {
  sought = 0
  room = new SocketRoom(2, () => (sought += 1))
})
afterEach(closeHostileServers)

interface Attempt {
  readonly error: Error | null
  readonly socket: Socket | null
  /** Whether it was told before the connector returned. */
  readonly atOnce: boolean
}

function connectTo(port: number, protocol = 'http:'): Promise<Attempt> {
  const connect = createConnector(
    {
      connectTimeoutMs: 2_000,
      dial: dialOf(noNames, ['127.0.0.0/8']),
      trust: receiverTrusts([]).on,
      maxAnswerBytes: 65_536,
    },
    room,
  )
  const host = `127.0.0.1:${port}`
  return new Promise((resolve) => {
    let atOnce = true
    connect({ hostname: '127.0.0.1', host, protocol, port: String(port) }, (error, socket) =>
      resolve({ error, socket: socket ?? null, atOnce }),
    )
    atOnce = false
  })
}

describe('a socket', () => {
  it('counts from the attempt until it is closed', async () => {
    const { port } = await hostileServer(() => {})
    const attempt = connectTo(port)
    expect(room.taken).toBe(1)
    const { socket } = await attempt
    expect(room.taken).toBe(1)
    socket?.destroy()
    expect(room.taken).toBe(1)
    await once(socket!, 'close')
    expect(room.taken).toBe(0)
  })

  it('counts until its receiver closed it', async () => {
    const { port } = await hostileServer(
      () => {},
      (socket) => socket.end(),
    )
    const { socket } = await connectTo(port)
    socket?.resume()
    await once(socket!, 'close')
    expect(room.taken).toBe(0)
  })

  it.each([
    ['nobody listens', async () => ({ port: await closedPort(), protocol: 'http:' })],
    [
      'nobody vouches for the certificate',
      async () => ({ port: (await selfSignedServer()).port, protocol: 'https:' }),
    ],
    // What Node.js refuses before it tries: the client must hear of it later, not within its own call.
    ['there is no such port', () => Promise.resolve({ port: 65_536, protocol: 'http:' })],
  ])('counts no more when it cannot be opened, because %s', async (_why, target) => {
    const { port, protocol } = await target()
    const attempt = await connectTo(port, protocol)
    expect(attempt).toMatchObject({ error: { code: expect.any(String) }, socket: null, atOnce: false })
    expect(room.taken).toBe(0)
  })

  it('is not opened without room, and then in turn', async () => {
    const server = await hostileServer(() => {})
    const [first, second] = await Promise.all([connectTo(server.port), connectTo(server.port)])
    const order: string[] = []
    const third = connectTo(server.port).then(() => order.push('third'))
    const fourth = connectTo(server.port).then(() => order.push('fourth'))
    expect([sought, room.taken]).toEqual([2, 2])
    first.socket?.destroy()
    await third
    expect(room.taken).toBe(2)
    second.socket?.destroy()
    await fourth
    expect(order).toEqual(['third', 'fourth'])
    expect(room.taken).toBe(2)
  })
})
