// What a delivery's life needs of its process, and the signals that end it early.
import type { Propagation } from '../domain/trace-context.ts'
import type { Urgency } from '../isolation/admission.ts'
import type { AttemptLimits } from '../domain/attempt.ts'
import type {
  Clock,
  HttpSender,
  Observer,
  OutcomeSink,
  Parking,
  QuickTries,
  Random,
  Tracer,
} from '../ports.ts'
import type { StatusPolicy } from '../retry/judgement.ts'
import type { Grant } from '../progress/in-flight-budget.ts'
import type { RetryPolicy } from '../retry/next-step.ts'
import type { GlobalTable } from '../table/global-table.ts'
import type { LiveIsolation } from './live-isolation.ts'
import type { LivePauses } from './live-pauses.ts'
import type { LiveSuspensions } from './live-suspensions.ts'
import type { StartGate } from './start-gate.ts'

export interface DeliverySettings {
  readonly limits: AttemptLimits
  readonly statuses: StatusPolicy
  readonly retry: RetryPolicy
  /** Milliseconds; of the topic for deliveries that the operator paused: nothing else waits there. */
  readonly pauseDelayMs: number
  readonly userAgent: string
  readonly maxTargetBytes: number
  readonly maxBodyBytes: number
  /** Whether outcomes carry an excerpt of the answer. */
  readonly excerpts: boolean
  /** What of a trace a request's headers tell. */
  readonly tracePropagation: Propagation
  /** For whom all but the request is done: these accounts, or everybody. */
  readonly shadow: 'all' | ReadonlySet<string>
}

export interface DeliveryWorld {
  readonly clock: Clock
  readonly random: Random
  readonly sender: HttpSender
  readonly quickTries: QuickTries
  readonly outcomes: OutcomeSink
  readonly parking: Parking
  readonly observer: Observer
  readonly tracer: Tracer
  readonly gate: StartGate
  readonly isolation: LiveIsolation
  readonly table: GlobalTable
  readonly pauses: LivePauses
  /** Asked last before an attempt. */
  readonly suspensions: Pick<LiveSuspensions, 'holds'>
  readonly settings: DeliverySettings
}

/** Each later one is aborted only after the ones before it. */
export interface LifeSignals {
  /** The partition takes nothing new: a quick try that waits is parked instead. */
  readonly halting: AbortSignal
  /** What is under way is cut and parked: the time to settle is over. */
  readonly cut: AbortSignal
  /** The partition is another's: nothing is written any more. */
  readonly lost: AbortSignal
}

export interface Taken {
  /** Monotonic milliseconds. */
  readonly takenAtMs: number
  readonly urgency: Urgency
  /** `over_share`: it is parked, whatever room its receiver has. */
  readonly grant: Grant
  readonly signals: LifeSignals
  /** The start of the same call at the same receiver, where it has to be tried first. */
  readonly untilStartTried: Promise<void> | null
  /** Called, perhaps more than once, when this delivery holds back no end of its call any more. */
  outOfTheWay(): void
}

/**
 * `ended`: what ends or parks the delivery is acknowledged. `left`: the partition was lost before that; the event must
 * not be committed.
 */
export type LifeResult = 'ended' | 'left'
