// What a client chose to have sent again, judged: some deliveries, or all that failed in a stretch of time.

export type ReplayChoice =
  | { readonly kind: 'deliveries'; readonly deliveryIds: readonly string[] }
  /** Epoch milliseconds. */
  | { readonly kind: 'window'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'invalid'; readonly detail: string }

/** Each record that is sent says how it was chosen, so there is room for no more. */
const mostNamed = 100
const maxIdLength = 100
const momentPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

export function readReplayChoice(body: unknown): ReplayChoice {
  const { delivery_ids, since, until } = Object(body) as Readonly<Record<string, unknown>>
  if (delivery_ids !== undefined) {
    if (since !== undefined || until !== undefined)
      return invalid('delivery_ids, or since and until, and not both')
    const ids = Array.isArray(delivery_ids) ? (delivery_ids as readonly unknown[]) : []
    if (ids.length === 0 || ids.length > mostNamed || !ids.every((id) => isId(id)))
      return invalid(`delivery_ids is a list of 1 to ${mostNamed} ids`)
    return { kind: 'deliveries', deliveryIds: ids }
  }
  const [sinceMs, untilMs] = [momentIn(since), momentIn(until)]
  if (sinceMs === null || untilMs === null)
    return invalid('since and until are moments, or delivery_ids is given')
  if (sinceMs >= untilMs) return invalid('since is before until')
  return { kind: 'window', sinceMs, untilMs }
}

function invalid(detail: string): ReplayChoice {
  return { kind: 'invalid', detail }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxIdLength
}

function momentIn(value: unknown): number | null {
  if (typeof value !== 'string' || !momentPattern.test(value)) return null
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? null : ms
}
