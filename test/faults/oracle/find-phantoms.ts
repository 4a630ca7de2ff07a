// Phantom: a request, or an outcome, that nobody ordered: of no event and webhook that there are, at another's address,
// of no attempt, or for a webhook that was gone when the event was published.
import type { Facts } from './deliveries.ts'
import { nameOf } from './deliveries.ts'

export function findPhantoms({ ledger, deliveries }: Facts): readonly string[] {
  const phantoms: string[] = []
  for (const { deliveryId, destination, attempt } of ledger.arrivals) {
    const facts = deliveries.get(deliveryId)
    if (facts === undefined) phantoms.push(`a request at ${destination} as "${deliveryId}"`)
    else if (facts.ordered.destination !== destination) {
      phantoms.push(`${nameOf(facts)} was sent to ${destination}, not ${facts.ordered.destination}`)
    } else if (!Number.isSafeInteger(attempt) || attempt < 1) {
      phantoms.push(`${nameOf(facts)} was sent as attempt ${attempt}`)
    } else if (facts.certainty === 'not') phantoms.push(`${nameOf(facts)} was sent, its webhook long gone`)
  }
  for (const { outcome_id, delivery_id } of ledger.outcomes) {
    if (!deliveries.has(delivery_id)) phantoms.push(`an outcome ${outcome_id}`)
  }
  return phantoms
}
