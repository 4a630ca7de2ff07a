// 1,000,000 outcomes of 50 webhooks of one account, half of them of one webhook, read by a real console from a real topic,
// while list, log and search are asked for all the time, and then again when all are there. One JSON line; exit code 1
// above 200 ms at the 95th percentile or 300 MB, or below 5,000 outcomes a second.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Outcome } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { createOutcomeSink } from '../../src/kafka/outcome-sink.ts'
import { startPublisher } from '../../src/kafka/publisher.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopics, planTopics } from '../../src/kafka/topics.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../src/settings/topic-settings.ts'
import { startConsoleProcess } from '../harness/console-process.ts'
import { peakMegabytesOf } from '../harness/memory.ts'
import { testEnvironment, webhookRecord } from '../harness/worker-rig.ts'
import { anOutcome } from '../unit/telemetry/an-outcome.ts'
import { onLocalStack } from './on-local-stack.ts'

const outcomes = Number(process.env['FIGURE_OUTCOMES'] ?? 1_000_000)
const webhooks = 50
const account = 'demo'
/** As the manifests set it: a machine with much memory gives new objects 128 MB before it looks which of them are dead. */
const nodeOptions = '--max-semi-space-size=8'
/** Every fourth outcome is a try of the delivery that follows it. */
const finals = (outcomes / 4) * 3
/** Between one and the next: half a day in all. */
const stepMs = 40
const writtenAtOnce = 5_000
const rounds = 200
const atMostMs = 200
const atMostMegabytes = 300
const leastPerSecond = 5_000
const quiet = { observe() {} }
const [environmentToFill] = process.argv.slice(2)

// Another process writes, and is over before anything is measured.
await (environmentToFill === undefined ? onLocalStack(measure) : fill(environmentToFill))

async function measure(): Promise<void> {
  const nowMs = Date.now()
  const environment = testEnvironment({ FIGURE_NOW: String(nowMs) })
  execFileSync(process.execPath, [import.meta.filename, JSON.stringify(environment)], { stdio: 'inherit' })
  const folder = await mkdtemp(join(tmpdir(), 'delivery-log-'))
  const startedAtMs = performance.now()
  const page = await startConsoleProcess({
    ...environment,
    CONSOLE_ACCOUNT: account,
    NODE_OPTIONS: nodeOptions,
    CONSOLE_STORE_FILE: join(folder, 'log.sqlite'),
    CONSOLE_REQUESTS_PER_MINUTE: '1000000',
  })
  try {
    const ask = async (times: number[], path: string): Promise<Answer> => {
      const askedAtMs = performance.now()
      const response = await fetch(`${page.address}/api${path}`)
      const body = (await response.json()) as Answer
      times.push(performance.now() - askedAtMs)
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      return body
    }
    const reading = noTimes()
    let counted = 0
    while (counted < finals) {
      const { webhooks: listed } = await ask(reading.list, '/webhooks?limit=50')
      counted = listed.reduce((sum, { counts }) => sum + counts.delivered + counts.failed, 0)
      await ask(reading.log, `/webhooks/${webhookId(0)}/deliveries`)
      await ask(reading.search, `/calls/${callId(Math.floor(Math.random() * outcomes))}/deliveries`)
      await delay(20)
    }
    const perSecond = Math.round(outcomes / ((performance.now() - startedAtMs) / 1_000))
    const there = noTimes()
    for (let round = 0; round < rounds; round += 1) {
      const until = new Date(nowMs - Math.random() * outcomes * stepMs).toISOString()
      const only = round % 2 === 0 ? 'all' : 'failed'
      await ask(there.list, '/webhooks?limit=50')
      const log = `/webhooks/${webhookId(round % 3)}/deliveries?limit=50&only=${only}`
      const deep = await ask(there.log, `${log}&until=${until}`)
      if (deep.next !== null) await ask(there.log, `${log}&after=${deep.next}`)
      const index = Math.floor(Math.random() * outcomes)
      const found = await ask(there.search, `/calls/${callId(index)}/deliveries`)
      if (found.attempts.length === 0) throw new Error(`nothing of call ${index}`)
      await ask(there.health, `/webhooks/${webhookId(round % webhooks)}/health`)
    }
    const peakMegabytes = Math.round(await peakMegabytesOf(page.pid))
    const slowest = [reading, there].flatMap((times) => Object.values(times).map((each) => p95(each)))
    console.log(
      JSON.stringify({
        figure: `a log of ${outcomes} outcomes`,
        perSecond,
        p95Ms: { whileReading: p95s(reading), afterwards: p95s(there) },
        peakMegabytes,
      }),
    )
    if (Math.max(...slowest) > atMostMs || peakMegabytes > atMostMegabytes || perSecond < leastPerSecond)
      process.exitCode = 1
  } finally {
    await page.end()
    await rm(folder, { recursive: true })
  }
}

