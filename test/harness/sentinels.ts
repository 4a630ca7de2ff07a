// Listeners on loopback that nobody may reach: they count who came all the same.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

export interface Sentinels {
  /** One port on all of them. */
  readonly port: number
  /** Connections so far, whatever became of them. */
  visits(): number
  stop(): Promise<void>
}

/** `addresses`: all on one port, as far as this machine has them. */
export async function startSentinels(addresses: readonly string[]): Promise<Sentinels> {
  let visits = 0
  const servers: Server[] = []
  const listen = async (address: string, port: number): Promise<number> => {
    const server = createServer((socket) => {
      visits += 1
      socket.destroy()
    })
    server.listen({ host: address, port, ipv6Only: true })
    await once(server, 'listening')
    servers.push(server)
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('the sentinel has no port')
    return bound.port
  }
  const close = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')))
  }
  const listenOnAll = async (): Promise<number> => {
    const [first = '127.0.0.1', ...others] = addresses
    const port = await listen(first, 0)
    for (const address of others) {
      try {
        await listen(address, port)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // On a machine without that address nobody can be reached there.
        if (code === 'EADDRNOTAVAIL') continue
        if (code !== 'EADDRINUSE') throw error
        // Free on the first address alone: another port has to do.
        await close()
        return listenOnAll()
      }
    }
    return port
  }
  const port = await listenOnAll()
  return {
    port,
    visits: () => visits,
    stop: close,
  }
}
