// A registry that cannot be reached: at start workers wait for it, later nobody needs it.
import { setTimeout as delay } from 'node:timers/promises'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'

const atStart: Row = {
  name: 'registry away at start',
  what: 'the registry refuses connections when two workers start, for 10 s',
  goal: 'nothing is rejected; recovery within 5 s',
  ground: 'shared',
  workers: 0,
  recoveryWithinMs: 5_000,
  async happen(scene) {
    const { registry } = scene.ground
    registry.become('refuse')
    const starting = [scene.startWorker(), scene.startWorker()]
    await scene.load.deleteWebhook()
    await delay(10_000)
    registry.become('pass')
    const endedAtMs = epochMs()
    await Promise.all(starting)
    return { endedAtMs, measure: () => [] }
  },
}

const later: Row = {
  name: 'registry away',
  what: 'the registry refuses connections for 60 s',
  goal: 'known ids at full rate; nothing is rejected; recovery within 5 s',
  ground: 'shared',
  recoveryWithinMs: 5_000,
  async happen(scene, { registryAwayMs }) {
    const { registry } = scene.ground
    const fromMs = epochMs()
    registry.become('refuse')
    registry.cut()
    await scene.load.deleteWebhook()
    await delay(registryAwayMs)
    registry.become('pass')
    const endedAtMs = epochMs()
    return {
      endedAtMs,
      measure: () => [
        {
          name: 'shareMeanwhile',
          value: Number(scene.arrivals.share(fromMs, endedAtMs).toFixed(3)),
          atLeast: 0.98,
        },
      ],
    }
  },
}

export const registryAway: readonly Row[] = [atStart, later]
