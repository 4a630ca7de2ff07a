// An egress proxy on loopback: leads where it is asked to by CONNECT, or misbehaves as it is told, and keeps a list of what
// it was asked for.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/**
 * `tunnel`: leads on. A number: answers with that status. A text: answers with that, byte for byte. `silent`: takes the
 * connection and says nothing. `hang_up`: closes it once it was asked. `endless`: sends headers without end.
 */
export type ProxyManner = 'tunnel' | 'silent' | 'hang_up' | 'endless' | number | { readonly text: string }

export interface ConnectProxy {
  readonly port: number
  /** The heads of all requests, as they came. */
  readonly asked: readonly string[]
  /** Connections taken so far. */
  connections(): number
  /** From now on. */
  become(manner: ProxyManner): void
  stop(): Promise<void>
}

export async function startConnectProxy(): Promise<ConnectProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let manner: ProxyManner = 'tunnel'
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    connections += 1
    keep(near)
    let head = ''
    near.on('data', function collect(chunk: Buffer) {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      near.off('data', collect)
      asked.push(head)
      respond(near, head, manner, keep)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    asked,
    connections: () => connections,
    become: (next) => void (manner = next),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function respond(near: Socket, head: string, manner: ProxyManner, keep: (socket: Socket) => void): void {
  if (typeof manner === 'number') {
    near.end(`HTTP/1.1 ${manner} As told\r\ncontent-length: 0\r\nproxy-authenticate: Basic\r\n\r\n`)
  } else if (typeof manner === 'object') near.write(manner.text)
  else if (manner === 'hang_up') near.end()
  else if (manner === 'endless') {
    near.write('HTTP/1.1 200 Connected\r\n')
    const more = (): void => {
      while (!near.destroyed && near.write(`x-more: ${'x'.repeat(1_000)}\r\n`));
      near.once('drain', more)
    }
    more()
  } else if (manner === 'tunnel') {
    const [, host = '', port = ''] = /^CONNECT (\S+):(\d+) HTTP\/1\.1\r\n/.exec(head) ?? []
    const far = connect(Number(port), host.replaceAll(/[[\]]/g, ''))
    keep(far)
    far.once('connect', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    far.once('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    far.once('close', () => near.destroy())
    near.once('close', () => far.destroy())
  }
}
