// The bare client: as many requests at once as it is told, one after the other, with bodies and headers that are
// ready beforehand. It measures itself, without its first quarter, in which code is compiled and connections open.
import { Agent, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { hostOf, pathOf, choicesOf } from './load.ts'
import type { BareOptions, BareResult } from './bare-loop.ts'

const { scenario, port, ca, body } = JSON.parse(process.argv[2] ?? '{}') as BareOptions
const { concurrency, deliveries, method, scheme, spread } = scenario
const connect = ca === null ? {} : { connect: { ca } }
/** Milliseconds: with a socket left to each of 20,000 receivers a process would run out of them. */
const briefly = { keepAliveTimeout: 100, keepAliveMaxTimeout: 100 }
const dispatcher: Dispatcher =
  spread === 'one'
    ? new Pool(`${scheme}://127.0.0.1:${port}`, { connections: concurrency, ...connect })
    : new Agent({ connections: 1, ...briefly, ...connect })
const choices = choicesOf(scenario)
const query = method === 'GET' ? `?${new URLSearchParams(JSON.parse(body) as Record<string, string>)}` : ''
const headers = {
  'user-agent': 'call-webhook-worker/0.1.0',
  accept: '*/*',
  'accept-encoding': 'identity',
  ...(method === 'POST' && { 'content-type': 'application/json' }),
  'webhook-attempt': '1',
}

let begun = 0
async function one(): Promise<void> {
  for (; begun < deliveries;) {
    begun += 1
    if (begun === Math.floor(deliveries / 4)) from = mark()
    const id = `00000000-0000-4000-8000-${begun.toString(16).padStart(12, '0')}`
    const webhook = choices.next().value
    const answer = await dispatcher.request({
      origin: `${scheme}://${hostOf(scenario, webhook)}:${port}`,
      path: pathOf(webhook) + query,
      method,
      headers: { ...headers, 'webhook-id': id },
      ...(method === 'POST' && { body }),
    })
    await answer.body.dump()
  }
}

function mark() {
  const { user, system } = process.cpuUsage()
  return { atMs: performance.now(), cpuSeconds: (user + system) / 1_000_000, begun }
}

let from = mark()
await Promise.all(Array.from({ length: concurrency }, one))
const to = mark()
const counted = to.begun - from.begun
const result: BareResult = {
  perSecond: counted / ((to.atMs - from.atMs) / 1_000),
  cpuPer100k: ((to.cpuSeconds - from.cpuSeconds) / counted) * 100_000,
}
process.send?.(result)
process.disconnect()
