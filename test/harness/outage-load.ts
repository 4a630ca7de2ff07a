// One worker process under a steady load of call events while something around it fails, and the account of it
// afterwards: expected deliveries against final outcomes, and requests that came twice.
import { setTimeout as delay } from 'node:timers/promises'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { rssMbOf } from './memory.ts'
import { until } from './until.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'
import { startWorkerRig, webhookRecord } from './worker-rig.ts'
import type { WorkerRig } from './worker-rig.ts'

export interface OutageLoad {
  readonly rig: WorkerRig
  readonly receiver: Receiver
  readonly worker: WorkerProcess
  /** Publishes this many ends of calls, evenly over the time; resolves when all are acknowledged. */
  publish(events: number, overMs: number): Promise<void>
  /** Expected deliveries without a final outcome. */
  missing(): number
  /** Resolves when nothing is missing, with the milliseconds that it took. */
  untilAllDelivered(timeoutMs: number): Promise<number>
  /** Final outcomes of anything but a delivery. */
  undelivered(): number
  /** Resolves when the receiver was called once more. */
  untilNextRequest(timeoutMs: number): Promise<number>
  rssMb(): Promise<number>
  readyz(): Promise<number>
  /** The value of a metric without labels; NaN where there is none. */
  metric(name: string): Promise<number>
  /** Ends the worker as an orchestrator does; answers its exit code. */
  stop(): Promise<number | null>
}

export interface OutageOptions {
  /** For the rig, which makes the topics and reads the outcomes. */
  readonly rig?: Readonly<Record<string, string>>
  /** For the worker alone: where its network leads elsewhere than the rig's. */
  readonly worker?: Readonly<Record<string, string>>
}

/** Together some 80 deliveries a second: a load that is published at once is still under way when a fault begins. */
const answerAfterMs = 50
export const connections = 4

export async function startOutageLoad(options: OutageOptions = {}): Promise<OutageLoad> {
  const receiver = await startReceiver({
    answer: () => (response) => setTimeout(() => response.writeHead(200).end(), answerAfterMs),
  })
  const rig = await startWorkerRig(options.rig)
  await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
  const worker = await startWorkerProcess({
    ...rig.environment,
    LOG_LEVEL: 'info',
    HTTP_CONNECTIONS_PER_ORIGIN: String(connections),
    LANES_ORIGIN_CONCURRENCY: String(connections),
    LANES_CONCURRENCY: String(connections),
    ...options.worker,
  })
  const expected = new Set<string>()
  let calls = 0
  const missing = (): number => {
    const finals = rig.finals()
    return [...expected].filter((id) => !finals.has(id)).length
  }
  const timed = async (holds: () => boolean, what: string, timeoutMs: number): Promise<number> => {
    const sinceMs = performance.now()
    const state = (): string => `(${missing()} missing)\n${worker.output().split('\n').slice(-30).join('\n')}`
    await until(holds, what, timeoutMs, state)
    return Math.round(performance.now() - sinceMs)
  }
  return {
    rig,
    receiver,
    worker,
    async publish(events, overMs) {
      const written: Promise<void>[] = []
      for (let index = 0; index < events; index += 1) {
        const { end } = simulateCall(calls, 'acme', Date.now())
        calls += 1
        expected.add(finalOutcomeId(deliveryIdOf(end.event_id, 'w'), 0))
        written.push(rig.publisher.callEvent(end))
        if (overMs > 0) await delay(overMs / events)
      }
      await Promise.all(written)
    },
    missing,
    untilAllDelivered: (timeoutMs) => timed(() => missing() === 0, 'every delivery to end', timeoutMs),
    undelivered: () => [...rig.finals().values()].filter(({ result }) => result !== 'delivered').length,
    untilNextRequest(timeoutMs) {
      const before = receiver.requests.length
      return timed(() => receiver.requests.length > before, 'the receiver to be called', timeoutMs)
    },
    rssMb: async () => Math.round(await rssMbOf(worker.pid)),
    readyz: async () => (await fetch(`http://127.0.0.1:${worker.opsPort}/readyz`)).status,
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${worker.opsPort}/metrics`)).text()
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      )
    },
    async stop() {
      const exitCode = await worker.end('SIGTERM')
      await rig.stop()
      await receiver.stop()
      return exitCode
    },
  }
}
