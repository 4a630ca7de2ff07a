// All that became of single deliveries, folded from their outcomes as a reader should: per outcome id `delivered` before
// all else, otherwise the last record; in the order in which it happened, over all replays.
import type { WebhookOutcomeRecord } from '../domain/records.ts'

export interface DeliveryHistory {
  readonly deliveryId: string
  /** At least one. */
  readonly outcomes: readonly WebhookOutcomeRecord[]
}

export class DeliveryHistories {
  /** By delivery, or by event where the outcome is about all of it; then by outcome. */
  readonly #deliveries = new Map<string, Map<string, WebhookOutcomeRecord>>()
  readonly #most: number
  #leftOut = 0

  /** `most`: deliveries that are kept. */
  constructor(most: number) {
    this.#most = most
  }

  /** Outcomes of deliveries beyond the most. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** In the order of the topic. */
  outcome(record: WebhookOutcomeRecord): void {
    const { delivery_id, event_id, outcome_id } = record
    const key = delivery_id === '' ? event_id : delivery_id
    let outcomes = this.#deliveries.get(key)
    if (outcomes === undefined) {
      if (this.#deliveries.size >= this.#most) {
        this.#leftOut += 1
        return
      }
      outcomes = new Map()
      this.#deliveries.set(key, outcomes)
    }
    if (outcomes.get(outcome_id)?.result === 'delivered' && record.result !== 'delivered') return
    outcomes.set(outcome_id, record)
  }

  all(): readonly DeliveryHistory[] {
    return Array.from(this.#deliveries, ([deliveryId, outcomes]) => ({
      deliveryId,
      outcomes: [...outcomes.values()].sort(inOrder),
    }))
  }
}

/** A replay begins after the one before it ended; within one the final outcome is the last, whatever clocks say. */
function inOrder(one: WebhookOutcomeRecord, other: WebhookOutcomeRecord): number {
  return (
    one.replay - other.replay ||
    Number(one.final) - Number(other.final) ||
    one.attempt - other.attempt ||
    one.written_at - other.written_at
  )
}
