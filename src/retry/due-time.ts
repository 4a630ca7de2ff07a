// When a record of a retry topic is due: its delay after it was appended, a tenth more or less; or, where it waits for
// room at a receiver that is only full, when there should be room, but no later than that.
// Invariants: the same record is always due at the same time, so a restart keeps the schedule; no clock can make it wait
// for longer than its delay and a tenth from when it is looked at.

/** Of the delay, either way: receivers that failed together are not called again together. */
const jitter = 0.1
/** The golden ratio's fraction: its multiples fill the unit interval evenly, and neighbours land far apart. */
const goldenFraction = 0.618_033_988_749_895

export interface ParkedAt {
  readonly offset: bigint
  /** Epoch milliseconds. */
  readonly appendedAtMs: number
  /** Epoch milliseconds at which its receiver should have room; null: it waits for the whole delay. */
  readonly expectedAtMs: number | null
}

/** Epoch milliseconds. */
export function dueAtMs({ offset, appendedAtMs, expectedAtMs }: ParkedAt, delayMs: number): number {
  if (expectedAtMs !== null) return Math.min(expectedAtMs, appendedAtMs + delayMs * (1 + jitter))
  const spread = (Number(offset % 1_000_003n) * goldenFraction) % 1
  return appendedAtMs + delayMs * (1 + jitter * (2 * spread - 1))
}

/** Milliseconds from `nowMs` (epoch) on, 0 if it is due. */
export function untilDueMs(parkedAt: ParkedAt, delayMs: number, nowMs: number): number {
  return clamp(dueAtMs(parkedAt, delayMs) - nowMs, delayMs * (1 + jitter))
}

/** Milliseconds after which a record of a topic of this delay is due at the earliest. */
export function earliestDueMs(delayMs: number): number {
  return delayMs * (1 - jitter)
}

function clamp(ms: number, longestMs: number): number {
  return Math.min(Math.max(0, ms), longestMs)
}
