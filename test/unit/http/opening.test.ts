// Opening a connection in its two stages, with one deadline over both.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { buildConnector } from 'undici'
import type { Dial } from '../../../src/http/dial.ts'
import { openBy } from '../../../src/http/opening.ts'
import { closeHostileServers, hostileServer } from './hostile-server.ts'

afterEach(closeHostileServers)

const secure = buildConnector({ timeout: 0, allowH2: false })

/** Every outcome of which it was told; the first one may be waited for. */
function open(port: number, protocol: string, dial: Dial, secureBy = secure) {
  const told: (string | null)[] = []
  const first = Promise.withResolvers<void>()
  const host = `127.0.0.1:${port}`
  openBy({ connectTimeoutMs: 100, dial, secure: secureBy })(
    { hostname: '127.0.0.1', host, protocol, port: String(port) },
    (...[error]) => {
      told.push(error === null ? null : String((error as NodeJS.ErrnoException).code))
      first.resolve()
    },
  )
  return { told, first: first.promise }
}

const connected = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

describe('a connection', () => {
  it('is given up where TLS does not come about in time, and closed', async () => {
    const { port } = await hostileServer(() => {})
    const socket = await connected(port)
    const closed = once(socket, 'close')
    const { told, first } = open(port, 'https:', () => Promise.resolve(socket))
    await first
    await closed
    expect(told).toEqual(['UND_ERR_CONNECT_TIMEOUT'])
  })

  it('is called off where it is not dialled in time', async () => {
    const dial: Dial = (_target, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      )
    const { told, first } = open(1, 'http:', dial)
    await first
    expect(told).toEqual(['UND_ERR_CONNECT_TIMEOUT'])
  })

  it('that comes about in the moment in which it is called off is closed, and no TLS begins', async () => {
    const { port, requests } = await hostileServer(() => {})
    const socket = await connected(port)
    const closed = once(socket, 'close')
    const dial: Dial = (_target, signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(socket)))
    const { told, first } = open(port, 'https:', dial)
    await first
    await closed
    expect([told, socket.bytesWritten, requests]).toEqual([['UND_ERR_CONNECT_TIMEOUT'], 0, []])
  })

  it('is told as an error where TLS cannot even begin', async () => {
    const { port } = await hostileServer(() => {})
    const socket = await connected(port)
    const { told, first } = open(
      port,
      'https:',
      () => Promise.resolve(socket),
      () => {
        throw Object.assign(new Error('no'), { code: 'ERR_TLS_NO' })
      },
    )
    await first
    expect([told, socket.destroyed]).toEqual([['ERR_TLS_NO'], true])
  })

  it('that was lost before it was handed on is told as an error', async () => {
    const { port } = await hostileServer(() => {})
    const socket = await connected(port)
    socket.destroy()
    const { told, first } = open(port, 'http:', () => Promise.resolve(socket))
    await first
    expect(told).toEqual(['ECONNRESET'])
  })
})
