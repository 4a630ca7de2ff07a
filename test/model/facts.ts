// What a run is made of, as somebody knows it who sees everything at once: who read what, what was asked of receivers,
// what was written and acknowledged, and who owned which partition when.
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import type { Core } from '../fakes/core.ts'
import type { ConfigReader } from './config-topic.ts'
import type { Member } from './member.ts'
import type { PauseReader } from './pause-topic.ts'
import type { ProcessLife } from './process-life.ts'
import type { AnsweredRequest, SentRequest } from './receivers.ts'

export interface Ownership {
  readonly process: ProcessFacts
  readonly partition: number
  readonly sinceMs: number
  endedAtMs: number | null
  /** It was given up with everything settled and committed: nobody has a reason to do anything again. */
  isClean: boolean
}

export interface ProcessFacts {
  readonly name: string
  readonly number: number
  readonly life: ProcessLife
  readonly core: Core
  readonly member: Member
  readonly configs: ConfigReader
  readonly pauses: PauseReader
  /** By partition number. */
  readonly owned: Map<number, Ownership>
  readonly eventsRead: Map<string, EventRead>
  readonly parkedRead: Map<string, ParkedRead>
  /** Places of records whose dead letters were acknowledged. */
  readonly deadLetters: Set<string>
  readonly underWay: Set<RequestFacts>
  /** Deliveries that its budget has granted and not been given back. */
  readonly held: { all: number; parked: number }
  share: number
  /** Monotonic milliseconds since when it has had this share. */
  shareSinceMs: number
  /** Since when it has been settling, for a rejoin or for good; null: it is not, or is in doubt and cannot. */
  settlingSinceMs: number | null
  /** Until when it stood still, or was without a membership, last; monotonic milliseconds. */
  disturbedUntilMs: number
  /** Whether nothing has kept it from settling: then what it had in hand is written and committed. */
  settlesCleanly(): boolean
}

export interface DeliveryFacts {
  readonly id: string
  readonly event: CallEvent
  readonly webhookId: string
  readonly partition: number
  /** How often anything of it may be repeated: the kills and the like that left it unfinished. */
  allowance: number
  /** Epoch milliseconds: by when each reading of its event said that it ends. */
  readonly expiries: Set<number>
  readonly requests: RequestFacts[]
  readonly outcomes: OutcomeWrite[]
  readonly parks: ParkWrite[]
  /** Epoch milliseconds before which its receiver asked to be left alone, after so many attempts. */
  readonly asked: { readonly attempt: number; readonly untilMs: number; readonly process: ProcessFacts }[]
}

export interface EventRead {
  readonly process: ProcessFacts
  readonly position: RecordPosition
  readonly atMs: number
  readonly event: CallEvent
  /** What the process's table matched, with the origin of each webhook that is valid. */
  readonly matches: ReadonlyMap<string, { readonly delivery: DeliveryFacts; readonly origin: string | null }>
}

export interface ParkedRead {
  readonly process: ProcessFacts
  readonly position: RecordPosition
  readonly atMs: number
  readonly parked: ParkedDelivery
  readonly deliveries: readonly DeliveryFacts[]
}

export interface RequestFacts {
  readonly process: ProcessFacts
  readonly delivery: DeliveryFacts
  readonly sent: SentRequest
  readonly ownership: Ownership | null
  endedAtMs: number | null
  answered: AnsweredRequest | null
}

interface Write {
  readonly process: ProcessFacts
  readonly issuedAtMs: number
  landedAtMs: number | null
  acknowledgedAtMs: number | null
}

export interface OutcomeWrite extends Write {
  readonly outcome: Outcome
}

export interface ParkWrite extends Write {
  readonly parked: ParkedDelivery
  readonly delayMs: number
  readonly deliveries: readonly DeliveryFacts[]
  /** Of each copy that stands in the log; the one that was acknowledged at the end. */
  readonly places: RecordPosition[]
}
