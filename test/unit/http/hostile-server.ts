// Receivers as they should not be: raw sockets that answer whatever a test says, or nothing at all.
// Every server and every socket is closed by `closeHostileServers`, however the test ended.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import type { AttemptResult, HttpRequest } from '../../../src/domain/attempt.ts'
import { createHttpSender } from '../../../src/http/http-sender.ts'
import type { CountedHttpSender, HttpSenderOptions } from '../../../src/http/http-sender.ts'
import type { HttpSender } from '../../../src/ports.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { loopback } from '../../harness/loopback.ts'
import { readRequests } from '../../harness/read-requests.ts'

const servers = new Set<Server>()
const sockets = new Set<Socket>()
const senders = new Set<HttpSender>()

export interface HostileServer {
  readonly port: number
  /** Connections taken so far. */
  connections(): number
  /** Requests that arrived in full, as text, over all connections. */
  readonly requests: string[]
}

/** Called with each request that arrived in full: its number over all connections, from 1. */
type OnRequest = (socket: Socket, requestNumber: number) => void

/** Takes connections, collects requests, and answers as `onRequest` says. */
export async function hostileServer(
  onRequest: OnRequest,
  onConnection: (socket: Socket) => void = () => {},
  address = '127.0.0.1',
): Promise<HostileServer> {
  const requests: string[] = []
  const taken = (socket: Socket): void => {
    onConnection(socket)
    readRequests(socket, (text) => {
      requests.push(text)
      onRequest(socket, requests.length)
    })
  }
  return listen(createServer(), requests, 'connection', taken, address)
}

/** The same behind a certificate that nobody trusts. */
export function selfSignedServer(): Promise<HostileServer> {
  return tlsServer(selfSigned(), (socket) => socket.write(answer()))
}

export async function tlsServer(options: TlsOptions, onRequest: OnRequest): Promise<HostileServer> {
  const requests: string[] = []
  return listen(createTlsServer(options), requests, 'secureConnection', (socket) =>
    readRequests(socket, (text) => {
      requests.push(text)
      onRequest(socket, requests.length)
    }),
  )
}

function keep(socket: Socket): void {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
}

async function listen(
  server: Server,
  requests: string[],
  event: 'connection' | 'secureConnection',
  onConnection: (socket: Socket) => void,
  address = '127.0.0.1',
): Promise<HostileServer> {
  servers.add(server)
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    keep(socket)
  })
  server.on('tlsClientError', () => {})
  server.on(event, onConnection)
  server.listen(0, address)
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port')
  return { port: bound.port, connections: () => connections, requests }
}

/** A plain answer with a length, after which the connection stays open. */
export function answer(body = 'ok', status = '200 OK', headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** A port that nobody listens on any more. */
export async function closedPort(): Promise<number> {
  const { port } = await hostileServer(() => {})
  for (const server of servers) server.close()
  servers.clear()
  return port
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'self-signed-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const named = ['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = spawnSync('openssl', [...asked, ...named, '-keyout', key, '-out', cert])
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${String(made.stderr)}`)
  const pair = { key: readFileSync(key), cert: readFileSync(cert) }
  rmSync(folder, { recursive: true })
  return pair
}

export function testSender(options: Partial<HttpSenderOptions> = {}): CountedHttpSender {
  const bounds = {
    connectTimeoutMs: 400,
    maxResponseBytes: 65_536,
    connectionsPerOrigin: 4,
    keepAliveMs: 4_000,
    allowedAddresses: loopback,
  }
  const sender = createHttpSender({ ...bounds, ...options }, systemClock)
  senders.add(sender)
  return sender
}

export function post(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    origin: `http://127.0.0.1:${port}`,
    tlsVerification: 'on',
    target: '/hook?token=s3cret-token',
    headers: ['content-type', 'application/json', 'webhook-id', 'id-1'],
    body: '{"call":1}',
    ...more,
  }
}

export interface Sending {
  readonly totalTimeoutMs?: number
  readonly signal?: AbortSignal
  mayLeave?(): boolean
}

/** One exchange with short deadlines. */
export function sendOne(
  sender: HttpSender,
  request: HttpRequest,
  { totalTimeoutMs = 1_000, signal = new AbortController().signal, mayLeave = () => true }: Sending = {},
): Promise<AttemptResult> {
  return sender.send(request, { connectTimeoutMs: 400, totalTimeoutMs, mayLeave }, signal)
}

export async function closeHostileServers(): Promise<void> {
  await Promise.all([...senders].map((sender) => sender.stop()))
  senders.clear()
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
  servers.clear()
}
