// What must wake nobody: a night without a call; a day with two bad receivers among twenty, one of which most calls are
// for, while workers are restarted one after the other.
import { until } from '../../harness/until.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'
import { accountOf, webhookEach } from './deliveries.ts'

const quietNight: Scene = {
  name: 'quiet-night',
  fault: 'none: no call at all',
  alerts: [],
  async play(stage, job) {
    await stage.worker(job, await stage.rig())
  },
}

const ordinaryDay: Scene = {
  name: 'ordinary-day',
  fault:
    'none: one receiver hangs, one that most calls are for answers 503, and both workers are restarted in turn',
  alerts: [],
  async play(stage, job) {
    const receivers = await stage.receivers(20)
    const rig = await stage.rig({ TOPICS_EVENTS_PARTITIONS: '6' })
    await webhookEach(rig, receivers, 20)
    const workers = [await stage.worker(job, rig), await stage.worker(job, rig)]
    stage.load(rig, {
      eventsPerSecond: 20,
      account: (call) => accountOf(call % 5 < 3 ? 0 : call % 20),
    })
    await receivers.behave([0], 'failing')
    await receivers.behave([1], 'silent')
    await untilCount(stage, `sum(webhook_worker_lanes{job="${job}", state="open"})`, 2)
    for (const worker of workers) {
      await worker.end('SIGTERM')
      await stage.prometheus.forget(worker.opsPort)
      await stage.worker(job, rig)
    }
  },
}

async function untilCount(stage: Stage, expr: string, atLeast: number): Promise<void> {
  await until(
    async () => ((await stage.prometheus.query(expr))[0]?.value ?? 0) >= atLeast,
    `${expr} to be ${atLeast}`,
    60_000,
  )
}

export const controlScenes: readonly Scene[] = [quietNight, ordinaryDay]
