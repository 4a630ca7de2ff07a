// What is known of a run when it is over, as ids and times: what was ordered, what arrived, what was written about it,
// and what the group committed. Nothing in it is a count, and nothing of it was told by a worker but what workers wrote.
import type { WebhookOutcomeRecord } from '../../../src/domain/records.ts'

/** An event as it was published, with the webhooks that it matches. */
export interface Order {
  readonly eventId: string
  readonly callId: string
  readonly eventType: 'call_start' | 'call_end'
  /** Epoch milliseconds, as all times here. */
  readonly publishedAtMs: number
  readonly deliveries: readonly OrderedDelivery[]
}

export interface OrderedDelivery {
  readonly deliveryId: string
  readonly webhookId: string
  /** Each is an origin of its own. */
  readonly destination: number
}

/** A request as its receiver saw it. */
export interface Arrived {
  readonly destination: number
  readonly deliveryId: string
  readonly attempt: number
  readonly atMs: number
}

export type WrittenOutcome = Pick<
  WebhookOutcomeRecord,
  | 'outcome_id'
  | 'delivery_id'
  | 'replay'
  | 'attempt'
  | 'result'
  | 'final'
  | 'reason'
  | 'status_code'
  | 'parked'
> & {
  /** By the broker's clock. */
  readonly appendedAtMs: number
}

/** A record that workers read: a call event, what was parked of one, or rubbish. */
export interface ReadableRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly appendedAtMs: number
  readonly content:
    | { readonly kind: 'event'; readonly eventId: string }
    | { readonly kind: 'parked'; readonly deliveryIds: readonly string[]; readonly parkedTimes: number }
    /** When its dead letter was appended; null: never. */
    | { readonly kind: 'poison'; readonly deadLetteredAtMs: number | null }
}

/** A commit that the group took. */
export interface TakenCommit {
  readonly topic: string
  readonly partition: number
  /** By the broker's clock, before the group answered. */
  readonly atMs: number
  readonly offset: number
  readonly metadata: string
}

/** Work under way was cut off within this time: a kill is a moment, an outage lasts. */
export interface Interruption {
  readonly fromMs: number
  readonly toMs: number
  /** Partition numbers in whose work; absent: in all. */
  readonly partitions?: readonly number[]
}

export interface Ledger {
  readonly orders: readonly Order[]
  /**
   * Webhooks that were deleted while their accounts had traffic, and from when on what is published must not match
   * them any more.
   */
  readonly deletions: ReadonlyMap<string, number>
  readonly arrivals: readonly Arrived[]
  readonly outcomes: readonly WrittenOutcome[]
  readonly records: readonly ReadableRecord[]
  /** In the order in which the group took them. */
  readonly commits: readonly TakenCommit[]
  readonly interruptions: readonly Interruption[]
}
