// What is shown of a log, and how it changes: pages are added behind, and what is new waits until somebody asks for it,
// so that nothing moves under the eyes of whoever reads.
// Invariants: no attempt stands twice; without a gap, everything between the first and the last that are shown is shown.
import type { LoggedAttempt, LogPage } from './log-wire.ts'

export interface ShownLog extends LogPage {
  /** The newest page, where it holds what is not shown yet. */
  readonly waiting: LogPage | null
}

export function opened(page: LogPage): ShownLog {
  return { ...page, waiting: null }
}

/** With the page behind. */
export function withMore(log: ShownLog, page: LogPage): ShownLog {
  const known = idsOf(log)
  const more = page.attempts.filter(({ outcome_id }) => !known.has(outcome_id))
  return { ...log, attempts: [...log.attempts, ...more], next: page.next }
}

/** After a look at the newest page: what is shown is brought up to date, what is not waits. */
export function lookedAt(log: ShownLog, newest: LogPage): ShownLog {
  if (log.attempts.length === 0) return opened(newest)
  const known = idsOf(log)
  const current = new Map(newest.attempts.map((attempt) => [attempt.outcome_id, attempt]))
  const fresh = newest.attempts.filter(({ outcome_id }) => !known.has(outcome_id))
  const goesOn = new Set(fresh.map(({ delivery_id }) => delivery_id))
  const attempts = log.attempts.map((attempt) => {
    const now = current.get(attempt.outcome_id) ?? attempt
    return goesOn.has(now.delivery_id) && now.sendable ? { ...now, sendable: false } : now
  })
  return { ...log, attempts, total: newest.total, waiting: fresh.length === 0 ? null : newest }
}

/** With what waited. Where there is more between it and the rest than a page, the rest goes. */
export function withWaiting(log: ShownLog): ShownLog {
  const { waiting, attempts } = log
  if (waiting === null) return log
  const inFront = idsOf(waiting)
  const behind = attempts.filter(({ outcome_id }) => !inFront.has(outcome_id))
  const isJoined = behind.length < attempts.length
  if (!isJoined || behind.length === 0) return opened(waiting)
  return { ...log, attempts: [...waiting.attempts, ...behind], waiting: null }
}

function idsOf({ attempts }: LogPage): ReadonlySet<LoggedAttempt['outcome_id']> {
  return new Set(attempts.map(({ outcome_id }) => outcome_id))
}
