// Inversion: the end of a call arrived at an origin, for the first time, before a start of the same call that was to
// arrive there too and was not parked by then. A start that was cut off and begun again has arrived before, or is begun
// again by whoever begins the end.
import type { DeliveryFacts, Facts } from './deliveries.ts'
import { nameOf } from './deliveries.ts'

export function findInversions({ deliveries }: Facts): readonly string[] {
  const inversions: string[] = []
  const calls = Map.groupBy(
    deliveries.values(),
    ({ order, ordered }) => `${order.callId} at ${ordered.destination}`,
  )
  for (const ofCall of calls.values()) {
    const starts = ofCall.filter(({ order }) => order.eventType === 'call_start')
    const ends = ofCall.filter(({ order }) => order.eventType === 'call_end')
    const firstEnd = Math.min(...ends.map(firstAtMs))
    for (const start of starts) {
      if (firstAtMs(start) <= firstEnd || firstAtMs(start) === Number.POSITIVE_INFINITY) continue
      const wasParked = start.records.some(
        ({ content, appendedAtMs }) => content.kind === 'parked' && appendedAtMs <= firstEnd + slackMs,
      )
      if (!wasParked) inversions.push(`${nameOf(start)} arrived after the end of its call`)
    }
  }
  return inversions
}

/** The end may begin when the start's parking is on its way to its topic. */
const slackMs = 1_000

function firstAtMs({ arrivals }: DeliveryFacts): number {
  return arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY
}
