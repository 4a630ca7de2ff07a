// A ledger by delivery: what was ordered, asked for and told of each, oldest first.
import { finalOutcomeId } from '../../../src/domain/outcome.ts'
import type { Arrived, Ledger, Order, OrderedDelivery, ReadableRecord, WrittenOutcome } from './ledger.ts'

/**
 * `surely`: it has to be delivered. `perhaps`: its webhook was deleted at about that time, so that it may be delivered,
 * cancelled, or never come about. `not`: its webhook was gone when its event was published.
 */
type Certainty = 'surely' | 'perhaps' | 'not'

export interface DeliveryFacts {
  readonly id: string
  readonly order: Order
  readonly ordered: OrderedDelivery
  readonly certainty: Certainty
  readonly arrivals: Arrived[]
  readonly outcomes: WrittenOutcome[]
  /** The records that it came out of: its event, and what was parked. */
  readonly records: ReadableRecord[]
}

export interface Facts {
  readonly ledger: Ledger
  readonly deliveries: ReadonlyMap<string, DeliveryFacts>
}

export function factsOf(ledger: Ledger): Facts {
  const deliveries = new Map<string, DeliveryFacts>()
  const byEvent = new Map<string, DeliveryFacts[]>()
  for (const order of ledger.orders) {
    const ofEvent = order.deliveries.map((ordered): DeliveryFacts => {
      const goneFromMs = ledger.deletions.get(ordered.webhookId)
      return {
        id: ordered.deliveryId,
        order,
        ordered,
        certainty:
          goneFromMs === undefined ? 'surely' : order.publishedAtMs >= goneFromMs ? 'not' : 'perhaps',
        arrivals: [],
        outcomes: [],
        records: [],
      }
    })
    for (const facts of ofEvent) deliveries.set(facts.id, facts)
    byEvent.set(order.eventId, ofEvent)
  }
  const byTime = ledger.arrivals.toSorted((one, other) => one.atMs - other.atMs)
  for (const arrival of byTime) deliveries.get(arrival.deliveryId)?.arrivals.push(arrival)
  const told = ledger.outcomes.toSorted((one, other) => one.appendedAtMs - other.appendedAtMs)
  for (const outcome of told) deliveries.get(outcome.delivery_id)?.outcomes.push(outcome)
  for (const record of ledger.records) {
    const { content } = record
    if (content.kind === 'event')
      for (const facts of byEvent.get(content.eventId) ?? []) facts.records.push(record)
    if (content.kind === 'parked')
      for (const id of content.deliveryIds) deliveries.get(id)?.records.push(record)
  }
  return { ledger, deliveries }
}

/** As a reader should fold it: of the records of the final id `delivered` before all else, otherwise the last. */
export function foldedFinal({ id, outcomes }: DeliveryFacts): WrittenOutcome | undefined {
  const finals = outcomes.filter(({ outcome_id }) => outcome_id === finalOutcomeId(id, 0))
  return finals.find(({ result }) => result === 'delivered') ?? finals.at(-1)
}

/** Whether it says how a request of that delivery ended; others end a delivery without one. */
export function isOfRequest({ outcome_id, attempt, result, final, reason }: WrittenOutcome): boolean {
  if (!final) return outcome_id.endsWith(`/a${attempt}`)
  return result === 'delivered' || (result === 'failed' && reason !== 'horizon_passed')
}

/** As it stands in verdicts. */
export function nameOf({ id, order: { eventType, eventId }, ordered: { webhookId } }: DeliveryFacts): string {
  return `${id} (${eventType} ${eventId} for ${webhookId})`
}
