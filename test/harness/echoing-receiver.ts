// A client's server that throws back whatever it was sent, in every part of an answer that a worker might keep: body,
// reason, headers, an address to go to, and what is no HTTP at all. The first part of the path says how.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export const echoManners = [
  'success',
  'failure',
  'page',
  'reason',
  'redirect',
  'elsewhere',
  'later',
  'headers',
  'garbage',
  'broken',
  'once',
] as const

export type EchoManner = (typeof echoManners)[number]

export interface EchoingReceiver {
  readonly port: number
  readonly requests: number
  stop(): Promise<void>
}

export async function startEchoingReceiver(): Promise<EchoingReceiver> {
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests += 1
      answer(request, Buffer.concat(chunks).toString('utf8'), response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
  const { url = '', headers, rawHeaders } = request
  const manner = url.split(/[/?]/)[1] as EchoManner
  const isFirst = headers['webhook-attempt'] === '1'
  const echo = [url, decoded(url), ...rawHeaders, body, decoded(body)].join('\n')
  // What a header may hold, short of what would make the answer too large.
  const asHeader = encodeURI(
    `${url} ${headers.authorization ?? ''} ${String(headers['x-key'])} ${body}`,
  ).slice(0, 6_000)
  switch (manner) {
    case 'success':
      response.end(echo)
      return
    case 'failure':
      response.writeHead(500, { 'x-echo': asHeader }).end(JSON.stringify({ echo, message: echo }))
      return
    case 'page':
      response
        .writeHead(404, { 'content-type': 'text/html' })
        .end(`<pre>Cannot ${request.method} ${url}</pre>${echo}`)
      return
    case 'reason':
      response.writeHead(503, asHeader).end(echo)
      return
    case 'redirect':
      response.writeHead(302, {
        location: `https://${asHeader.replaceAll(/[^\w]/g, '').slice(-200)}@example.com${url}`,
      })
      response.end(echo)
      return
    case 'elsewhere':
      response.writeHead(301, { location: `https://${url.split(/[/?]/)[2] ?? ''}.example.com/` }).end(echo)
      return
    case 'later':
      response.writeHead(429, { 'retry-after': asHeader }).end(echo)
      return
    case 'headers':
      response.writeHead(200, { 'x-echo': asHeader.repeat(100).slice(0, 30_000) }).end(echo)
      return
    case 'garbage':
      response.socket?.end(`${url} ${rawHeaders.join(' ')} ${body}\r\n\r\n`)
      return
    case 'broken':
      response.socket?.write(`HTTP/1.1 ${url} ${asHeader}`)
      response.socket?.destroy()
      return
    case 'once':
      response.writeHead(isFirst ? 500 : 200).end(echo)
      return
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
