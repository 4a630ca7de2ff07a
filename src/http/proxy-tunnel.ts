// A way through an egress proxy by HTTP CONNECT (RFC 9110, 9.3.6): asks for an address and gives the socket that leads there.
// Invariants: bounded in time by the caller's signal and in bytes by the header limit; whatever goes wrong until the proxy has
// answered 2xx is the proxy's, never the receiver's; no error names the proxy's credentials.
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import type { LookupFunction, Socket } from 'node:net'
import { socketOptions } from './dial.ts'

export interface Proxy {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** The value of `proxy-authorization`; null: none. */
  readonly authorization: string | null
}

/** From `http://user:password@host:port`; without a port it is 80. */
export function readProxyUrl(text: string): Proxy {
  const { hostname, port, username, password } = new URL(text)
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 80),
    authorization: credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
  }
}

/** What the proxy does, or does not do. Its code begins with `PROXY_`. */
export class ProxyFault extends Error {
  readonly code: string

  constructor(code: 'UNREACHABLE' | 'TIMEOUT' | 'REFUSED' | 'BROKEN', text: string, cause?: unknown) {
    super(text, { cause })
    this.code = `PROXY_${code}`
  }
}

export interface Tunnel {
  /** An address that was checked. */
  readonly address: string
  readonly port: number
}

const maxHeaderBytes = 8_192

/**
 * @param lookup for the proxy's own name. Rejects with a `ProxyFault`, also when the signal aborts; only bytes that come
 * through the tunnel unasked are the receiver's fault.
 */
export function tunnelThrough(
  { host, port, authorization }: Proxy,
  to: Tunnel,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(tooLate())
    const authority = `${isIPv6(to.address) ? `[${to.address}]` : to.address}:${to.port}`
    const asked = request({
      method: 'CONNECT',
      host,
      port,
      path: authority,
      headers: {
        host: authority,
        ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
      },
      agent: false,
      maxHeaderSize: maxHeaderBytes,
      lookup,
      ...socketOptions,
    })
    let isConnected = false
    const onAbort = (): void => {
      reject(tooLate())
      asked.destroy()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const isOver = (): void => signal.removeEventListener('abort', onAbort)
    asked.on('socket', (socket) => socket.once('connect', () => (isConnected = true)))
    asked.on('error', (error) => {
      isOver()
      reject(isConnected ? broken(error) : unreachable(error))
    })
    asked.once('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      isOver()
      const { statusCode = 0 } = answer
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        reject(new ProxyFault('REFUSED', `the egress proxy answers ${statusCode} to CONNECT`))
        return
      }
      // Between two owners there must be somebody who hears of an error.
      socket.on('error', () => {})
      if (head.length === 0) resolve(socket)
      else {
        // No receiver speaks first; the client would drop the connection, and open another one, again and again.
        socket.destroy()
        reject(new Error('bytes came before anything was asked'))
      }
    })
    asked.end()
  })
}

function tooLate(): ProxyFault {
  return new ProxyFault('TIMEOUT', 'the egress proxy has not led on in time')
}

function broken(cause: Error): ProxyFault {
  return new ProxyFault('BROKEN', 'the egress proxy broke off or answered what is no HTTP', cause)
}

function unreachable(cause: Error): ProxyFault {
  return new ProxyFault('UNREACHABLE', 'the egress proxy cannot be reached', cause)
}
