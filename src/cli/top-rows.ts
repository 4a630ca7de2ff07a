// The reports of several workers as one: counts add up, the worst of everything else holds.
// Invariant: what no worker tells is not there; a webhook that several workers deliver to is one row.
import { badness } from '../telemetry/worst-rows.ts'
import type { WorstRow } from '../telemetry/worst-rows.ts'

/** What the worst can be by. */
export const topOrders = ['failures', 'delay', 'parked', 'breaker'] as const

export type TopOrder = (typeof topOrders)[number]

const breakers: Readonly<Record<WorstRow['breaker'], number>> = { closed: 0, half_open: 1, open: 2 }

/** The worst first. */
export function mergedRows(workers: readonly (readonly WorstRow[])[], by: TopOrder): readonly WorstRow[] {
  const rows = new Map<string, WorstRow>()
  for (const row of workers.flat()) {
    const other = rows.get(row.name)
    rows.set(row.name, other === undefined ? row : merged(other, row))
  }
  const weigh = weights[by]
  return [...rows.values()].toSorted(
    (one, other) => weigh(other) - weigh(one) || badness(other) - badness(one),
  )
}

const weights: Readonly<Record<TopOrder, (row: WorstRow) => number>> = {
  failures: badness,
  delay: ({ delay_seconds }) => delay_seconds,
  parked: ({ parked }) => parked,
  breaker: ({ breaker }) => breakers[breaker],
}

function merged(one: WorstRow, other: WorstRow): WorstRow {
  const last = (other.failing_since ?? '') === '' || one.failures >= other.failures ? one : other
  return {
    name: one.name,
    account_id: one.account_id ?? other.account_id,
    origin: one.origin ?? other.origin,
    failures: tenths(one.failures + other.failures),
    failures_error: tenths(one.failures_error + other.failures_error),
    reason: last.reason ?? one.reason ?? other.reason,
    status_code: last.status_code,
    failing_since: earliest(one.failing_since, other.failing_since),
    last_delivered_at: latest(one.last_delivered_at, other.last_delivered_at),
    hanging: one.hanging + other.hanging,
    oldest_attempt_seconds: Math.max(one.oldest_attempt_seconds, other.oldest_attempt_seconds),
    delay_seconds: Math.max(one.delay_seconds, other.delay_seconds),
    parked: tenths(one.parked + other.parked),
    parked_reason: one.parked_reason ?? other.parked_reason,
    breaker: breakers[one.breaker] >= breakers[other.breaker] ? one.breaker : other.breaker,
    tried_again_in_seconds: Math.max(one.tried_again_in_seconds, other.tried_again_in_seconds),
  }
}

/** Times as ISO 8601, in UTC: their texts are in the order of the times. */
function earliest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
