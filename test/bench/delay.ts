// The delay that the worker adds at a fifth of the load that it can bear: from when an event could be read to the arrival
// of the request, by delivery. The worker is up and warm, and another process publishes.
// An event is readable between when it was given to the producer and when the producer got the broker's acknowledgement,
// as there is one replica. The goal is judged from the acknowledgement; from the other end the figure is told too, and
// includes what the producer waits for others. All times are of one clock (`machineMs`).
import { loadSettings } from '../../src/settings/load.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { DelayFigures } from './figures.ts'
import { startPublisherProcess } from './publisher-process.ts'
import { startReceiver } from './receiver.ts'
import { plain } from './scenario.ts'
import { dropTopics, environmentFor, makeTopics } from './topics-of-run.ts'

export interface DelayOptions {
  /** Events, and so deliveries. */
  readonly perSecond: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

export async function measureDelay({
  perSecond,
  seconds,
  warmUpSeconds,
}: DelayOptions): Promise<DelayFigures> {
  const environment = environmentFor(plain)
  const settings = loadSettings({ files: [], environment })
  await makeTopics(settings)
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null, arrivals: 'kept' })
  const publisher = startPublisherProcess({ environment, scenario: plain, port: receiver.port })
  let worker
  try {
    await publisher.publish({ kind: 'webhooks' })
    worker = await startWorkerProcess(environment)
    await publisher.publish({ kind: 'paced', perSecond, seconds: warmUpSeconds })
    const published = await publisher.publish({ kind: 'paced', perSecond, seconds })
    const wanted = perSecond * (seconds + warmUpSeconds)
    await until(async () => (await receiver.count()).ids >= Math.floor(wanted), `${wanted} deliveries`)
    const arrivals = await receiver.arrivals()
    const arrivedAtMs = (id: string): number => arrivals.get(id) ?? Number.POSITIVE_INFINITY
    const read = published.map(([id, , acknowledgedAtMs]) => Math.max(0, arrivedAtMs(id) - acknowledgedAtMs))
    const given = published.map(([id, givenAtMs]) => arrivedAtMs(id) - givenAtMs)
    return {
      perSecond: Math.round(perSecond),
      deliveries: published.length,
      p50Ms: percentile(read, 50),
      p99Ms: percentile(read, 99),
      sinceGivenP50Ms: percentile(given, 50),
      sinceGivenP99Ms: percentile(given, 99),
    }
  } finally {
    await publisher.stop()
    await worker?.end('SIGKILL')
    await receiver.stop()
    await dropTopics(settings)
  }
}

/** To a tenth; NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))
  return Number((sorted[at] ?? Number.NaN).toFixed(1))
}
