// A client's server, for the demo and the tests: answers as it is told and keeps a ledger of what it was sent.
// It listens on loopback only.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'

export interface ReceivedRequest {
  readonly method: string
  /** Path and query as they stood on the request line. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The `webhook-id` header, empty if there was none. */
  readonly deliveryId: string
  /** The `webhook-attempt` header as a number; 0 if there was none. */
  readonly attempt: number
  /** Monotonic milliseconds at which it had arrived in full. */
  readonly atMs: number
}

/** How one request is answered: a status with an optional body, or anything at all through the raw response. */
export type Answer =
  { readonly status: number; readonly body?: string } | ((response: ServerResponse) => void)

export interface Receiver {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  readonly port: number
  /** Everything received so far, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** Requests of one (delivery, attempt) beyond the first. */
  duplicates(): number
  stop(): Promise<void>
}

export interface ReceiverOptions {
  /** Default 0: any free one. */
  readonly port?: number
  /** Called when a request has arrived in full. Default: 200 with an empty body. */
  readonly answer?: (request: ReceivedRequest) => Answer
  readonly onRequest?: (request: ReceivedRequest) => void
}

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  const seen = new Map<string, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const received = receivedOf(request, Buffer.concat(chunks).toString('utf8'))
      requests.push(received)
      const key = `${received.deliveryId}/${received.attempt}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      options.onRequest?.(received)
      respond(response, options.answer?.(received) ?? { status: 200 })
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    duplicates: () => [...seen.values()].reduce((sum, count) => sum + count - 1, 0),
    async stop() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

function receivedOf(
  request: { method?: string | undefined; url?: string | undefined; headers: IncomingHttpHeaders },
  body: string,
): ReceivedRequest {
  const { headers } = request
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers,
    body,
    deliveryId: String(headers['webhook-id'] ?? ''),
    attempt: Number(headers['webhook-attempt'] ?? 0),
    atMs: performance.now(),
  }
}

function respond(response: ServerResponse, answer: Answer): void {
  if (typeof answer === 'function') {
    answer(response)
    return
  }
  const body = Buffer.from(answer.body ?? '')
  response.writeHead(answer.status, { 'content-type': 'text/plain', 'content-length': body.length })
  response.end(body)
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return address.port
}
