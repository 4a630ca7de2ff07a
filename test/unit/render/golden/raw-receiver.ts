// A server below HTTP: it hands out the bytes of each request exactly as they came over TCP.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import type { HttpRequest } from '../../../../src/domain/attempt.ts'
import { createHttpSender } from '../../../../src/http/http-sender.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { loopback } from '../../../harness/loopback.ts'

export interface RawReceiver {
  readonly port: number
  /** Sends as a delivery does. A host elsewhere leads here, too: only the name's look-up and TLS are left out. */
  bytesOf(request: HttpRequest): Promise<Buffer>
  stop(): Promise<void>
}

export async function startRawReceiver(): Promise<RawReceiver> {
  const arrived: Buffer[] = []
  const server = createServer((socket) => {
    let waiting: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk])
      const length = requestLength(waiting)
      if (length === null || waiting.length < length) return
      // One at a time: what lies beyond its length belongs to it as well, and will be seen.
      arrived.push(waiting)
      waiting = Buffer.alloc(0)
      socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sender = createHttpSender(
    {
      connectTimeoutMs: 5_000,
      maxResponseBytes: 1_024,
      connectionsPerOrigin: 1,
      keepAliveMs: 30_000,
      allowedAddresses: loopback,
    },
    systemClock,
  )
  const elsewhere = new Agent({
    pipelining: 1,
    connect: (_, callback) => {
      const socket = connect(port, '127.0.0.1', () => callback(null, socket))
    },
  })
  const send = async (request: HttpRequest): Promise<number> => {
    const { origin, target: path, method, headers, body } = request
    if (origin !== `http://127.0.0.1:${port}`) {
      const answer = await elsewhere.request({ origin, path, method, headers: [...headers], body })
      await answer.body.dump()
      return answer.statusCode
    }
    const limits = { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000 }
    const result = await sender.send(request, limits, new AbortController().signal)
    return result.kind === 'answered' ? result.statusCode : 0
  }
  return {
    port,
    async bytesOf(request) {
      const statusCode = await send(request)
      const [bytes, ...others] = arrived.splice(0)
      if (statusCode !== 204 || bytes === undefined || others.length > 0) throw new Error('not one request')
      return bytes
    },
    async stop() {
      await sender.stop()
      await elsewhere.destroy()
      server.close()
    },
  }
}

/** Null until its head is complete. */
function requestLength(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [, length = '0'] = /\r\ncontent-length: (\d+)\r\n/.exec(bytes.toString('latin1', 0, end + 2)) ?? []
  return end + 4 + Number(length)
}
