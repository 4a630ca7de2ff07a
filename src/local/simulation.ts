// Calls at a steady rate for the demo's account, whose webhooks lead to a receiver in this process: what a worker, a page and a
// dashboard can be watched with for hours. Invariant: nothing that was sent or received is kept, but its count.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { startPublisher } from '../kafka/publisher.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { demoAccount, demoPaths, demoWebhooks } from './demo-webhooks.ts'
import { simulateCall } from './simulated-call.ts'

export interface SimulationOptions {
  readonly settings: Settings
  readonly callsPerSecond: number
  /** The receiver's, as workers reach it. */
  readonly host: string
  /** Where it listens; port 0: a free one. */
  readonly listen: string
  readonly port: number
  readonly interrupted: Promise<void>
  out(line: string): void
}

interface Counts {
  calls: number
  requests: number
}

const tellEveryMs = 10_000

/** Resolves when it was interrupted. @throws when a topic or schema is missing, or no broker answers. */
export async function runSimulation(options: SimulationOptions): Promise<void> {
  const { settings, host, interrupted, out } = options
  const counts: Counts = { calls: 0, requests: 0 }
  const receiver = await startCountingReceiver(options, counts)
  const publisher = await startPublisher({
    kafka: createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {})),
    registry: settings.registry,
    topics: { events: settings.topics.events.name, webhooks: settings.topics.webhooks.name },
    observer: { observe() {} },
  })
  try {
    const { port } = receiver.address() as AddressInfo
    const webhooks = demoWebhooks(port)
    for (const { record } of webhooks) await publisher.webhook({ ...record, host })
    out(`${webhooks.length} webhooks of account ${demoAccount} lead to http://${host}:${port}`)
    const stopping = new AbortController()
    void interrupted.then(() => stopping.abort())
    const told = setInterval(() => out(`${counts.calls} calls, ${counts.requests} requests`), tellEveryMs)
    while (!stopping.signal.aborted) {
      const { start, end } = simulateCall(counts.calls, demoAccount, Date.now())
      counts.calls += 1
      for (const event of start === null ? [end] : [start, end]) await publisher.callEvent(event)
      await delay(1_000 / options.callsPerSecond, undefined, { signal: stopping.signal }).catch(() => {})
    }
    clearInterval(told)
    out(`${counts.calls} calls, ${counts.requests} requests`)
  } finally {
    await publisher.stop()
    receiver.close()
    receiver.closeAllConnections()
  }
}

/** Misbehaves as the demo's does, by path: one in three first attempts is answered 503, and one address does not exist. */
async function startCountingReceiver({ listen, port }: SimulationOptions, counts: Counts): Promise<Server> {
  const server = createServer((request, response) => {
    counts.requests += 1
    const path = (request.url ?? '').split('?', 1)[0]
    const isFirst = request.headers['webhook-attempt'] === '1'
    if (path === demoPaths.old) response.statusCode = 404
    else if (path === demoPaths.flaky && isFirst && counts.requests % 3 === 0) response.statusCode = 503
    // Before the body has come in, as many servers do; the rest of it is read and dropped.
    request.resume()
    response.end()
  })
  server.listen(port, listen)
  await once(server, 'listening')
  return server
}
