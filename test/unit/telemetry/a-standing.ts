// How a worker might stand, for the tests of this room.
import type { Standing } from '../../../src/domain/standing.ts'

export function aStanding(changes: Partial<Standing> = {}): Standing {
  return {
    closedBecause: null,
    table: {
      state: 'ready',
      hydration: 1,
      ageMs: 400,
      lag: { records: 2, ageMs: 400 },
      webhooks: 12,
      invalid: 2,
      unverified: 3,
      lookups: { ready: 95, made: 5 },
    },
    pauses: { inForce: ['account:acme', 'origin:https://a.test:443'], lag: { records: 1, ageMs: 700 } },
    suspensions: { watched: 4, suspended: 2, judge: 'judging' },
    work: {
      held: {
        partitions: [0, 4, 7],
        events: { records: 42, ageMs: 3_500 },
        parked: [
          { delayMs: 5_000, records: 6, overdueMs: 1_500 },
          { delayMs: 300_000, records: 0, overdueMs: 0 },
        ],
      },
      oldestUndeliveredMs: 9_000,
      inFlight: { deliveries: 5, bytes: 4_000, waiting: 1, maxDeliveries: 2_000, maxBytes: 64_000 },
      lanes: { closed: 7, open: 2, halfOpen: 1, waiting: 7, oldAttempts: 4 },
    },
    ...changes,
  }
}
