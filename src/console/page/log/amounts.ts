// Durations, shares and moments, as people say them.
import type { Language } from '../language.ts'

const units = [
  ['day', 86_400_000, 48 * 3_600_000],
  ['hour', 3_600_000, 3_600_000],
  ['minute', 60_000, 60_000],
  ['second', 1_000, 1_000],
] as const

/** `340 ms`, `1.2 s`, `5 min`: two figures where they tell something. Negative is none: clocks disagree. */
export function durationText(ms: number, language: Language): string {
  const [unit, unitMs] = units.find(([, , fromMs]) => ms >= fromMs) ?? (['millisecond', 1] as const)
  const value = Math.max(0, ms) / unitMs
  const maximumFractionDigits = unit !== 'millisecond' && value < 10 ? 1 : 0
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits } as const
  return new Intl.NumberFormat(language, options).format(value)
}

/** Whole, and 100 or 0 only where it is all or none. Null: of nothing. */
export function shareText(part: number, all: number, language: Language): string | null {
  if (all === 0) return null
  const percent =
    part === all ? 100 : part === 0 ? 0 : Math.min(99, Math.max(1, Math.round((100 * part) / all)))
  return new Intl.NumberFormat(language, { style: 'percent' }).format(percent / 100)
}

/** Day and time to the second, in the zone of the reader. */
export function momentText(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' }).format(epochMs)
}
