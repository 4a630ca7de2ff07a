// A broker that goes away and comes back, in each way that this happens; workers live on and take up again.
import { setTimeout as delay } from 'node:timers/promises'
import type { FaultyBroker } from '../../harness/faulty-broker.ts'
import type { Row, Times } from '../row.ts'
import type { Scene } from '../scene.ts'
import { epochMs } from '../scene.ts'

const common = {
  goal: 'no worker exits; duplicates within what was unacknowledged; recovery within 15 s',
  ground: 'own',
  recoveryWithinMs: 15_000,
  staleForMs: 6_000,
} as const

const standsStill: Row = {
  ...common,
  name: 'broker stands still',
  what: 'the broker is stopped (SIGSTOP) for 30 s',
  happen: (scene, { awayMs }) =>
    away(scene, async ({ server }) => {
      process.kill(server.pid, 'SIGSTOP')
      await delay(awayMs)
      process.kill(server.pid, 'SIGCONT')
    }),
}

const killed: Row = {
  ...common,
  name: 'broker killed',
  what: 'the broker is killed, and started again after 30 s',
  happen: (scene, { awayMs }) =>
    away(scene, async ({ server }) => {
      process.kill(server.pid, 'SIGKILL')
      await delay(awayMs)
      await server.restart()
    }),
}

const halfOpen: Row = {
  ...common,
  name: 'half-open link',
  what: 'for 60 s the link to the broker swallows all that is sent, and closes nothing',
  happen: (scene, { halfOpenMs }) =>
    away(scene, async ({ proxy }) => {
      proxy.become('swallow')
      await delay(halfOpenMs)
      proxy.become('pass')
    }),
}

const resets: Row = {
  ...common,
  name: 'connections reset',
  what: 'every connection to the broker is cut, ten times in 10 s',
  async happen(scene) {
    const deleted = scene.load.deleteWebhook()
    for (let cut = 0; cut < 10; cut += 1) {
      const atMs = epochMs()
      scene.interrupted({ fromMs: atMs, toMs: atMs })
      brokerOf(scene).proxy.cut()
      await delay(1_000)
    }
    const endedAtMs = epochMs()
    await deleted
    return { endedAtMs, measure: () => [] }
  },
}

const slow: Row = {
  ...common,
  name: 'slow link',
  what: 'the link to the broker takes 500 ms more there and back, for 60 s',
  goal: 'at least 80 % of the rate meanwhile; recovery within 15 s',
  async happen(scene, { slowMs }: Times) {
    const { proxy } = brokerOf(scene)
    const fromMs = epochMs()
    const deleted = scene.load.deleteWebhook()
    proxy.slowDown(250)
    await delay(slowMs)
    proxy.slowDown(0)
    const endedAtMs = epochMs()
    await deleted
    return {
      endedAtMs,
      measure: () => [
        {
          name: 'shareMeanwhile',
          value: Number(scene.arrivals.share(fromMs, endedAtMs).toFixed(3)),
          atLeast: 0.8,
        },
      ],
    }
  },
}

export const brokerAway: readonly Row[] = [standsStill, killed, halfOpen, resets, slow]

async function away(scene: Scene, fault: (broker: FaultyBroker) => Promise<void>): ReturnType<Row['happen']> {
  const fromMs = epochMs()
  // Where the broker cannot be reached, the tombstone waits as events do.
  const deleted = scene.load.deleteWebhook()
  await fault(brokerOf(scene))
  const endedAtMs = epochMs()
  scene.interrupted({ fromMs, toMs: endedAtMs })
  await deleted
  return { endedAtMs, measure: () => [] }
}

function brokerOf({ ground: { broker } }: Scene): FaultyBroker {
  if (broker === null) throw new Error('this ground is not to be broken')
  return broker
}
