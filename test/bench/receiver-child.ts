// A client's server that costs next to nothing: the bytes of a request are searched for its end and its delivery's id,
// and a fixed answer is sent. What is measured against it is the sender.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'
import { machineMs } from './monotonic-clock.ts'
import type { Arrival, ReceiverOptions, ReceiverQuestion, ReceiverReply } from './receiver.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ReceiverOptions
const ok = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
const unavailable = Buffer.from('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
let seen = new Set<string>()
let requests = 0
let arrivals: Arrival[] = []

function serve(socket: Socket): void {
  let kept = ''
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    kept += chunk.toString('latin1')
    for (let length = lengthOf(kept); length <= kept.length; length = lengthOf(kept)) {
      answer(socket, kept.slice(0, length))
      kept = kept.slice(length)
    }
  })
}

/** Of the request that `text` begins with; Infinity where its head is not complete. */
function lengthOf(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return Number.POSITIVE_INFINITY
  const at = text.indexOf('content-length: ')
  const body = at < 0 || at > headEnd ? 0 : Number.parseInt(text.slice(at + 16, at + 24), 10)
  return headEnd + 4 + body
}

function answer(socket: Socket, request: string): void {
  requests += 1
  const at = request.indexOf('webhook-id: ')
  const id = request.slice(at + 12, at + 48)
  const isFirst = !seen.has(id)
  seen.add(id)
  if (isFirst && options.arrivals === 'kept') arrivals.push([id, machineMs()])
  const isUnlucky = Number.parseInt(id.slice(-4), 16) % 100 < options.failingPercent
  const bytes = isFirst && isUnlucky ? unavailable : ok
  if (options.answerAfterMs === 0) socket.write(bytes)
  else setTimeout(() => socket.write(bytes), options.answerAfterMs)
}

const server = options.tls === null ? createServer(serve) : createTlsServer(options.tls, serve)
server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 })
await once(server, 'listening')
const tell = (reply: ReceiverReply): void => void process.send?.(reply)
tell({ kind: 'listening', port: (server.address() as AddressInfo).port })

process.on('message', (question: ReceiverQuestion) => {
  if (question === 'arrivals') return tell({ kind: 'arrivals', arrivals })
  if (question === 'forget') {
    seen = new Set()
    requests = 0
    arrivals = []
  }
  const { user, system } = process.cpuUsage()
  tell({ kind: 'count', ids: seen.size, requests, cpuSeconds: (user + system) / 1_000_000 })
})
process.on('disconnect', () => process.exit(0))
