// However many webhooks there are, whatever they are called and however they fail, a worker shows no more series.
import { afterEach, expect, it } from '@jest/globals'
import type { ServerResponse } from 'node:http'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Answer } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { freePort } from '../../src/local/stack-ports.ts'
import { scrape } from '../harness/scraped-series.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const endings = ['"} 1\nevil{a="b', '\u0000\u001b[2J', '\u202e', '{__name__="up"}', 'x'.repeat(200)]

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Answer => {
  return (response: ServerResponse) => void response.writeHead(code, headers).end()
}

/** By the path that asks for it. */
const answers: Readonly<Record<string, Answer>> = {
  '/ok': status(200),
  '/no': status(400),
  '/broken': status(500),
  '/busy': status(429, { 'retry-after': '1' }),
  '/moved': status(301, { location: 'https://elsewhere.test/' }),
  '/reset': (response) => void response.socket?.destroy(),
  '/garbage': (response) => void response.socket?.end('nonsense\r\n\r\n'),
  '/endless': (response) => void response.writeHead(200).end(Buffer.alloc(100_000)),
}

it('are at most 300 of 10,000 webhooks with hostile names that fail in every way that can be had here', async () => {
  const receiver = await startReceiver({ answer: ({ target }) => answers[target] ?? status(404) })
  closing.push(() => receiver.stop())
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '2' })
  closing.push(() => rig.stop())
  const closed = await freePort()
  const long = { name: 'p', source: { parameter: null, literal: 'x'.repeat(9_000) } }
  const ways: readonly Partial<WebhookConfigRecord>[] = [
    ...Object.keys(answers).map((path) => ({ path })),
    { path: '/unknown' },
    { port: closed },
    { host: '10.0.0.1' },
    { protocol: 'https' },
    { method: 'GET', content_type: null, parameters: [long] },
    { port: 0 },
  ]
  // Nine accounts of 1,000 that get no event, and one of 800 that gets one and meets each way some 57 times.
  const webhooks = Array.from({ length: 10_000 }, (_, index) =>
    webhookRecord({
      webhook_id: `${index}${endings[index % endings.length]}`,
      account_id: index < 800 ? 'meets' : `a${index % 9}`,
      port: receiver.port,
      ...ways[index % ways.length],
    }),
  )
  for (let from = 0; from < webhooks.length; from += 2_000)
    await Promise.all(webhooks.slice(from, from + 2_000).map((each) => rig.publisher.webhook(each)))
  const worker = await rig.startWorker()
  const { start, end } = simulateCall(5, 'meets', Date.now())
  for (const event of [start, end]) if (event !== null) await rig.publisher.callEvent(event)
  // The start of a call that is not delivered may wait: what ends at once does so for both.
  await rig.untilFinals(500, 30_000)
  const series = await scrape(worker)
  const names = [...series.keys()]
  const outcomes = names.filter((name) => name.startsWith('webhook_worker_outcomes_total{'))
  const deliveries = names.filter((name) => name.startsWith('webhook_worker_deliveries_total{'))
  console.log(
    JSON.stringify({ series: names.length, outcomes: outcomes.length, deliveries: deliveries.length }),
  )
  expect(series.get('webhook_worker_webhooks')).toBe(10_000)
  expect(outcomes.length).toBeGreaterThanOrEqual(10)
  expect(names.length).toBeLessThanOrEqual(300)
  const whole = /^[a-z0-9_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})?$/
  expect(names.filter((name) => !whole.test(name))).toEqual([])
  expect(names.join()).not.toMatch(/evil|__name__|xxx/)
  const text = await (await fetch(`http://127.0.0.1:${worker.opsPort}/status`)).text()
  expect(text.length).toBeLessThan(200_000)
  expect(text).not.toMatch(/[\p{Cf}\u2028\u2029]/u)
}, 60_000)
