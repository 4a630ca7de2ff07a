// A delivery's trace, from the record that it comes from to the last of its attempts.
import { expect, it } from '@jest/globals'
import { webhookConfig } from '../../fakes/call-events.ts'
import { FakeTracer } from '../../fakes/fake-tracer.ts'
import type { FakeSpan } from '../../fakes/fake-tracer.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'

const address = 'http://w.test/hook'

async function begin(options: Omit<WorldOptions, 'tracer'> = {}) {
  const tracer = new FakeTracer()
  const world = new PipelineWorld({ ...options, tracer })
  world.tableSource.put(webhookConfig('w'))
  const process = await world.started()
  const told = (name: string): readonly (string | undefined)[] =>
    world.sender.ledger.map(({ request: { headers } }) => {
      const at = headers.indexOf(name)
      return at < 0 ? undefined : headers[at + 1]
    })
  return { world, process, tracer, told }
}

const parentOf = (tracer: FakeTracer, span: FakeSpan | undefined): FakeSpan | undefined =>
  tracer.spans.find(({ context }) => context.spanId === span?.parentSpanId)

it('holds all attempts, however often the delivery waits in a retry topic', async () => {
  const { world, tracer, told } = await begin()
  world.sender.script(address, { status: 500 }, { status: 500 }, { status: 500 }, { status: 200 })
  world.events(0, 'e')
  await world.clock.advance(1_000_000)
  expect(world.outcomes.endings).toEqual(['delivered: ok after 4'])
  expect(new Set(tracer.spans.map(({ context }) => context.traceId)).size).toBe(1)
  const kinds = { record: 4, delivery: 4, rendering: 4, attempt: 4, outcome: 4, parking: 3 } as const
  for (const [kind, count] of Object.entries(kinds))
    expect({ kind, count: tracer.of(kind as keyof typeof kinds).length }).toEqual({ kind, count })
  for (const [index, record] of tracer.of('record').slice(1).entries())
    expect(parentOf(tracer, record)).toBe(tracer.of('parking')[index])
  for (const kind of ['rendering', 'attempt', 'outcome', 'parking'] as const)
    for (const span of tracer.of(kind)) expect(parentOf(tracer, span)?.work.kind).toBe('delivery')
  const { traceId } = tracer.spans[0]!.context
  expect(told('traceparent')).toEqual(
    tracer.of('attempt').map(({ context }) => `00-${traceId}-${context.spanId}-01`),
  )
  expect(tracer.of('attempt').map(({ work }) => work)).toMatchObject(
    [1, 2, 3, 4].map((attempt) => ({ attempt })),
  )
})

it('is told to receivers only where the operator wants it', async () => {
  const { world, told } = await begin({ delivery: { tracePropagation: 'none' } })
  world.events(0, 'e')
  await world.clock.advance(1_000)
  expect(told('traceparent')).toEqual([undefined])
})

it('ends every span once, also where the partition is taken away in the middle', async () => {
  const { world, process, tracer } = await begin()
  world.sender.script(address, { hang: true })
  world.events(0, 'a', 'b')
  await world.clock.advance(100)
  expect(tracer.of('attempt')).toHaveLength(2)
  world.source.crash()
  process.pipeline.assigned({ epoch: 2, owned: [], share: 0 })
  await world.clock.advance(60_000)
  expect(tracer.spans.filter(({ endings }) => endings.length !== 1)).toEqual([])
  expect(tracer.of('record').map(({ endings }) => endings[0])).toEqual(
    Array.from({ length: 2 }, () => ({ kind: 'failed', reason: 'left' })),
  )
})
