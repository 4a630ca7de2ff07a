/// <reference lib="dom" />
// From when until when what failed is to be sent again: a choice of spans, or two moments.
import type { ReplayChoice } from './log-wire.ts'

export type Period = 'hour' | 'day' | 'week' | 'own'

export const periods: readonly Period[] = ['hour', 'day', 'week', 'own']

const hourMs = 3_600_000
const spanMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs }

export interface OwnPeriod {
  /** As an input for local times gives them: `2026-03-14T12:15`; empty: not given. */
  readonly since: string
  readonly until: string
}

/** Null where the begin is not before the end. */
export function windowOf(
  period: Period,
  own: OwnPeriod,
  nowMs: number,
): Extract<ReplayChoice, { readonly since: string }> | null {
  const untilMs = period === 'own' && own.until !== '' ? Date.parse(own.until) : nowMs
  const sinceMs = period === 'own' ? Date.parse(own.since) : nowMs - spanMs[period]
  if (!(sinceMs < untilMs)) return null
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() }
}

/** As an input for local times takes it, to the minute. */
export function localText(epochMs: number): string {
  const offsetMs = new Date(epochMs).getTimezoneOffset() * 60_000
  return new Date(epochMs - offsetMs).toISOString().slice(0, 16)
}
