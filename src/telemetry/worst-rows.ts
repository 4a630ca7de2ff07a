// Webhooks, or origins, with all that is known of how badly they do: what was counted of late in a ranking, and what their
// lanes show now. A receiver that hangs has not failed yet: until its attempts run out of time only its lane knows.
import type { TroubledWay } from '../domain/standing.ts'
import { foreignText } from './foreign-text.ts'
import type { Ranks, Whose } from './receiver-ranking.ts'

export interface WorstRow {
  /** The webhook's id, or the origin. */
  readonly name: string
  readonly account_id: string | null
  readonly origin: string | null
  /** Failed attempts and deliveries of about the last minute. */
  readonly failures: number
  /** By how much that may be too many. */
  readonly failures_error: number
  /** Of the last one. */
  readonly reason: string | null
  readonly status_code: number | null
  /** Since when it has failed without delivering once. */
  readonly failing_since: string | null
  readonly last_delivered_at: string | null
  /** Attempts under way for more than two seconds, and the age of the oldest. */
  readonly hanging: number
  readonly oldest_attempt_seconds: number
  /** The longest from an event's time to the end of an attempt, within the last two minutes. */
  readonly delay_seconds: number
  /** Deliveries written to retry topics within about the last minute. */
  readonly parked: number
  /** Why the last one of them was. */
  readonly parked_reason: string | null
  readonly breaker: 'closed' | 'open' | 'half_open'
  readonly tried_again_in_seconds: number
}

/** Of each ranking: more than a person reads. */
const mostOfEach = 20

/** The worst first. */
export function worstRows({ failures, parked, delays }: Ranks, troubled: readonly TroubledWay[]): WorstRow[] {
  const rows = new Map<string, WorstRow>()
  const change = (key: string, whose: Whose, fields: Partial<WorstRow>): void => {
    rows.set(key, { ...(rows.get(key) ?? quietRow(key, whose)), ...fields })
  }
  const isListed = (index: number, key: string): boolean => index < mostOfEach || rows.has(key)
  for (const { name, accountId, origin, breaker, triedAgainInMs, hanging, oldestMs } of troubled) {
    const tried_again_in_seconds = tenths(triedAgainInMs / 1_000)
    const oldest_attempt_seconds = tenths(oldestMs / 1_000)
    change(name, { accountId, origin }, { breaker, tried_again_in_seconds, hanging, oldest_attempt_seconds })
  }
  for (const [index, { key, count, error, note }] of failures.entries()) {
    if (!isListed(index, key) || tenths(count) === 0) continue
    change(key, note, {
      failures: tenths(count),
      failures_error: tenths(error),
      reason: note.reason,
      status_code: note.statusCode,
      failing_since: new Date(note.sinceMs).toISOString(),
      last_delivered_at: note.deliveredAtMs === null ? null : new Date(note.deliveredAtMs).toISOString(),
    })
  }
  for (const [index, { key, count, note }] of parked.entries())
    if (isListed(index, key) && tenths(count) > 0)
      change(key, note, { parked: tenths(count), parked_reason: note.reason })
  for (const [index, { key, value, note }] of delays.entries())
    if (isListed(index, key)) change(key, note, { delay_seconds: Math.max(0, Math.round(value)) / 1_000 })
  return [...rows.values()].sort((one, other) => badness(other) - badness(one))
}

/**
 * Failures, attempts that are on the way to become some, and where a breaker keeps away from the receiver what was parked:
 * one that is down for hours fails only now and then, when it is probed.
 */
export function badness({ failures, hanging, breaker, parked }: WorstRow): number {
  return failures + hanging + (breaker === 'closed' ? 0 : parked)
}

function quietRow(key: string, { accountId, origin }: Whose): WorstRow {
  return {
    name: foreignText(key),
    account_id: accountId === null ? null : foreignText(accountId),
    origin: origin === null ? null : foreignText(origin),
    failures: 0,
    failures_error: 0,
    reason: null,
    status_code: null,
    failing_since: null,
    last_delivered_at: null,
    hanging: 0,
    oldest_attempt_seconds: 0,
    delay_seconds: 0,
    parked: 0,
    parked_reason: null,
    breaker: 'closed',
    tried_again_in_seconds: 0,
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
