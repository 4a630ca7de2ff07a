// Workers join and leave all the time: work goes on meanwhile.
import { setTimeout as delay } from 'node:timers/promises'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'

const everyMs = 3_000

export const storm: readonly Row[] = [
  {
    name: 'storm',
    what: 'a worker joins or leaves every 3 s for 60 s',
    goal: 'at least 50 % of the input delivered meanwhile; 0 duplicates; recovery within 10 s',
    ground: 'shared',
    recoveryWithinMs: 10_000,
    async happen(scene, { stormMs }) {
      const fromMs = epochMs()
      const changes: Promise<unknown>[] = [scene.load.deleteWebhook()]
      const unclean: (number | null)[] = []
      for (let change = 0; epochMs() - fromMs < stormMs; change += 1) {
        const [oldest] = scene.members
        if (change % 2 === 0 || oldest === undefined || scene.members.length === 1) {
          changes.push(scene.startWorker())
        } else {
          changes.push(
            scene.stopWorker(oldest).then((code) => {
              if (code !== 0) unclean.push(code)
            }),
          )
        }
        await delay(everyMs)
      }
      const endedAtMs = epochMs()
      await Promise.all(changes)
      return {
        endedAtMs,
        measure: () => [
          { name: 'shareMeanwhile', value: round(scene.arrivals.share(fromMs, endedAtMs)), atLeast: 0.5 },
          { name: 'changes', value: changes.length - 1 },
          { name: 'exitedWithFault', value: unclean.length, atMost: 0 },
        ],
      }
    },
  },
]

function round(share: number): number {
  return Number(share.toFixed(3))
}
