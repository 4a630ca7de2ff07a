// A receiver at every address of 127.0.0.0/8: as many destinations as a test wants, behind one listener.
// `/hold` answers when it is released, `/reset` breaks off, `/close` answers and closes; all else answers at once.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WideServer {
  readonly port: number
  /** Targets that arrived, with the address they arrived at, in order: `127.0.0.1/hook`. */
  readonly arrived: readonly string[]
  /** Connections so far, by the address that they came to. */
  readonly connections: ReadonlyMap<string, number>
  /** Connections open at once, at most so far. */
  mostOpen(): number
  /** Answers what is held, in the order in which it came, or what is held at one address. */
  release(address?: string): void
  /** Closes what is open, as a receiver that is restarted. */
  closeConnections(): void
  stop(): Promise<void>
}

/** `onConnection`: called for every connection, also before it is counted as open. */
export async function startWideServer(onConnection: () => void = () => {}): Promise<WideServer> {
  const arrived: string[] = []
  const connections = new Map<string, number>()
  let held: { readonly address: string; readonly response: ServerResponse }[] = []
  let [open, mostOpen] = [0, 0]
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const address = request.socket.localAddress ?? ''
    arrived.push(`${address}${request.url}`)
    const [path] = (request.url ?? '').split('?')
    if (path === '/hold') held.push({ address, response })
    else if (path === '/reset') response.destroy()
    else if (path === '/close') response.writeHead(200, { connection: 'close' }).end('ok')
    else response.end('ok')
  })
  server.on('connection', (socket) => {
    onConnection()
    open += 1
    mostOpen = Math.max(mostOpen, open)
    const address = socket.localAddress ?? ''
    connections.set(address, (connections.get(address) ?? 0) + 1)
    socket.on('close', () => (open -= 1))
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    connections,
    mostOpen: () => mostOpen,
    release(address) {
      const released = held.filter((one) => address === undefined || one.address === address)
      held = held.filter((one) => !released.includes(one))
      for (const { response } of released) response.end('ok')
    },
    closeConnections: () => server.closeAllConnections(),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The address with this number, from 127.0.0.1 on. */
export function addressOf(number: number): string {
  const host = number + 1
  return `127.${host >> 16}.${(host >> 8) & 255}.${host & 255}`
}
