// A receiver with one of the behaviours: odd to the odd request, or to the first connection, and sound in all else, so
// that whatever goes wrong afterwards is the sender's doing.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Authority } from '../certificates.ts'
import { readRequests } from '../read-requests.ts'
import type { Behaviour } from './behaviour.ts'
import { answer } from './behaviour.ts'
import { soundTls } from './handshakes.ts'

/** The target of the request that a receiver is odd to. */
export const oddTarget = '/odd?token=s3cret'

export interface HostileReceiver {
  readonly behaviour: Behaviour
  readonly origin: string
  /** Targets of all requests that arrived in full. */
  readonly arrived: readonly string[]
  /** Resolves when the first connection is closed on both sides. */
  readonly firstClosed: Promise<void>
  stop(): void
}

/** All other requests are answered 200, with their target as the body. */
export async function startHostileReceiver(
  behaviour: Behaviour,
  authority: Authority,
): Promise<HostileReceiver> {
  const arrived: string[] = []
  const sockets = new Set<Socket>()
  const serve = (socket: Socket): void => {
    let odd = false
    readRequests(socket, (text) => {
      const [, target = ''] = text.split(' ', 2)
      arrived.push(target)
      // Whoever answers as it likes does so once: what it reads later is not for its ears.
      if (target === oddTarget && !odd) {
        odd = true
        behaviour.respond?.(socket)
      } else socket.write(answer(target))
    })
  }
  const { tls } = behaviour
  const secured =
    tls === undefined ? null : [tlsServer(tls(authority), serve), tlsServer(soundTls(authority), serve)]
  const firstClosed = Promise.withResolvers<void>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (connections === 1) socket.on('close', () => firstClosed.resolve())
    if (connections === 1 && behaviour.accept !== undefined) behaviour.accept(socket, serve)
    else if (secured === null) serve(socket)
    else secured[connections === 1 ? 0 : 1]?.emit('connection', socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    behaviour,
    origin: `${secured === null ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    arrived,
    firstClosed: firstClosed.promise,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Takes its connections from another. */
function tlsServer(options: Parameters<typeof createTlsServer>[0], serve: (socket: Socket) => void): Server {
  return createTlsServer(options, (socket) => {
    socket.on('error', () => {})
    serve(socket)
  }).on('tlsClientError', () => {})
}
