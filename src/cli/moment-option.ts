// A moment as people name it: so long ago (`90s`, `10m`, `24h`, `7d`), or a date and time as in ISO 8601.
import { InvalidArgumentError } from 'commander'

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `before`: milliseconds before now; `at`: epoch milliseconds. */
export type Moment =
  { readonly kind: 'before'; readonly ms: number } | { readonly kind: 'at'; readonly ms: number }

/** @throws InvalidArgumentError */
export function moment(text: string): Moment {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return { kind: 'before', ms: Number(count) * (unitsMs[unit] ?? 0) }
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms))
    throw new InvalidArgumentError(
      'Allowed: so long ago, as 90s, 10m, 24h or 7d, or a moment, as 2026-03-14T12:15:00Z.',
    )
  return { kind: 'at', ms }
}

/** Epoch milliseconds. */
export function msOf(asked: Moment, nowMs: number): number {
  return asked.kind === 'at' ? asked.ms : nowMs - asked.ms
}
