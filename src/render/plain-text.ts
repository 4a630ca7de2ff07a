// A call value as text: how queries and forms write it, and how every encoder writes a time.

import type { ParameterValue } from '../domain/parameter-catalogue.ts'
import { sendable } from '../domain/sendable-text.ts'

const year10000Ms = Date.UTC(10_000, 0)

/**
 * ISO 8601 in UTC with whole seconds: `2026-03-14T09:15:02Z`. No plus sign, so nothing turns it into a space.
 * Null for a time that four digits of a year cannot tell: nonsense from a producer counts as not known.
 */
export function isoSeconds(epochMs: number): string | null {
  if (!(epochMs >= 0 && epochMs < year10000Ms)) return null
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}

/** How queries and forms write a value: flags as 1 and 0, lists joined by commas; unknown is empty. */
export function plainText(value: ParameterValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return sendable(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if ('kind' in value) return isoSeconds(value.ms) ?? ''
  return value.map(sendable).join(',')
}
