// The workers' own word about their lag against the brokers' offsets: added up it is the lag of the group, also while
// partitions move, because one that is lost is not told of any more.
import { afterEach, expect, it } from '@jest/globals'
import { groupLagByKind } from '../harness/group-lag.ts'
import { scrape, sumOf } from '../harness/scraped-series.ts'
import { startLoad } from '../harness/two-workers.ts'
import type { Load } from '../harness/two-workers.ts'
import { until } from '../harness/until.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'

let load: Load | null = null
afterEach(async () => {
  await load?.stop()
  load = null
})

const delays = ['0s', '4s', '5s', '20s', '30s', '2m', '5m', '10m', '30m', '2h', '8h']

interface Told {
  readonly events: number
  readonly parked: Readonly<Record<string, number>>
}

/** From one look at each. */
async function toldBy(workers: readonly WorkerProcess[]): Promise<Told> {
  const scraped = await Promise.all(workers.map(scrape))
  const sum = (series: string): number =>
    scraped.reduce((total, each) => total + (each.get(`webhook_worker_${series}`) ?? 0), 0)
  return {
    events: sum('consumer_lag_records{topic="events"}'),
    parked: Object.fromEntries(delays.map((delay) => [delay, sum(`parked_records{delay="${delay}"}`)])),
  }
}

async function byBrokers({ rig }: Load): Promise<Told> {
  const { events, parked } = await groupLagByKind(rig.settings)
  return { events, parked: Object.fromEntries(delays.map((delay) => [delay, parked.get(delay) ?? 0])) }
}

it('is that of the group, by kind and delay, before, while and after partitions move', async () => {
  // Nobody answers: some attempts hang and hold their partitions' prefix, the rest is put off.
  const environment = {
    HTTP_CONNECT_TIMEOUT_MS: '2000',
    HTTP_TOTAL_TIMEOUT_MS: '3000',
    SHUTDOWN_DRAIN_TIMEOUT_MS: '6000',
  }
  load = await startLoad({ environment, answer: () => () => {} })
  const current = load
  const workers = [await load.worker('first')]
  const samples: string[] = []
  const agree = async (what: string): Promise<void> => {
    let [told, asked] = ['', '']
    await until(
      async () => {
        const brokers = await byBrokers(current)
        ;[told, asked] = [JSON.stringify(await toldBy(workers)), JSON.stringify(brokers)]
        const all = brokers.events + Object.values(brokers.parked).reduce((sum, each) => sum + each, 0)
        return all > 0 && told === asked
      },
      `workers and brokers to agree ${what}`,
      20_000,
      () => `${told} against ${asked}`,
    )
    samples.push(told)
  }
  await load.publish(60)
  await until(async () => (await toldBy(workers)).events > 0, 'a lag')
  expect(await sumOf(workers, 'webhook_worker_consumer_lag_seconds{topic="events"}')).toBeGreaterThan(0)
  await agree('of one worker')
  workers.push(await load.worker('second'))
  await until(
    async () => (await sumOf(workers, 'webhook_worker_assigned_partitions')) === 6,
    'all partitions',
  )
  await agree('of two')
  const [first] = workers.splice(0, 1)
  await first?.end('SIGTERM')
  await until(
    async () => (await sumOf(workers, 'webhook_worker_assigned_partitions')) === 6,
    'all partitions',
  )
  await load.publish(20)
  await agree('of the one that is left')
  expect(samples).toHaveLength(3)
}, 120_000)
