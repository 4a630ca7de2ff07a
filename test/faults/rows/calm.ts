// Nothing happens but a deletion: what the oracle finds here, it would find anywhere.
import { setTimeout as delay } from 'node:timers/promises'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'

export const calm: readonly Row[] = [
  {
    name: 'calm',
    what: 'nothing happens',
    goal: '0 duplicates',
    ground: 'shared',
    recoveryWithinMs: 1_000,
    async happen(scene, { calmMs }) {
      const fromMs = epochMs()
      await scene.load.deleteWebhook()
      await delay(calmMs)
      const endedAtMs = epochMs()
      const share = scene.arrivals.share(fromMs, endedAtMs)
      return {
        endedAtMs,
        measure: () => [{ name: 'shareMeanwhile', value: Number(share.toFixed(3)), atLeast: 0.95 }],
      }
    },
  },
]
