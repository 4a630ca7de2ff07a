// 200,000 outcomes of 2,000 webhooks, a quarter of them non-final, read from a real topic into the counts, while a
// page of 50 webhooks is asked for all the time. One JSON line; exit code 1 below 5,000 outcomes a second.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { startOutcomeCounts } from '../../src/console/outcomes/outcome-counts.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { applyClientPatches } from '../../src/kafka/client-patches.ts'
import { createOutcomeSink } from '../../src/kafka/outcome-sink.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { clientOptions, createTopic, now } from '../integration/compacted-topic.ts'
import { anOutcome } from '../unit/telemetry/an-outcome.ts'
import { onLocalStack } from './on-local-stack.ts'

const outcomes = 200_000
const webhooks = 2_000
const writtenAtOnce = 5_000
/** Small answers keep the client's decoding of one short. */
const fetching = { maxBytesPerPartition: 131_072, maxBytes: 524_288 }
const quiet = { observe() {} }
const registry = () => ({ url: process.env['TEST_REGISTRY_URL'] ?? '', username: '', password: '' })
const [topicToFill] = process.argv.slice(2)
applyClientPatches()

// Another process writes, so that the memory measured is that of counting.
await (topicToFill === undefined ? onLocalStack(measure) : fill(topicToFill))

async function measure(): Promise<void> {
  const access = registry()
  const topic = await createTopic('figure-counts', 4, {})
  await registerSchemas(
    access,
    await readSchemaSubjects({
      events: `${topic}-e`,
      webhooks: `${topic}-w`,
      states: `${topic}-s`,
      outcomes: topic,
      facts: `${topic}-f`,
      suspensions: `${topic}-sus`,
      notices: `${topic}-n`,
      retries: [],
    }),
  )
  execFileSync(process.execPath, [import.meta.filename, topic], { stdio: 'inherit' })

  const folder = mkdtempSync(join(tmpdir(), 'figure-counts-'))
  const file = join(folder, 'counts.sqlite')
  const schemas = new WriterSchemas(access, quiet)
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  const startedAtMs = now()
  stalls.enable()
  const counts = await startOutcomeCounts({
    file,
    topic,
    retentionMs: 30 * 86_400_000,
    keeping: { retentionMs: 3_650 * 86_400_000, rows: 1_000_000 },
    openReader: (from) => createTopicReader({ client: clientOptions(), topic, from, ...fetching, now }),
    schemas,
    observer: quiet,
    clock: systemClock,
  })
  const page = Array.from({ length: 50 }, (_, index) => webhookId(index * 7))
  const readsMs: number[] = []
  while (!counts.caughtUp) {
    const askedAtMs = now()
    counts.of(page)
    readsMs.push(now() - askedAtMs)
    await delay(2)
  }
  const tookMs = now() - startedAtMs
  stalls.disable()
  const all = [...counts.of(Array.from({ length: webhooks }, (_, index) => webhookId(index))).values()]
  const counted = all.reduce((sum, { delivered, failed }) => sum + delivered + failed, 0)
  const rssMib = process.memoryUsage().rss / 1_048_576
  await counts.stop()
  schemas.stop()
  const perSecond = Math.round(outcomes / (tookMs / 1_000))
  readsMs.sort((a, b) => a - b)
  console.log(
    JSON.stringify({
      figure: '200,000 outcomes counted',
      counted,
      perSecond,
      bytesPerDelivery: Math.round(statSync(file).size / counted),
      pageReadMs: { p50: round(readsMs[readsMs.length >> 1]), max: round(readsMs.at(-1)) },
      eventLoopStallMs: { p99: round(stalls.percentile(99) / 1e6), max: round(stalls.max / 1e6) },
      rssMib: Math.round(rssMib),
    }),
  )
  rmSync(folder, { recursive: true })
  if (perSecond < 5_000 || counted !== (outcomes / 4) * 3) process.exitCode = 1
}

function webhookId(index: number): string {
  return `5b0f7d64-0000-4000-8000-${String(index % webhooks).padStart(12, '0')}`
}

function round(ms = 0): number {
  return Number(ms.toFixed(2))
}

/** Three deliveries in four end at once; every fourth outcome is a try of the delivery that follows it. */
function outcomeAt(index: number): Outcome {
  const tried = index % 4 === 0
  const delivery = tried ? index + 1 : index
  const webhook = webhookId(delivery) as NonNullable<Outcome['webhookId']>
  const eventId = `event-${delivery}` as Outcome['eventId']
  const deliveryId = deliveryIdOf(eventId, webhook)
  return anOutcome({
    outcomeId: `${deliveryId}/0/${tried ? 'a1' : 'final'}`,
    deliveryId,
    eventId,
    webhookId: webhook,
    callId: `call-${delivery}` as Outcome['callId'],
    final: !tried,
    result: tried ? 'retry_scheduled' : delivery % 10 === 1 ? 'failed' : 'delivered',
    writtenAtMs: 1_700_000_000_000 + index,
  })
}

async function fill(topic: string): Promise<void> {
  const kafka = createKafkaClient(clientOptions())
  const schema = readSchema('webhook-outcome')
  const schemaId = await registeredIdOf(registry(), topic, schema)
  const writer = new RecordWriter({ kafka, topic, lingerMs: 2, maxBatch: 500, observer: quiet })
  await writer.start()
  const sink = createOutcomeSink({ writer, schema, schemaId, workerId: 'figure' })
  for (let at = 0; at < outcomes; at += writtenAtOnce) {
    await Promise.all(Array.from({ length: writtenAtOnce }, (_, index) => sink.write(outcomeAt(at + index))))
  }
  await sink.stop()
}
