// A hundred versions a second of one webhook, each with its number in the path, while events go to it all the time: how
// long after a version was acknowledged the first request came that was made from it, or from a later one.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { simulateCall } from '../../src/local/simulated-call.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { until } from '../harness/until.ts'
import { percentile } from './delay.ts'
import { tableWebhookOf } from './table-webhook.ts'
import { publisherFor } from './topics-of-run.ts'

const everyMs = 10
const eventsPerVersion = 5

/** `number`: of a webhook that nobody else has. */
export async function measureChanges(settings: Settings, number: number, versions: number) {
  const acknowledgedAtMs: number[] = []
  const usedAfterMs: number[] = []
  let used = 0
  const server = createServer((request, response) => {
    response.end()
    const version = Number(request.url?.slice(1))
    for (; used <= version; used += 1)
      usedAfterMs.push(Math.max(0, performance.now() - (acknowledgedAtMs[used] ?? performance.now())))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const publisher = await publisherFor(settings)
  const write = async (version: number): Promise<void> => {
    await publisher.webhook(tableWebhookOf(number, port, { account_id: 'changing', path: `/${version}` }))
    acknowledgedAtMs[version] = performance.now()
  }
  await write(0)
  const startedAtMs = performance.now()
  const written: Promise<void>[] = []
  for (let version = 1; version <= versions; version += 1) {
    await write(version)
    for (let event = 0; event < eventsPerVersion; event += 1) {
      const { end } = simulateCall(written.length * 5, 'changing', Date.now())
      written.push(publisher.callEvent(end))
    }
    await delay(Math.max(0, startedAtMs + version * everyMs - performance.now()))
  }
  await Promise.all(written)
  await until(() => usedAfterMs.length > versions * 0.98, 'the last versions to be used')
  await publisher.stop()
  server.closeAllConnections()
  server.close()
  return { changeUsedP50Ms: percentile(usedAfterMs, 50), changeUsedP99Ms: percentile(usedAfterMs, 99) }
}
