// Workers that are replaced one by one as the Deployment in config/kubernetes says: a new one, ready for so long, then the
// farewell of an old one and, while that drains, the next new one. Retries are under way all the time.
import { setTimeout as delay } from 'node:timers/promises'
import { rollingUpdateOfWorkers } from '../../harness/manifests.ts'
import { until } from '../../harness/until.ts'
import { untilDealt } from '../deal.ts'
import type { Measured, Row, Times } from '../row.ts'
import type { Member, Scene } from '../scene.ts'
import { epochMs } from '../scene.ts'

interface Farewell {
  readonly exitCode: number | null
  readonly tookMs: number
}

const rollingUpgrade: Row = {
  name: 'rolling upgrade',
  what: 'three workers are replaced as config/kubernetes would: one more, ready for a while, then one less',
  goal: '0 lost, 0 duplicates; each ends in order within its termination grace',
  ground: 'shared',
  workers: 3,
  recoveryWithinMs: 5_000,
  async happen(scene, times) {
    const [farewells] = await Promise.all([replaceAll(scene, times), scene.load.deleteWebhook()])
    const endedAtMs = epochMs()
    return { endedAtMs, measure: () => farewellsMeasured(farewells) }
  },
}

const rollingUpgradeWhileSomeHang: Row = {
  name: 'rolling upgrade while some hang',
  what: 'three workers are replaced; two of twenty receivers do not answer until the first has gone, and catch up while the others go',
  goal: '0 lost, 0 duplicates; each ends in order within its termination grace',
  ground: 'shared',
  workers: 3,
  // What two receivers missed comes back at no more than about twice their usual load.
  recoveryWithinMs: null,
  async happen(scene, times) {
    const hanging = [0, 1]
    await scene.receivers.behave(hanging, 'silent')
    const fromMs = epochMs()
    const isCalled = (destination: number): boolean =>
      scene.arrivals.all.some((each) => each.destination === destination && each.atMs > fromMs)
    await until(() => hanging.every(isCalled), 'a call of the receivers that hang')
    const afterFirst = (): Promise<void> => scene.receivers.behave(hanging, 'well')
    const [farewells] = await Promise.all([replaceAll(scene, times, afterFirst), scene.load.deleteWebhook()])
    return { endedAtMs: epochMs(), measure: () => farewellsMeasured(farewells) }
  },
}

export const rollingUpgrades: readonly Row[] = [rollingUpgrade, rollingUpgradeWhileSomeHang]

/** As the controller of Deployments: an old one that drains no longer counts, so the next new one does not wait for it. */
async function replaceAll(
  scene: Scene,
  { readyForMs }: Times,
  afterFirst = async (): Promise<void> => {},
): Promise<readonly Farewell[]> {
  const { maxSurge, maxUnavailable } = rollingUpdateOfWorkers()
  if (maxSurge !== 1 || maxUnavailable !== 0)
    throw new Error('the manifests replace workers in another way than this row')
  const leaving: Promise<Farewell>[] = []
  for (const old of scene.members.slice()) {
    await scene.startWorker()
    await delay(readyForMs)
    const going = farewell(scene, old)
    leaving.push(leaving.length === 0 ? followedBy(going, afterFirst) : going)
  }
  const farewells = await Promise.all(leaving)
  await untilDealt(scene)
  return farewells
}

async function followedBy(going: Promise<Farewell>, next: () => Promise<void>): Promise<Farewell> {
  const farewell = await going
  await next()
  return farewell
}

async function farewell(scene: Scene, member: Member): Promise<Farewell> {
  const startedAtMs = epochMs()
  const exitCode = await scene.stopWorker(member)
  return { exitCode, tookMs: Math.round(epochMs() - startedAtMs) }
}

function farewellsMeasured(farewells: readonly Farewell[]): readonly Measured[] {
  const graceMs = rollingUpdateOfWorkers().terminationGracePeriodSeconds * 1_000
  return [
    { name: 'replaced', value: farewells.length, atLeast: 3 },
    {
      name: 'replacedWithFault',
      value: farewells.filter(({ exitCode }) => exitCode !== 0).length,
      atMost: 0,
    },
    {
      name: 'longestFarewellMs',
      value: Math.max(...farewells.map(({ tookMs }) => tookMs)),
      atMost: graceMs,
    },
  ]
}
