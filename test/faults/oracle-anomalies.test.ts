// The oracle is judged as well: workers with one seeded anomaly each, of which it has to name that one and no other.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { until } from '../harness/until.ts'
import { forgottenWebhook } from './anomalies/forgotten-webhook.ts'
import { createCollector } from './collect.ts'
import { startGround } from './ground.ts'
import type { Ground } from './ground.ts'
import { judge } from './oracle/oracle.ts'
import type { Anomalies, Verdict } from './oracle/oracle.ts'
import { setScene } from './scene.ts'
import type { Scene } from './scene.ts'

const eventsPerSecond = 100
/** Enough for some of everything: fan-outs, tries that fail, calls whose start and end come together. */
const events = 300

describe('a worker with a seeded anomaly', () => {
  let ground: Ground
  let scene: Scene | null = null

  beforeAll(async () => {
    ground = await startGround('shared')
  })
  afterEach(async () => {
    await scene?.end()
    scene = null
  })
  afterAll(() => ground.stop())

  /** The verdict over a short run, when all has ended that will. */
  async function verdictOn(module: string): Promise<Verdict> {
    const imports = [`test/faults/anomalies/${module}.ts`]
    scene = await setScene({ ground, eventsPerSecond, settings: {}, imports })
    const { load, rig, arrivals, commits, interruptions } = scene
    const collector = createCollector(rig.settings)
    await scene.startWorker()
    load.start()
    await until(() => load.orders.length >= events, `${events} events`)
    await load.stop()
    const ordered = load.orders.flatMap(({ deliveries }) => deliveries)
    const willEnd = ordered.filter(({ webhookId }) => module !== 'lost' || webhookId !== forgottenWebhook)
    const open = new Set(willEnd.map(({ deliveryId }) => deliveryId))
    const allHaveEnded = (): boolean => {
      const finals = rig.finals()
      for (const id of open) if (finals.has(finalOutcomeId(id, 0))) open.delete(id)
      return open.size === 0
    }
    await until(allHaveEnded, 'all deliveries to end', 30_000, () => [...open].slice(0, 3).join())
    await arrivals.complete()
    const { records, outcomes } = await collector.collect()
    const { orders, deletions } = load
    const ledger = { orders, deletions, records, outcomes, interruptions }
    return judge({ ...ledger, arrivals: arrivals.all, commits: commits.taken })
  }

  const seeded: readonly (readonly [keyof Anomalies, string])[] = [
    ['lost', 'lost'],
    ['phantom', 'phantom'],
    ['gap', 'gap'],
    ['overcommit', 'overcommit'],
    ['inversion', 'inversion'],
    ['double_final', 'double-final'],
  ]
  it.each(seeded)('is found out: %s', async (anomaly, module) => {
    const { anomalies } = await verdictOn(module)
    const named = Object.entries(anomalies).filter(([, cases]) => cases.length > 0)
    expect(named.map(([name]) => name)).toEqual([anomaly])
  })
})
