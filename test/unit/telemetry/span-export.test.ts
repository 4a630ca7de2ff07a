import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { TraceContext } from '../../../src/domain/trace-context.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { startTracing } from '../../../src/telemetry/tracing.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { startSpanCollector } from '../../harness/span-collector.ts'

const parent: TraceContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  recorded: 'no',
  traceState: 'vendor=1',
}

async function tracingTo(origin: string, ratio = 1, maxQueueSize = 100) {
  // Timers of what is given up would hold this process up.
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_EXPORTER_OTLP_TIMEOUT: '2500' })
  const observer = new RecordingObserver()
  const names = { groupId: 'g', outcomesTopic: 'o', retryTopicPrefix: 'r' }
  const sampling = { ratio, parent: 'heeded' } as const
  const batching = {
    scheduledDelayMillis: 60_000,
    exportTimeoutMillis: 2_500,
    maxQueueSize,
    maxExportBatchSize: maxQueueSize,
  }
  const options = { names, version: '1', workerId: 'me', sampling, batching, observer }
  return { observer, ...(await startTracing(options, systemClock)) }
}

let server: Server | null = null
afterEach(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT']
  server?.closeAllConnections()
  server?.close()
  server = null
})

describe('spans on their way', () => {
  it('of a trace that nobody records are not sent, and the trace is handed on as such', async () => {
    const collector = await startSpanCollector()
    const { tracer, stop } = await tracingTo(collector.origin)
    const span = tracer.begin({ kind: 'rendering' }, parent)
    expect(span.context).toMatchObject({ traceId: parent.traceId, recorded: 'no', traceState: 'vendor=1' })
    span.end({ kind: 'done' })
    const recorded = tracer.begin({ kind: 'rendering' }, { ...parent, recorded: 'yes' })
    recorded.end({ kind: 'done' })
    await stop()
    expect(collector.spans.map(({ spanId }) => spanId)).toEqual([recorded.context?.spanId])
    await collector.stop()
  })

  it('begin no trace that is recorded where the sampler says so', async () => {
    const { tracer, stop } = await tracingTo('http://127.0.0.1:1', 0)
    expect(tracer.begin({ kind: 'rendering' }, null).context).toMatchObject({ recorded: 'no' })
    await stop()
  })

  it('that a collector refuses are counted, each', async () => {
    server = createServer((request, response) => {
      request.resume()
      response.writeHead(400).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const { tracer, stop, observer } = await tracingTo(`http://127.0.0.1:${Object(address).port}`)
    for (let index = 0; index < 7; index += 1) tracer.begin({ kind: 'rendering' }, null).end({ kind: 'done' })
    await stop()
    expect(observer.of('spans_lost')).toMatchObject([{ why: 'not_taken', spans: 7 }])
  })

  it('are lost beyond what may wait, one by one, and an end waits two seconds for a collector that hangs', async () => {
    const collector = await startSpanCollector('silent')
    const { tracer, stop, observer } = await tracingTo(collector.origin, 1, 10)
    // The first ten are under way, ten wait.
    for (let index = 0; index < 25; index += 1)
      tracer.begin({ kind: 'rendering' }, null).end({ kind: 'done' })
    const lost = observer.of('spans_lost')
    expect(lost).toHaveLength(5)
    expect(lost[0]).toMatchObject({ why: 'queue_full', spans: 1 })
    const startedAtMs = performance.now()
    await stop()
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_900)
    await collector.stop()
  })
})
