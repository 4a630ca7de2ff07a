// One of three brokers goes: the one that leads, the one that the group talks to, or each in its turn.
import type { BrokerCluster } from '../../harness/broker-cluster.ts'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'
import type { Scene } from '../scene.ts'

const common = {
  goal: 'no outcome lost; no worker exits; recovery within 20 s',
  ground: 'three brokers',
  recoveryWithinMs: 20_000,
  staleForMs: 6_000,
} as const

const leaderKilled: Row = {
  ...common,
  name: 'leader killed',
  what: 'of three brokers, the one that leads partition 0 of the call events is killed; recovery counts from there',
  async happen(scene) {
    const { leaders } = clusterOf(scene)
    return killed(scene, await leaders.of(scene.rig.settings.topics.events.name, 0))
  },
}

const coordinatorKilled: Row = {
  ...common,
  name: 'coordinator killed',
  what: 'of three brokers, the one that the group talks to is killed; recovery counts from there',
  async happen(scene) {
    const { leaders } = clusterOf(scene)
    return killed(scene, await leaders.ofGroup(scene.rig.settings.group.id))
  },
}

const rollingRestart: Row = {
  ...common,
  name: 'rolling restart',
  what: 'three brokers are ended and started again one after the other, each when the one before is in sync',
  async happen(scene) {
    const { nodes, leaders } = clusterOf(scene)
    const fromMs = epochMs()
    const deleted = scene.load.deleteWebhook()
    for (const node of nodes) {
      await node.end()
      await node.restart()
      await leaders.untilInSync()
    }
    const endedAtMs = epochMs()
    scene.interrupted({ fromMs, toMs: endedAtMs })
    await deleted
    return {
      endedAtMs,
      measure: () => [
        { name: 'tookMs', value: Math.round(endedAtMs - fromMs) },
        { name: 'shareMeanwhile', value: Number(scene.arrivals.share(fromMs, endedAtMs).toFixed(3)) },
      ],
    }
  },
}

export const threeBrokers: readonly Row[] = [leaderKilled, coordinatorKilled, rollingRestart]

/** Started again only when all has come to rest: the others have to do. */
async function killed(scene: Scene, id: number): ReturnType<Row['happen']> {
  const { node, leaders } = clusterOf(scene)
  const gone = node(id)
  const led = [...(await leaders.ofAll(scene.rig.settings.topics.events.name))].filter(
    ([, leader]) => leader === id,
  )
  const endedAtMs = epochMs()
  await gone.kill()
  const deleted = scene.load.deleteWebhook()
  for (const [partition] of led)
    await leaders.untilMoved(scene.rig.settings.topics.events.name, partition, id)
  const movedAtMs = epochMs()
  scene.interrupted({ fromMs: endedAtMs, toMs: movedAtMs })
  await deleted
  return {
    endedAtMs,
    async measure() {
      await gone.restart()
      await leaders.untilInSync()
      return [
        { name: 'partitionsLed', value: led.length },
        { name: 'leadersMovedMs', value: Math.round(movedAtMs - endedAtMs) },
        {
          name: 'shareMeanwhile',
          value: Number(scene.arrivals.share(endedAtMs, movedAtMs).toFixed(3)),
        },
      ]
    },
  }
}

function clusterOf({ ground: { cluster } }: Scene): BrokerCluster {
  if (cluster === null) throw new Error('this ground is one broker')
  return cluster
}
