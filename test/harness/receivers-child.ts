// Many clients' servers in one process of their own, told by their address apart: 127.0.1.1 and so on, on one port, or
// each on a port of its own with TLS. It answers as it is told over the channel to its parent and keeps a ledger.
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { once } from 'node:events'
import { startTcpProxy } from './tcp-proxy.ts'
import type { TcpProxy } from './tcp-proxy.ts'
import type { Arrival, ChildOptions, Command, Manner } from './receivers.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions
const manners = new Map<number, Manner>()
const sockets = new Map<number, Set<Socket>>()
const arrivals: Arrival[] = []
const proxies: TcpProxy[] = []
let everybody: Manner = 'well'

/** By the last byte of its address, or by the name that the client gave: `d7.test`. */
function destinationOf({ headers: { host = '' }, socket }: IncomingMessage): number {
  const byName = /^d(\d+)\./.exec(host)?.[1]
  if (byName !== undefined) return Number(byName)
  const [, , third = '0', fourth = '0'] = (socket.localAddress ?? '').replace('::ffff:', '').split('.')
  return (Number(third) - 1) * 250 + Number(fourth) - 1
}

function handle(destination: number, request: IncomingMessage, response: ServerResponse): void {
  const known = sockets.get(destination) ?? new Set()
  sockets.set(destination, known)
  if (!known.has(request.socket)) request.socket.once('close', () => known.delete(request.socket))
  known.add(request.socket)
  request.resume()
  request.on('end', () => {
    const deliveryId = String(request.headers['webhook-id'] ?? '')
    const attempt = Number(request.headers['webhook-attempt'] ?? 0)
    const sender = request.headers['user-agent'] ?? ''
    const atMs = performance.timeOrigin + performance.now()
    arrivals.push({ destination, deliveryId, attempt, sender, atMs })
    const echo = `${request.url ?? ''} ${request.headers.authorization ?? ''} ${String(request.headers['x-key'])}`
    answer(manners.get(destination) ?? everybody, { deliveryId, attempt, echo }, response)
  })
}

function answer(
  manner: Manner,
  { deliveryId, attempt, echo }: { deliveryId: string; attempt: number; echo: string },
  response: ServerResponse,
): void {
  switch (manner) {
    case 'silent':
      return
    case 'slow':
      setTimeout(() => response.writeHead(200).end(), 9_000)
      return
    case 'failing':
      response.writeHead(503).end()
      return
    case 'well': {
      // One in ten answers 503 once, and repeats what it was sent.
      const isUnlucky = Number.parseInt(deliveryId.slice(-2), 16) < 26
      const fails = options.failsOnce === true && attempt === 1 && isUnlucky
      setTimeout(
        () => response.writeHead(fails ? 503 : 200).end(fails ? echo : undefined),
        options.answerAfterMs,
      )
      return
    }
    case 'gone':
      response.writeHead(200, { connection: 'close' }).end()
  }
}

async function listening(server: Server, host: string): Promise<number> {
  server.listen({ port: 0, host, backlog: options.backlog ?? 4_096 })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const listener: RequestListener = (request, response) => handle(destinationOf(request), request, response)
const ports: number[] = []
if (options.tls === undefined)
  ports.push(await listening(createServer({ keepAliveTimeout: 30_000 }, listener), '0.0.0.0'))
else {
  for (let destination = 0; destination < options.destinations; destination += 1) {
    const server = createTlsServer({ ...options.tls, keepAliveTimeout: 30_000 }, (request, response) =>
      handle(destination, request, response),
    )
    const proxy = await startTcpProxy(`127.0.0.1:${await listening(server, '127.0.0.1')}`)
    proxies.push(proxy)
    ports.push(proxy.port)
  }
}
process.send?.({ kind: 'ports', ports })

process.on('message', (command: Command) => {
  switch (command.kind) {
    case 'behave':
      for (const destination of command.destinations ?? []) {
        manners.set(destination, command.manner)
        if (command.manner === 'gone') for (const socket of sockets.get(destination) ?? []) socket.destroy()
        const proxy = proxies[destination]
        proxy?.become(command.manner === 'silent' ? 'swallow' : 'pass')
        if (command.manner === 'silent') proxy?.cut()
      }
      if (command.destinations === null) everybody = command.manner
      process.send?.({ kind: 'done' })
      return
    case 'collect':
      process.send?.({ kind: 'arrivals', arrivals: arrivals.splice(0) })
  }
})
process.on('disconnect', () => process.exit(0))
