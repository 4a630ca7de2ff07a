// What a worker holds on to: its memory after a hundred thousand and after a million deliveries, both times idle, with
// everything delivered and committed.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { loadSettings } from '../../src/settings/load.ts'
import { groupLag } from '../harness/group-lag.ts'
import { rssMbOf } from '../harness/memory.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import type { MemoryFigures } from './figures.ts'
import { startPublisherProcess } from './publisher-process.ts'
import { startReceiver } from './receiver.ts'
import { plain } from './scenario.ts'
import { dropTopics, environmentFor, makeTopics } from './topics-of-run.ts'

export interface MemoryOptions {
  /** Deliveries at the later mark; the earlier one stands at a tenth of them, after as many for warming up. */
  readonly deliveries: number
  readonly folder: string
}

const bytesPerMb = 1_048_576
/** After the last delivery: connections that are not used are closed, timers run out. */
const settledAfterMs = 8_000
const givenBackAfterMs = 2_000

export async function measureMemory({ deliveries, folder }: MemoryOptions): Promise<MemoryFigures> {
  const environment = environmentFor(plain)
  const settings = loadSettings({ files: [], environment })
  await makeTopics(settings)
  const file = join(folder, 'memory.json')
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null })
  const publisher = startPublisherProcess({ environment, scenario: plain, port: receiver.port })
  let worker: WorkerProcess | undefined
  const portion = deliveries / 10
  let wanted = 0
  /** In portions, so that what waits in the broker is the same each time. */
  const deliver = async (portions: number): Promise<void> => {
    for (let each = 0; each < portions; each += 1) {
      await receiver.forget()
      await publisher.publish({ kind: 'events', count: portion })
      wanted += portion
      await until(async () => (await receiver.count()).ids >= portion, `${wanted} deliveries`, 600_000)
      await until(async () => (await groupLag(settings)) === 0, `${wanted} events to be committed`, 60_000)
    }
    await delay(settledAfterMs)
  }
  try {
    await publisher.publish({ kind: 'webhooks' })
    worker = await startWorkerProcess({ ...environment, BENCH_MEMORY_FILE: file }, [
      'test/bench/memory-report.ts',
    ])
    await deliver(2)
    const early = await held(worker, file)
    await deliver(9)
    const late = await held(worker, file)
    return {
      early: portion,
      late: deliveries,
      earlyHeapMb: early.heapMb,
      lateHeapMb: late.heapMb,
      earlyRssMb: early.rssMb,
      lateRssMb: late.rssMb,
      earlyCollectedRssMb: early.collectedRssMb,
      lateCollectedRssMb: late.collectedRssMb,
    }
  } finally {
    await publisher.stop()
    await worker?.end('SIGKILL')
    await receiver.stop()
    await dropTopics(settings)
  }
}

/** RSS as it stood, and once more when the collector has given back what it keeps in reserve. */
async function held({ pid }: WorkerProcess, file: string) {
  const rssMb = tenths(await rssMbOf(pid))
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  await until(() => existsSync(file), 'the worker to tell what it holds')
  const { heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.MemoryUsage
  await delay(givenBackAfterMs)
  return {
    rssMb,
    heapMb: tenths((heapUsed + external) / bytesPerMb),
    collectedRssMb: tenths(await rssMbOf(pid)),
  }
}

function tenths(value: number): number {
  return Number(value.toFixed(1))
}
