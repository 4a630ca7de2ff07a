// How a connection is opened: dialled, then TLS on top where the origin asks for it, within one deadline over both.
// Invariants: called back exactly once; what is opened too late is closed; the client's own connector does nothing but TLS,
// over a socket that leads where it may.
import { nextTick } from 'node:process'
import type { Socket } from 'node:net'
import { errors } from 'undici'
import type { buildConnector } from 'undici'
import type { Dial } from './dial.ts'
import { resetAtOnce } from './dial.ts'

export interface OpeningOptions {
  /** Milliseconds, name look-up, proxy and TLS included. */
  readonly connectTimeoutMs: number
  readonly dial: Dial
  /** Puts TLS on the socket that it is given as `httpSocket`. */
  readonly secure: buildConnector.connector
}

export function openBy({ connectTimeoutMs, dial, secure }: OpeningOptions): buildConnector.connector {
  return (target, callback) => {
    const { hostname, protocol } = target
    const port = Number(target.port || (protocol === 'https:' ? 443 : 80))
    const late = new AbortController()
    let dialled: Socket | null = null
    let isTold = false
    const tell: buildConnector.Callback = (...[error, socket]) => {
      if (isTold) {
        socket?.destroy()
        return
      }
      isTold = true
      clearTimeout(timer)
      if (error === null) callback(null, socket)
      else {
        dialled?.destroy()
        callback(error, null)
      }
    }
    const timer = setTimeout(() => {
      const reason = new errors.ConnectTimeoutError(
        `no connection to ${hostname}:${port} within ${connectTimeoutMs} ms`,
      )
      // Whoever dials knows best whose fault that is; with a socket in hand it is the receiver's.
      if (dialled === null) late.abort(reason)
      else tell(reason, null)
    }, connectTimeoutMs)
    const goOn = (socket: Socket): void => {
      if (isTold) return void socket.destroy()
      dialled = socket
      // The deadline came between its connecting and this: nobody would end what begins now.
      if (late.signal.aborted) return tell(late.signal.reason as Error, null)
      if (socket.destroyed) return tell(socket.errored ?? resetAtOnce(), null)
      if (protocol !== 'https:') return tell(null, socket)
      try {
        secure({ ...target, httpSocket: socket }, tell)
      } catch (error) {
        tell(error as Error, null)
      }
    }
    // Outside of the promise, so that what the callback throws is an error and not a promise's rejection.
    dial({ host: hostname, port }, late.signal).then(
      (socket) => nextTick(goOn, socket),
      (error: Error) => nextTick(tell, error, null),
    )
  }
}
