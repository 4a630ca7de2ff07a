// How a worker stands at one moment. An observation is told when something happens; this is asked for when somebody
// looks, so that an age grows while nothing happens, and what was lost is not there any more. The metrics' gauges and
// `/status` are projections of it. Nothing here names a path, a query, a header or a rendered value.
import type { RecordPosition } from './record-position.ts'

/** What a reader has not done yet. */
export interface Lag {
  readonly records: number
  /** Milliseconds since the oldest of them was written; 0 if there is none, or none is known. */
  readonly ageMs: number
}

export interface TableStanding {
  readonly state: 'waiting_for_ends' | 'reading' | 'ready'
  /** 0 to 1, by offsets. */
  readonly hydration: number
  /** Milliseconds since it was known to be complete; before it first was, since it began. */
  readonly ageMs: number
  /** Of its topic. An upper bound where it is behind: what is not read yet was written after it was last complete. */
  readonly lag: Lag
  readonly webhooks: number
  readonly invalid: number
  readonly unverified: number
  /** Webhooks that were looked for since the start: kept ready, or made from their records. */
  readonly lookups: { readonly ready: number; readonly made: number }
}

export interface PausesStanding {
  /** The keys of those in force. */
  readonly inForce: readonly string[]
  /** Of the topic of states, as the table's. */
  readonly lag: Lag
}

export interface SuspensionsStanding {
  readonly watched: number
  readonly suspended: number
  /** Whether this worker judges, and how far it has come to it. */
  readonly judge: 'aside' | 'opening' | 'reading' | 'judging' | 'resting'
}

/** Records of the retry topics of one delay that are not done. */
export interface ParkedStanding {
  readonly delayMs: number
  readonly records: number
  /** Milliseconds by which the first that was not taken is past its due time; 0 if it is not. */
  readonly overdueMs: number
}

/** What the partitions of this worker hold. */
export interface HeldStanding {
  /** Of call events, rising. */
  readonly partitions: readonly number[]
  readonly events: Lag
  /** The shortest delay first. */
  readonly parked: readonly ParkedStanding[]
}

export interface LanesStanding {
  readonly closed: number
  readonly open: number
  readonly halfOpen: number
  /** Deliveries that wait for room. */
  readonly waiting: number
  /** Attempts under way for more than two seconds. */
  readonly oldAttempts: number
}

export interface InFlightStanding {
  readonly deliveries: number
  readonly bytes: number
  /** Who waits for a part of it. */
  readonly waiting: number
  readonly maxDeliveries: number
  readonly maxBytes: number
}

export interface WorkStanding {
  /** Null while they may be another's: two workers that tell of one partition would be believed both. */
  readonly held: HeldStanding | null
  /** Milliseconds from the time of the oldest call event that was taken and neither ended nor parked; 0: there is none. */
  readonly oldestUndeliveredMs: number
  readonly inFlight: InFlightStanding
  readonly lanes: LanesStanding
}

export interface Standing {
  /** Why no new work begins; null: it does. */
  readonly closedBecause: string | null
  readonly table: TableStanding
  readonly pauses: PausesStanding
  readonly suspensions: SuspensionsStanding
  /** Null until the worker gets to it: before that come its checks and the table. */
  readonly work: WorkStanding | null
}

/** A receiver, or the way to an origin, that attempts do not go well with at this moment. */
export interface TroubledWay {
  readonly of: 'webhook' | 'origin'
  /** The webhook's id, or the origin. */
  readonly name: string
  /** Null for an origin: it may be many accounts'. */
  readonly accountId: string | null
  readonly origin: string
  readonly breaker: 'closed' | 'open' | 'half_open'
  /** Milliseconds until it is tried again; 0 where its breaker is not open. */
  readonly triedAgainInMs: number
  /** Attempts under way for more than two seconds. */
  readonly hanging: number
  /** Milliseconds for which the oldest of them has been. */
  readonly oldestMs: number
}

/** A webhook whose newest version cannot be used. */
export interface InvalidWebhook {
  readonly webhookId: string
  readonly accountId: string | null
  readonly config: Pick<RecordPosition, 'partition' | 'offset'>
  readonly faults: readonly string[]
}
