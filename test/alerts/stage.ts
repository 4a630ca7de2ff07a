// What the scenes are played on: rigs with topics of their own, worker processes that Prometheus watches, and a steady
// load. Everything that is begun here ends with `end`, the last first.
import { setTimeout as delay } from 'node:timers/promises'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startReceivers } from '../harness/receivers.ts'
import type { Receivers } from '../harness/receivers.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import type { PrometheusServer } from './prometheus-server.ts'

export interface Load {
  readonly eventsPerSecond: number
  /** Of the nth call. */
  account(call: number): string
  /** Milliseconds that lie between an event and its record. Default: none. */
  readonly publishedAfterMs?: number
}

export class Stage {
  readonly prometheus: PrometheusServer
  readonly #closing: (() => Promise<unknown>)[] = []
  #starting: Promise<unknown> = Promise.resolve()

  constructor(prometheus: PrometheusServer) {
    this.prometheus = prometheus
  }

  /** Done when the stage is cleared. */
  later(close: () => Promise<unknown>): void {
    this.#closing.push(close)
  }

  async rig(settings: Readonly<Record<string, string>> = {}): Promise<WorkerRig> {
    const rig = await startWorkerRig({ RETRY_DELAYS: '1s,2s,4s', RETRY_ROOM_DELAYS: '1s,4s', ...settings })
    this.later(() => rig.stop())
    return rig
  }

  async receivers(destinations: number): Promise<Receivers> {
    const receivers = await startReceivers({ destinations, answerAfterMs: 5 })
    this.later(() => receivers.stop())
    return receivers
  }

  /** Ready, and watched as that job. One starts at a time: there are few processors. */
  async worker(
    job: string,
    { environment }: WorkerRig,
    more: Readonly<Record<string, string>> = {},
  ): Promise<WorkerProcess> {
    const starting = this.#starting
      .catch(() => {})
      .then(() => startWorkerProcess({ ...environment, LOG_LEVEL: 'warn', ...more }))
    this.#starting = starting
    const worker = await starting
    this.later(() => worker.end('SIGKILL'))
    await this.prometheus.watch(job, worker.opsPort)
    return worker
  }

  /** Goes on until the stage is cleared. */
  load({ publisher }: WorkerRig, { eventsPerSecond, account, publishedAfterMs = 0 }: Load): void {
    const stop = new AbortController()
    const run = async (): Promise<void> => {
      const startedAtMs = performance.now()
      let events = 0
      for (let call = 0; !stop.signal.aborted; call += 1) {
        const aheadMs = (events / eventsPerSecond) * 1_000 - (performance.now() - startedAtMs)
        if (aheadMs > 0) await delay(aheadMs)
        const { start, end } = simulateCall(call, account(call), Date.now() - publishedAfterMs)
        const published = start === null ? [end] : [start, end]
        events += published.length
        // A broker that is taken away takes some with it: what clients get of them is no matter here.
        await Promise.all(published.map((event) => publisher.callEvent(event))).catch(() => {})
      }
    }
    const running = run()
    this.later(() => {
      stop.abort()
      return running
    })
  }

  async end(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close().catch(() => {})
  }
}
