// A million webhooks, published once: how long a worker takes until it is ready, how much memory it holds, how fast it
// delivers with all of them in even use, how fast they are found, and how soon a changed one is used.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { loadSettings } from '../../src/settings/load.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { testEnvironment } from '../harness/worker-rig.ts'
import type { TableFigures } from './figures.ts'
import { ratiosOf } from './pairs.ts'
import { startPublisherProcess } from './publisher-process.ts'
import { startReceiver } from './receiver.ts'
import { plain } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { spreadOf } from './spread.ts'
import { measureChanges } from './table-change.ts'
import { perAccount } from './table-webhook.ts'
import { dropTopics, environmentFor, makeTopics } from './topics-of-run.ts'
import { runWorker } from './worker-run.ts'
import type { WorkerResult } from './worker-run.ts'

export interface TableOptions {
  readonly webhooks: number
  readonly pairs: number
  readonly deliveries: number
}

const fewWebhooks = 1_000
const versions = 2_000
const readyWithinMs = 300_000

type Lookups = Pick<TableFigures, 'webhookBytes' | 'lookupReadyUs' | 'lookupUnreadyUs'>

export async function measureTable({ webhooks, pairs, deliveries }: TableOptions): Promise<TableFigures> {
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null })
  const few: WorkerResult[] = []
  const many: WorkerResult[] = []
  const shared: Settings[] = []
  const publish = async (scenario: Scenario): Promise<Record<string, string>> => {
    const environment = testEnvironment()
    shared.push(loadSettings({ files: [], environment }))
    await publishTable(scenario, receiver.port, environment)
    return { TOPICS_WEBHOOKS_NAME: environment['TOPICS_WEBHOOKS_NAME'] ?? '' }
  }
  try {
    const fewScenario: Scenario = {
      ...plain,
      name: 'few',
      webhooks: fewWebhooks,
      fanOut: perAccount,
      deliveries,
    }
    const manyScenario: Scenario = { ...fewScenario, name: 'many', webhooks }
    const fewTopic = await publish(fewScenario)
    const manyTopic = await publish(manyScenario)
    for (let pair = 0; pair < pairs; pair += 1) {
      few.push(await runWorker(fewScenario, { receiver, environment: fewTopic, webhooks: 'published' }))
      many.push(await runWorker(manyScenario, { receiver, environment: manyTopic, webhooks: 'published' }))
    }
    const changes = await changed(environmentFor(manyScenario, manyTopic), webhooks)
    const child = [new URL('table-lookup-child.ts', import.meta.url).pathname, String(webhooks)]
    const lookups = JSON.parse(execFileSync(process.execPath, child, { encoding: 'utf8' })) as Lookups
    return {
      node: process.versions.node,
      cores: availableParallelism(),
      webhooks,
      pairs,
      deliveries,
      readyAfterS: spreadOf(many.map(({ readyAfterS }) => readyAfterS)),
      rssMbWhenReady: spreadOf(many.map(({ rssMbWhenReady }) => rssMbWhenReady)),
      fewWebhooks,
      readyAfterSWithFew: spreadOf(few.map(({ readyAfterS }) => readyAfterS)),
      rssMbWithFew: spreadOf(few.map(({ rssMbWhenReady }) => rssMbWhenReady)),
      rateOfFew: ratiosOf(many, few, 'perSecond'),
      perSecond: spreadOf(many.map(({ perSecond }) => perSecond)),
      ...lookups,
      ...changes,
    }
  } finally {
    await receiver.stop()
    for (const settings of shared) await dropTopics(settings)
  }
}

/** Another process publishes, so that the machine's memory is the worker's. The topic is what the runs share. */
async function publishTable(
  scenario: Scenario,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await makeTopics(loadSettings({ files: [], environment }))
  const publisher = startPublisherProcess({ environment, scenario, port })
  try {
    await publisher.publish({ kind: 'table' })
  } finally {
    await publisher.stop()
  }
}

async function changed(environment: Readonly<Record<string, string>>, number: number) {
  const settings = loadSettings({ files: [], environment })
  await makeTopics(settings)
  const worker = await startWorkerProcess(environment, [], readyWithinMs)
  try {
    return await measureChanges(settings, number, versions)
  } finally {
    await worker.end('SIGKILL')
    await dropTopics(settings)
  }
}
