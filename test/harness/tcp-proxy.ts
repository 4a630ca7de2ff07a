// A bad network on loopback: stands before a broker or a registry and, when told so, cuts what is open, refuses
// what is new, swallows what is sent (a half-open connection), or is slow. Nothing behind it is touched.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** `swallow`: connections are taken and bytes disappear, both ways, also on those that are open. */
export type ProxyMode = 'pass' | 'refuse' | 'swallow'

export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** Connections taken so far, refused ones too. */
  readonly accepted: number
  /** Destroys every open connection. */
  cut(): void
  /** For bytes and connections from now on. */
  become(mode: ProxyMode): void
  /** Milliseconds that bytes in each direction are held back from now on. */
  slowDown(delayMs: number): void
  stop(): Promise<void>
}

/** `target`: `host:port`. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [targetHost = '', targetPort = ''] = target.split(':')
  const open = new Set<Socket>()
  let mode: ProxyMode = 'pass'
  let delayMs = 0
  let accepted = 0

  const lead = (from: Socket, to: Socket): void => {
    open.add(from)
    // In their order, also when what comes later is held back for less.
    const held: { readonly chunk: Buffer; readonly dueMs: number }[] = []
    const release = (): void => {
      for (let [next] = held; next !== undefined; [next] = held) {
        const leftMs = next.dueMs - performance.now()
        if (leftMs > 0) {
          setTimeout(release, leftMs)
          return
        }
        to.write(next.chunk)
        held.shift()
      }
    }
    from.on('data', (chunk) => {
      if (mode === 'swallow') return
      if (delayMs === 0 && held.length === 0) {
        to.write(chunk)
        return
      }
      held.push({ chunk, dueMs: Math.max(performance.now() + delayMs, held.at(-1)?.dueMs ?? 0) })
      if (held.length === 1) setTimeout(release, delayMs)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => {
      open.delete(from)
      to.destroy()
    })
  }
  const server = createServer((near) => {
    accepted += 1
    if (mode === 'refuse') {
      near.resetAndDestroy()
      return
    }
    const far = connect(Number(targetPort), targetHost)
    lead(near, far)
    lead(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port: address.port,
    get accepted() {
      return accepted
    },
    cut,
    become(next) {
      mode = next
    },
    slowDown(ms) {
      delayMs = ms
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
