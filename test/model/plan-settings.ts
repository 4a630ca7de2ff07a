// Settings of a run: small numbers, so that every bound is met within seconds.
import type { CoreSettings } from '../fakes/core.ts'
import type { Dice } from './dice.ts'

const schedules = [
  [1_000, 4_000, 15_000, 40_000],
  [2_000, 8_000, 30_000],
  [1_000, 20_000],
] as const

/** `heals`: what is published then must have the time to be delivered after the longest wait. */
export function drawSettings(dice: Dice, heals: boolean): CoreSettings {
  const scheduleMs = dice.pick(schedules)
  const roomDelaysMs = dice.pick([scheduleMs, [500, 2_000, 8_000]] as const)
  const delaysMs = [...new Set<number>([...scheduleMs, ...roomDelaysMs])].sort((a, b) => a - b)
  return {
    sessionTimeoutMs: 10_000,
    maxTableAgeMs: 300_000,
    budget: {
      maxDeliveries: dice.pick([2, 5, 12, 1_000]),
      maxBytes: dice.pick([50, 1_000_000]),
      maxParkedAtOnce: dice.pick([1, 4, 500]),
    },
    intake: {
      maxQueuedRecords: dice.pick([1, 4, 500]),
      maxQueuedBytes: dice.pick([60, 1_000_000]),
    },
    lanes: {
      laneConcurrency: dice.pick([1, 3, 64]),
      originConcurrency: dice.pick([2, 256]),
      ratePerSecond: null,
      maxWaitMs: dice.pick([100, 1_000]),
      maxWaiting: dice.pick([2, 500]),
      maxOldAttempts: dice.pick([2, 500]),
      maxLanes: dice.pick([2, 1_000, 1_000]),
    },
    delivery: {
      limits: { connectTimeoutMs: 1_000, totalTimeoutMs: dice.pick([1_500, 4_000, 9_000, 9_000]) },
      statuses: {
        retried: ['408', '425', '429', '5xx'],
        mended: ['3xx', '401', '404'],
        quickFailureWithinMs: 1_000,
      },
      retry: {
        quickTries: dice.pick([0, 2]),
        quickWaitMs: 250,
        quickWindowMs: 5_000,
        scheduleMs,
        delaysMs,
        roomDelaysMs,
        mendedAfterMs: dice.pick([8_000, 3_600_000]),
      },
      userAgent: 'model',
      maxTargetBytes: 8_000,
      maxBodyBytes: 262_144,
      excerpts: false,
      tracePropagation: 'traceparent',
      shadow: new Set(),
      pauseDelayMs: dice.pick([3_000, 40_000]),
    },
    horizons: {
      horizonMs: {
        call_start: dice.pick([15_000, 40_000]),
        call_end: heals ? 420_000 : dice.pick([60_000, 120_000]),
      },
      toleranceMs: 5_000,
    },
    fanout: { limit: dice.pick([6, 100]), chunkSize: dice.pick([2, 4]) },
    ordering: dice.chance(0.9) ? 'call' : 'none',
    pipeline: { commitIntervalMs: dice.pick([250, 500, 1_000]), revokeSettleMs: 6_000, writeMs: 2_000 },
  }
}

/** Where nothing of the process's own stands in anybody's way, it can be told what comes late. */
export function withRoom(settings: CoreSettings): CoreSettings {
  return {
    ...settings,
    budget: { maxDeliveries: 1_000, maxBytes: 1_000_000, maxParkedAtOnce: 500 },
    intake: { maxQueuedRecords: 500, maxQueuedBytes: 1_000_000 },
  }
}
