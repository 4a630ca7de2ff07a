// A receiver that refuses for good (400) until it is told to accept, and keeps a ledger of what it was sent in each phase.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RefusingReceiver {
  readonly port: number
  /** Requests by delivery since the last phase began. */
  requests(): ReadonlyMap<string, number>
  /** Answers like that from now on, and begins a new phase. */
  answer(status: number): void
  stop(): void
}

export async function startRefusingReceiver(): Promise<RefusingReceiver> {
  let answered = 400
  let requests = new Map<string, number>()
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    request.resume()
    const id = String(request.headers['webhook-id'])
    requests.set(id, (requests.get(id) ?? 0) + 1)
    response.writeHead(answered).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    answer(status) {
      answered = status
      requests = new Map()
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
