// `npm run bench:table`: a million webhooks in their topic (`WEBHOOKS` says another number). How long a worker takes until
// it is ready, and how much memory it holds; then, one of them changed a hundred times a second, how long a version that
// stands in the topic takes until it is used. One JSON line; exit code 1 where a goal is missed.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { startPublisher } from '../../src/kafka/publisher.ts'
import type { Publisher } from '../../src/kafka/publisher.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { createTopics, planTopics } from '../../src/kafka/topics.ts'
import { plainWebhook } from '../../src/local/plain-webhook.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../src/settings/topic-settings.ts'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { rssMbOf } from '../harness/memory.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { testEnvironment } from '../harness/worker-rig.ts'

const count = Number(process.env['WEBHOOKS'] ?? 1_000_000)
const versions = 2_000
const goal = { readyWithinS: 30, rssMb: 700, changeUsedWithinMs: 250 }
const parameters = ['call_id', 'event_id', 'client_number', 'calltracking_number', 'time_start', 'duration']
const [part, environmentText = ''] = process.argv.slice(2)

// Another process publishes, so that the machine's memory is the worker's.
if (part === 'publish') await publishAll(JSON.parse(environmentText) as Record<string, string>)
else await onLocalStack(measure)

async function measure(): Promise<void> {
  const environment = testEnvironment({ TOPICS_EVENTS_PARTITIONS: '12', LOG_LEVEL: 'silent' })
  const settings = loadSettings({ files: [], environment })
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  await createTopics(client, planTopics(topicsOptionsOf(settings)))
  await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  execFileSync(process.execPath, [import.meta.filename, 'publish', JSON.stringify(environment)], {
    stdio: 'inherit',
  })
  const startedAtMs = performance.now()
  const worker = await startWorkerProcess(environment, [], 300_000)
  const readyAfterS = (performance.now() - startedAtMs) / 1_000
  try {
    const rssMb = await rssMbOf(worker.pid)
    const used = await changeAndDeliver(environment)
    const figures = {
      figure: 'the table of webhooks',
      webhooks: count,
      readyAfterS: Number(readyAfterS.toFixed(1)),
      rssMb: Math.round(rssMb),
      rssMbAtTheEnd: Math.round(await rssMbOf(worker.pid)),
      changeUsedAfterMs: used,
      goal,
      node: process.versions.node,
      cores: availableParallelism(),
    }
    console.log(JSON.stringify(figures))
    const isMet =
      readyAfterS <= goal.readyWithinS && rssMb <= goal.rssMb && used.p99 <= goal.changeUsedWithinMs
    if (!isMet) process.exitCode = 1
  } finally {
    await worker.end('SIGKILL')
  }
}

function aWebhook(index: number, fields: Partial<WebhookConfigRecord> = {}): WebhookConfigRecord {
  return {
    ...plainWebhook,
    webhook_id: `0198f1c2-7b1e-7c3a-9a10-${String(index).padStart(12, '0')}`,
    account_id: `account-${index >> 1}`,
    protocol: 'https',
    host: `hooks-${index}.example.com`,
    port: 443,
    path: `/calls/${index}`,
    parameters: parameters.map((name) => ({ name, source: { parameter: name, literal: null } })),
    ...fields,
  }
}

async function publisherFor(environment: Readonly<Record<string, string>>): Promise<Publisher> {
  const settings = loadSettings({ files: [], environment })
  const { events, webhooks } = settings.topics
  return startPublisher({
    kafka: createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {})),
    registry: settings.registry,
    topics: { events: events.name, webhooks: webhooks.name },
    observer: { observe() {} },
  })
}

async function publishAll(environment: Readonly<Record<string, string>>): Promise<void> {
  const publisher = await publisherFor(environment)
  const atOnce = 10_000
  for (let from = 0; from < count; from += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - from) }, (_, index) =>
        publisher.webhook(aWebhook(from + index)),
      ),
    )
  await publisher.stop()
}

/**
 * A hundred versions a second of one webhook, each with its number in the path, while events go to it all the time: how
 * long after a version was acknowledged the first request came that was made from it, or from a later one.
 */
async function changeAndDeliver(environment: Readonly<Record<string, string>>) {
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
  const publisher = await publisherFor(environment)
  const spot = { protocol: 'http', host: '127.0.0.1', port, account_id: 'changing' } as const
  const write = async (version: number): Promise<void> => {
    await publisher.webhook(aWebhook(count, { ...spot, path: `/${version}` }))
    acknowledgedAtMs[version] = performance.now()
  }
  await write(0)
  const startedAtMs = performance.now()
  let calls = 0
  for (let version = 1; version <= versions; version += 1) {
    await write(version)
    for (let event = 0; event < 5; event += 1) {
      calls += 1
      void publisher.callEvent(simulateCall(calls * 5, 'changing', Date.now()).end)
    }
    await delay(Math.max(0, startedAtMs + version * 10 - performance.now()))
  }
  await until(() => usedAfterMs.length > versions * 0.98, 'the last versions to be used')
  await publisher.stop()
  server.closeAllConnections()
  server.close()
  return percentilesOf(usedAfterMs)
}

function percentilesOf(values: readonly number[]) {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number): number => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1))
  return {
    p50: at(0.5),
    p99: at(0.99),
    max: Number((sorted.at(-1) ?? 0).toFixed(1)),
    versions: sorted.length,
  }
}
