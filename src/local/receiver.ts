// A client's server, for the demo and the tests: answers as it is told, keeps a ledger of what it was sent and checks
// who signed it. It listens on loopback only.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { receivedSignature } from './received-signature.ts'
import type { ReceivedSignature } from './received-signature.ts'

export interface ReceivedRequest {
  readonly method: string
  /** Path and query as they stood on the request line. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The body as it came. */
  readonly bodyBytes: Buffer
  /** The body read as UTF-8. */
  readonly body: string
  readonly signature: ReceivedSignature
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
  /** The secrets of the webhook with that path, each `whsec_` and Base64. Default: none, so no signature is valid. */
  readonly signingSecrets?: (path: string) => readonly string[]
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
      const received = receivedOf(request, Buffer.concat(chunks), options)
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
  { method = '', url: target = '', headers }: IncomingMessage,
  bodyBytes: Buffer,
  { signingSecrets = () => [] }: ReceiverOptions,
): ReceivedRequest {
  const secrets = signingSecrets(target.split('?', 1)[0] ?? '')
  return {
    method,
    target,
    headers,
    bodyBytes,
    body: bodyBytes.toString('utf8'),
    signature: receivedSignature({ method, target, headers, bodyBytes }, secrets),
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
