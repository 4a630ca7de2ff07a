// The topic of outcomes takes nothing for a while: what cannot be accounted for is not begun.
import { setTimeout as delay } from 'node:timers/promises'
import { acceptWrites } from '../../harness/topic-access.ts'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'

export const outcomesRefused: readonly Row[] = [
  {
    name: 'outcomes refused',
    what: 'the topic of outcomes refuses writes for 60 s',
    goal: 'consumption pauses; 0 duplicates; drained within 30 s',
    ground: 'guarded',
    // Used up within seconds at this load.
    settings: { IN_FLIGHT_MAX_DELIVERIES: '500' },
    recoveryWithinMs: 30_000,
    async happen(scene, { refusedMs }) {
      const { broker } = scene.ground
      if (broker === null) throw new Error('this ground refuses nothing')
      const { outcomes } = scene.rig.settings.topics
      await acceptWrites(broker.direct, outcomes.name, 'no')
      const fromMs = epochMs()
      await scene.load.deleteWebhook()
      await delay(refusedMs)
      await acceptWrites(broker.direct, outcomes.name, 'yes')
      const endedAtMs = epochMs()
      return {
        endedAtMs,
        measure: () => [
          {
            name: 'perSecondInTheSecondHalf',
            value: Math.round(scene.arrivals.perSecond((fromMs + endedAtMs) / 2, endedAtMs - 500)),
            atMost: 5,
          },
        ],
      }
    },
  },
]
