// A webhook that wants five requests a second, over three workers and then five: the most that it gets in any ten seconds.
import { setTimeout as delay } from 'node:timers/promises'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const perSecond = 5
const seconds = Number(process.env['SECONDS_EACH'] ?? 40)
const windowMs = 10_000

await onLocalStack(async () => {
  const receiver = await startReceiver()
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '12' })
  const workers: WorkerProcess[] = []
  try {
    const limits = {
      rate_per_second: perSecond,
      concurrency: null,
      total_timeout_ms: null,
      retry_horizon_s: null,
    }
    await rig.publisher.webhook(
      webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port, limits }),
    )
    const start = async (): Promise<void> => {
      workers.push(await startWorkerProcess({ ...rig.environment, LOG_LEVEL: 'silent' }))
    }
    await Promise.all([start(), start(), start()])
    // Three times what it may get, so that there is always more.
    const over = new AbortController()
    let published = 0
    const background = (async () => {
      for (; !over.signal.aborted; published += 1) {
        await rig.publisher.callEvent(simulateCall(published, 'acme', Date.now()).end)
        await delay(1_000 / (3 * perSecond))
      }
    })()
    await delay(seconds * 1_000)
    await start()
    await start()
    await delay(seconds * 1_000)
    over.abort()
    await background
    const atMs = receiver.requests.map((request) => request.atMs)
    const most = Math.max(
      ...atMs
        .map((fromMs, index) => atMs.slice(index).findIndex((each) => each >= fromMs + windowMs))
        .map((count) => count),
    )
    const spanSeconds = ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)) / 1_000
    const figures = {
      figure: 'five requests a second over three and then five workers',
      published,
      requests: atMs.length,
      seconds: Math.round(spanSeconds),
      average: Number((atMs.length / spanSeconds).toFixed(2)),
      mostInAnyTenSeconds: most,
      mostPerSecond: most / (windowMs / 1_000),
    }
    console.log(JSON.stringify(figures))
    if (figures.mostPerSecond > 5.5) process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await rig.stop()
    await receiver.stop()
  }
})