interface Answer {
  readonly webhooks: readonly { readonly counts: { readonly delivered: number; readonly failed: number } }[]
  readonly attempts: readonly unknown[]
  readonly next: string | null
}

function noTimes(): Record<'list' | 'log' | 'search' | 'health', number[]> {
  return { list: [], log: [], search: [], health: [] }
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other)
  return Number((sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0).toFixed(1))
}

function p95s(times: ReturnType<typeof noTimes>) {
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, each]) => (each.length === 0 ? [] : [[name, p95(each)]])),
  )
}

function webhookId(index: number): string {
  return `5b0f7d64-0000-4000-8000-${String(index).padStart(12, '0')}`
}

/** A call has two outcomes on the average. */
function callId(index: number): string {
  return `c0ffee00-0000-4000-8000-${String(index >> 1).padStart(12, '0')}`
}

function outcomeAt(index: number, nowMs: number): Outcome {
  const tried = index % 4 === 0
  const delivery = tried ? index + 1 : index
  const webhook = webhookId(delivery % 4 < 2 ? 0 : delivery % webhooks) as NonNullable<Outcome['webhookId']>
  const eventId = `event-${delivery}` as Outcome['eventId']
  const deliveryId = deliveryIdOf(eventId, webhook)
  const failed = !tried && delivery % 10 === 1
  return anOutcome({
    outcomeId: `${deliveryId}/0/${tried ? 'a1' : 'final'}`,
    deliveryId,
    eventId,
    webhookId: webhook,
    accountId: account as Outcome['accountId'],
    callId: callId(index) as Outcome['callId'],
    final: !tried,
    result: tried ? 'retry_scheduled' : failed ? 'failed' : 'delivered',
    reason: tried || failed ? 'http_status' : 'ok',
    nextAttemptAtMs: tried ? nowMs : null,
    writtenAtMs: nowMs - (outcomes - index) * stepMs,
  })
}

async function fill(given: string): Promise<void> {
  const environment = JSON.parse(given) as Record<string, string>
  const nowMs = Number(environment['FIGURE_NOW'])
  const settings = loadSettings({ files: [], environment })
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const kafka = createKafkaClient(client)
  const { events, webhooks: configs, outcomes: written } = settings.topics
  await createTopics(client, planTopics(topicsOptionsOf(settings)))
  await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  const topics = { events: events.name, webhooks: configs.name }
  const publisher = await startPublisher({ kafka, registry: settings.registry, topics, observer: quiet })
  for (let index = 0; index < webhooks; index += 1) {
    const webhook = { webhook_id: webhookId(index), account_id: account, host: 'crm.example.com', port: 443 }
    await publisher.webhook(webhookRecord(webhook))
  }
  await publisher.stop()
  const schema = readSchema('webhook-outcome')
  const schemaId = await registeredIdOf(settings.registry, written.name, schema)
  const writer = new RecordWriter({ kafka, topic: written.name, lingerMs: 2, maxBatch: 500, observer: quiet })
  await writer.start()
  const sink = createOutcomeSink({ writer, schema, schemaId, workerId: 'figure' })
  for (let at = 0; at < outcomes; at += writtenAtOnce) {
    const some = Array.from({ length: Math.min(writtenAtOnce, outcomes - at) }, (_, index) => at + index)
    await Promise.all(some.map((index) => sink.write(outcomeAt(index, nowMs))))
  }
  await sink.stop()
}
