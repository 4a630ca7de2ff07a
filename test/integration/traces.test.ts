// One trace from the record in Kafka to the clients' servers, through a retry topic, as a collector of spans sees it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { traceContextIn } from '../../src/domain/trace-context.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { startSpanCollector } from '../harness/span-collector.ts'
import type { CollectedSpan, SpanCollector } from '../harness/span-collector.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const producerSpan = '00f067aa0ba902b7'
const headers = { traceparent: `00-${traceId}-${producerSpan}-01`, tracestate: 'vendor=tenant' }
const call = simulateCall(0, 'acme', Date.now())

let rig: WorkerRig
let receiver: Receiver
/** Whether one of the webhooks is answered 500 at its first attempt. */
let failsOnce = true

beforeAll(async () => {
  receiver = await startReceiver({
    answer: ({ target, attempt }) => ({
      status: failsOnce && target.startsWith('/once') && attempt === 1 ? 500 : 200,
      body: 'told by the receiver',
    }),
  })
  rig = await startWorkerRig({ RETRY_DELAYS: '500ms', RETRY_ROOM_DELAYS: '500ms' })
  for (const [webhook_id, path] of [
    ['good', 'fine/secret-path'],
    ['once', 'once/secret-path'],
  ] as const) {
    const parameters = [{ name: 'phone', source: { parameter: 'client_number', literal: null } }]
    const { port } = receiver
    await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', port, path, parameters }))
  }
})

afterAll(async () => {
  await rig.stop()
  await receiver.stop()
})

const requestsOf = (webhookId: string, eventId: string) =>
  receiver.requests.filter(({ deliveryId }) => deliveryId === deliveryIdOf(eventId, webhookId))

