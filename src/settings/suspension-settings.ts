// The settings of suspension in the shapes that the core takes.
import type { Settings } from './schema.ts'

/** Streaks that a process holds: some 300 bytes each. */
const mostStreaks = 20_000
/** Of the time that a watch takes, what is told of it is at most so much older. */
const tellingsPerWatch = 48

/** What fails and is not told of again within a topic's retention is forgotten there. */
export function streakRulesOf({ suspension, topics }: Settings) {
  const { reportEveryMs, afterMs } = suspension
  return {
    reportEveryMs,
    retellEveryMs: Math.max(reportEveryMs, Math.ceil(afterMs / tellingsPerWatch)),
    forgetAfterMs: topics.facts.retentionMs,
    most: mostStreaks,
  }
}

export function judgeRulesOf({ suspension, topics }: Settings) {
  const { afterMs, attempts } = suspension
  // Brokers delete whole segments, some time after their newest record is old enough.
  return { afterMs, attempts, forgetAfterMs: 2 * topics.facts.retentionMs }
}
