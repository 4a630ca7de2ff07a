// What a request costs: `render()` of a JSON POST with 12 parameters, as a multiple of `JSON.stringify` of an object
// with the same names and values. The two take turns, so that what else the machine does meets both. One JSON line;
// exit code 1 where the median is above 4. The other ways of sending are there for information.
import { availableParallelism } from 'node:os'
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { ParameterName } from '../../src/domain/parameter-catalogue.ts'
import type { ContentType, Webhook } from '../../src/domain/webhook.ts'
import { render } from '../../src/render/render.ts'
import { aCallEvent } from '../unit/domain/samples.ts'

const rounds = 9
const rendersInRound = 20_000
const goal = 4
const baseMs = 1_773_479_866_000

const names: readonly (readonly [string, ParameterName])[] = [
  ['id', 'call_id'],
  ['event', 'event_id'],
  ['phone', 'client_number'],
  ['line', 'calltracking_number'],
  ['started', 'time_start'],
  ['duration', 'duration'],
  ['status', 'call_status'],
  ['answered', 'is_answered'],
  ['manager', 'manager_name'],
  ['record', 'record_url'],
  ['campaign', 'utm_campaign'],
  ['page', 'landing_page'],
]

/** Different texts in each, as in a stream of calls. */
const events: readonly CallEvent[] = Array.from({ length: 64 }, (_, index) =>
  aCallEvent({
    call_id: `0198f1c2-7b1e-7c3a-9a10-5d2f6b7e8a${10 + index}`,
    client_number: `+791612345${10 + index}`,
    time_received: baseMs - 90_000 + index * 1_000,
    time_answer: baseMs - 60_000 + index * 1_001,
    time_end: baseMs + index * 1_234,
    manager_name: `Иванова Анна ${index}`,
    record_url: `https://records.example.com/calls/2026/03/14/0198f1c2-7b1e-7c3a-9a10-5d2f6b7e8a90/${index}.mp3`,
    utm_campaign: `okna_msk_search_brand_and_competitors_2026_spring_${index}`,
    landing_page: `https://okna.example.ru/katalog/plastikovye-okna/?region=msk&offer=${index}&yclid=9876543210987654321&utm_source=yandex&utm_medium=cpc&utm_content=ad_12_top`,
  }),
)

const options = {
  deliveryId: 'd912750c-59bc-57b7-aed1-bedd2e382e18',
  attempt: 1,
  userAgent: 'call-webhook-worker/0.1.0',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  nowMs: baseMs,
  purpose: 'delivery' as const,
}

const post: Webhook = {
  webhookId: 'webhook-1' as Webhook['webhookId'],
  accountId: '10427' as Webhook['accountId'],
  enabled: true,
  origin: 'https://crm.example.com',
  tlsVerification: 'on',
  path: '/calls',
  method: 'POST',
  contentType: 'application/json',
  eventTypes: ['call_end'],
  parameters: names.map(([name, parameter]) => ({ name, source: { kind: 'parameter', parameter } })),
  missingValues: 'empty',
  timeZone: null,
  headers: [],
  authentication: null,
  signingSecrets: [],
  totalTimeoutMs: null,
  concurrency: null,
  ratePerSecond: null,
  retryHorizonMs: null,
}

const sentAs = (contentType: ContentType): Webhook => ({ ...post, contentType })
const others: Readonly<Record<string, Webhook>> = {
  get: { ...post, method: 'GET', contentType: null },
  form: sentAs('application/x-www-form-urlencoded'),
  multipart: sentAs('multipart/form-data'),
  xml: sentAs('application/xml'),
  text: sentAs('text/plain'),
  signed: { ...post, signingSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] },
  timeZone: { ...post, timeZone: 'Europe/Moscow' },
}

const bodies = events.map((event) => bodyOf(post, event))
const objects = bodies.map((body): unknown => JSON.parse(body))

/** Read at the end, so that no work may be left out. */
let length = 0
const stringify = (): number => nanoseconds((index) => JSON.stringify(objects[index]).length)
const renderer = (webhook: Webhook) => (): number =>
  nanoseconds((index) => {
    const rendering = render(webhook, events[index] as CallEvent, options)
    // Reading a character puts the text together, should the engine have put that off.
    return rendering.kind === 'request'
      ? (rendering.request.body ?? rendering.request.target).charCodeAt(0)
      : 0
  })

const [whole, plain] = takeTurns(renderer(post), stringify)
const figures = {
  figure: 'render a JSON POST with 12 parameters',
  timesJsonStringify: spread(whole.map((ns, round) => ns / (plain[round] ?? ns))),
  renderNs: spread(whole),
  jsonStringifyNs: spread(plain),
  bodyBytes: Buffer.byteLength(bodies[0] ?? ''),
  otherNs: Object.fromEntries(
    Object.entries(others).map(([name, webhook]) => [
      name,
      spread(takeTurns(renderer(webhook), stringify)[0]),
    ]),
  ),
  node: process.versions.node,
  v8: process.versions.v8,
  cores: availableParallelism(),
  pairs: rounds,
}
if (length === 0 || bodies.some((body, index) => JSON.stringify(objects[index]) !== body)) {
  throw new Error('the two do not write the same')
}
console.log(JSON.stringify(figures))
if (figures.timesJsonStringify.median > goal) process.exitCode = 1

function bodyOf(webhook: Webhook, event: CallEvent): string {
  const rendering = render(webhook, event, options)
  if (rendering.kind === 'request' && rendering.request.body !== null) return rendering.request.body
  throw new Error(rendering.kind)
}

function nanoseconds(once: (index: number) => number): number {
  const startedAtMs = performance.now()
  for (let run = 0; run < rendersInRound; run += 1) length += once(run % events.length)
  return ((performance.now() - startedAtMs) * 1e6) / rendersInRound
}

/** One round each beforehand, for what the compiler has to learn. */
function takeTurns(one: () => number, other: () => number): readonly [readonly number[], readonly number[]] {
  one()
  other()
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    times[0].push(one())
    times[1].push(other())
  }
  return times
}

interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (index: number): number => Number((sorted[index] ?? Number.NaN).toPrecision(3))
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) }
}