describe('with a collector', () => {
  let collector: SpanCollector
  beforeAll(async () => {
    collector = await startSpanCollector()
  })
  afterAll(() => collector.stop())

  it('is one trace, each span under what led to it, and receivers are told of their attempt', async () => {
    const worker = await startWorkerProcess({
      ...rig.environment,
      LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    })
    await rig.publisher.callEvent(call.end, headers)
    await rig.untilFinals(2)
    expect(await worker.end('SIGTERM')).toBe(0)

    const { spans } = collector
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
    const { events, outcomes, retries } = rig.settings.topics
    const retryTopic = `${retries.prefix}.500ms`
    const named = (name: string): readonly CollectedSpan[] => spans.filter((span) => span.name === name)
    const under = (parent: CollectedSpan | undefined): readonly CollectedSpan[] =>
      spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId)
    const shape = (of: readonly CollectedSpan[]) => of.map(({ name, kind }) => `${name}, ${kind}`).toSorted()
    const delivery = (of: readonly CollectedSpan[], webhook: string) =>
      of.find(({ attributes }) => attributes['webhook.id'] === webhook)

    const [first, ...others] = named(`process ${events.name}`)
    expect(others).toEqual([])
    expect(first).toMatchObject({ kind: 5, parentSpanId: producerSpan, status: 0 })
    expect(shape(under(first))).toEqual(['deliver, 1', 'deliver, 1'])
    expect(shape(under(delivery(under(first), 'good')))).toEqual([
      'POST, 3',
      'render, 1',
      `send ${outcomes.name}, 4`,
    ])
    const failed = under(delivery(under(first), 'once'))
    expect(shape(failed)).toEqual(
      ['POST, 3', 'render, 1', `send ${outcomes.name}, 4`, `send ${retryTopic}, 4`].toSorted(),
    )
    // Half a second later, in another record: the same trace, under the span that wrote it.
    const [again] = under(failed.find(({ name }) => name === `send ${retryTopic}`))
    expect(again).toMatchObject({ name: `process ${retryTopic}`, kind: 5 })
    expect(shape(under(delivery(under(again), 'once')))).toEqual([
      'POST, 3',
      'render, 1',
      `send ${outcomes.name}, 4`,
    ])
    expect(spans).toHaveLength(15)
    for (const { startNs, endNs } of spans) expect(endNs).toBeGreaterThanOrEqual(startNs)

    const attempts = named('POST')
    const [good] = requestsOf('good', call.end.event_id)
    const [tried, repeated] = requestsOf('once', call.end.event_id)
    const told = [good, tried, repeated].map((request) => request?.headers['traceparent'])
    expect(new Set(told)).toEqual(new Set(attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`)))
    expect(good?.headers['tracestate']).toBeUndefined()
    const [ofTried] = failed.filter(({ name }) => name === 'POST')
    expect(tried?.headers['traceparent']).toBe(`00-${traceId}-${ofTried?.spanId}-01`)
    expect(ofTried).toMatchObject({
      status: 2,
      attributes: {
        'http.request.method': 'POST',
        'server.address': '127.0.0.1',
        'server.port': receiver.port,
        'url.scheme': 'http',
        'http.response.status_code': 500,
        'error.type': '500',
      },
    })
    const { records } = await readTopic(quietClient(rig.settings), outcomes.name)
    const written = records.map((record) => traceContextIn(record.headers)?.spanId)
    expect(new Set(written)).toEqual(new Set(named(`send ${outcomes.name}`).map(({ spanId }) => spanId)))
    expect(collector.resource).toMatchObject({
      'service.name': 'call-webhook-worker',
      'deployment.environment.name': 'test',
    })
    const logged = worker
      .output()
      .split('\n')
      .find((line) => line.includes('attempt failed'))
    expect(JSON.parse(logged ?? '{}')).toMatchObject({ trace: traceId, webhook: 'once' })
    for (const secret of ['secret-path', call.end.client_number ?? 'none', 'told by the receiver'])
      expect(collector.text()).not.toContain(secret)
  })

  it('is a new trace where the event has none that follows the rules', async () => {
    rig.forget()
    const before = collector.spans.length
    const worker = await startWorkerProcess({
      ...rig.environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      TRACING_PROPAGATE: 'none',
    })
    const [plain, forbidden] = [
      simulateCall(1, 'acme', Date.now()).end,
      simulateCall(2, 'acme', Date.now()).end,
    ]
    await rig.publisher.callEvent(plain)
    await rig.publisher.callEvent(forbidden, { traceparent: `ff-${traceId}-${producerSpan}-01` })
    await rig.untilFinals(4)
    await worker.end('SIGTERM')
    const spans = collector.spans.slice(before)
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === '')
    expect(roots.map(({ name }) => name)).toEqual(Array(2).fill(`process ${rig.settings.topics.events.name}`))
    const traces = new Set(spans.map((span) => span.traceId))
    expect(traces.size).toBe(2)
    expect(traces).not.toContain(traceId)
    expect(requestsOf('good', plain.event_id)[0]?.headers['traceparent']).toBeUndefined()
  })
})

describe('with a collector that never answers', () => {
  let collector: SpanCollector
  beforeAll(async () => {
    collector = await startSpanCollector('silent')
    failsOnce = false
  })
  afterAll(async () => {
    failsOnce = true
    await collector.stop()
  })

  it('nothing waits: all is delivered, the end is in time, and what was lost is counted', async () => {
    rig.forget()
    const worker = await startWorkerProcess({
      ...rig.environment,
      LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_BSP_MAX_QUEUE_SIZE: '20',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
      OTEL_BSP_SCHEDULE_DELAY: '1',
    })
    for (let index = 10; index < 30; index += 1)
      await rig.publisher.callEvent(simulateCall(index, 'acme', Date.now()).end, headers)
    await rig.untilFinals(40)
    expect(collector.requests).toBeGreaterThan(0)
    const metrics = await (await fetch(`http://127.0.0.1:${worker.opsPort}/metrics`)).text()
    const lost = /webhook_worker_spans_lost_total\{why="queue_full"\} (\d+)/.exec(metrics)?.[1]
    // Of 20 × 9 spans 20 wait and 10 are under way.
    expect(Number(lost)).toBeGreaterThan(100)
    const startedAtMs = performance.now()
    expect(await worker.end('SIGTERM')).toBe(0)
    expect(performance.now() - startedAtMs).toBeLessThan(6_000)
    expect(worker.output()).toMatch(/"like":"spans lost"/)
  })
})

describe('without a collector', () => {
  it('none of the packages for spans is loaded, and the event’s own trace is handed on as it came', async () => {
    rig.forget()
    const worker = await startWorkerProcess({ ...rig.environment, TRACING_PROPAGATE: 'both' }, [
      'test/harness/loaded-modules.ts',
    ])
    const { end } = simulateCall(40, 'acme', Date.now())
    await rig.publisher.callEvent(end, headers)
    await rig.untilFinals(2)
    await worker.end('SIGTERM')
    const requests = [...requestsOf('good', end.event_id), ...requestsOf('once', end.event_id)]
    expect(requests).toHaveLength(3)
    for (const request of requests) expect(request.headers).toMatchObject(headers)
    expect(worker.output()).toContain('loaded modules of pino')
    // The metrics' library asks for the interfaces, to see whether there is a trace.
    expect(worker.output()).not.toMatch(/loaded modules of @opentelemetry\/(?!api)/)
  })
})
