// The time zone of a webhook, as the zone data of the language knows it.
// Asking costs 60 µs and a compacted topic may hold a hundred thousand webhooks in a handful of zones, so what was
// answered is kept. Invariant: a zone that is UTC under another name is UTC, so that its times end in `Z`.
import { webhookLimits, webhookPatterns } from './webhook-rules.ts'

export type TimeZoneReading =
  /** `name`: as it was given; null is UTC. */
  { readonly kind: 'zone'; readonly name: string | null } | { readonly kind: 'unknown' }

const unknown: TimeZoneReading = { kind: 'unknown' }
const pattern = new RegExp(webhookPatterns.timeZone)
/** Some 600 names exist; in other cases, and made up, there is no end of them. */
const maxKept = 2_000
const kept = new Map<string, TimeZoneReading>()
const utcNames: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'])

/** Names in any case; no offsets. */
export function readTimeZone(text: string): TimeZoneReading {
  if (text.length > webhookLimits.timeZoneLength || !pattern.test(text)) return unknown
  const known = kept.get(text)
  if (known !== undefined) return known
  if (kept.size >= maxKept) kept.clear()
  const reading = ask(text)
  kept.set(text, reading)
  return reading
}

function ask(timeZone: string): TimeZoneReading {
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
    return { kind: 'zone', name: utcNames.has(resolved) ? null : timeZone }
  } catch {
    return unknown
  }
}
