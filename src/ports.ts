// All that the core asks of the world, on one page. Adapters (kafka, http, telemetry, runtime) serve these;
// tests serve them with fakes, and the same suite judges both.
import type { AttemptResult, AttemptTerms, HttpRequest } from './domain/attempt.ts'
import type { DeadLetterReason } from './domain/dead-letter-reason.ts'
import type { DecodedEvent, DecodedParked } from './domain/decoded.ts'
import type { WebhookId } from './domain/ids.ts'
import type { Observation } from './domain/observation.ts'
import type { Outcome } from './domain/outcome.ts'
import type { ParkedDelivery } from './domain/parked-delivery.ts'
import type { RecordPosition } from './domain/record-position.ts'
import type { HeldSuspension, Verdict, WebhookFact } from './domain/suspension.ts'
import type { TransactionEnd } from './domain/transaction-end.ts'
import type { TraceContext } from './domain/trace-context.ts'
import type { TracedSpan, TracedWork } from './domain/traced-work.ts'
import type { WebhookChange } from './domain/webhook-change.ts'

/** A record as Kafka holds it. Key and value are copies: keeping one pins no fetch response. */
export interface SourceRecord {
  readonly position: RecordPosition
  /** Epoch milliseconds: when the producer made it, or the broker appended it. */
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Readonly<
    Record<string, Uint8Array | string | readonly (Uint8Array | string)[] | undefined>
  >
  /**
   * Set where the source could not take a batch of records apart: why. The record then stands for all of them, with
   * the batch as its value and the last of their offsets.
   */
  readonly undecodableBatch?: string
}

/** A partition of a topic; one number stands for that partition of every topic that the group reads. */
export interface PartitionRef {
  readonly topic: string
  readonly partition: number
}

export interface OwnedPartition extends PartitionRef {
  /** Milliseconds that each of its records waits from when it was appended; null: call events, which do not wait. */
  readonly delayMs: number | null
  /** What was last committed for it; null where nothing was, or it could not be asked. */
  readonly committed: CommittedProgress | null
}

/** One membership of the group: commits made under another epoch are void. */
export interface Assignment {
  /** Rises with every join of this process. */
  readonly epoch: number
  readonly owned: readonly OwnedPartition[]
  /** This process's part of all work, by partitions of call events: above 0 to 1; 0 if it owns none. */
  readonly share: number
}

export interface CommittedProgress {
  readonly offset: bigint
  /** As it was committed, by whatever version. */
  readonly metadata: string
}

export interface EventSourceHandler {
  /** A partition named before and again now is read anew from its committed offset. */
  assigned(assignment: Assignment): void
  /** Called before the group is joined again; the rejoin waits for it. Settle and commit what can be. */
  revoking(): Promise<void>
  /**
   * In offset order per partition; `endOffset` is where the partition ended then. Must return at once, with the number
   * of records that were taken: the rest is handed over again once the partition, which has to be paused, is resumed.
   * Without any record it only tells where the partition ends, be it paused.
   */
  records(from: PartitionRef, records: readonly SourceRecord[], endOffset: bigint): number
  /** The source cannot go on and has stopped by itself. */
  failed(error: Error): void
}

export interface OffsetCommit extends PartitionRef {
  /** The next offset to read: everything below it is done. */
  readonly offset: bigint
  /** At most 4,096 characters. */
  readonly metadata: string
}

export type CommitResult =
  | { readonly kind: 'committed' }
  /** The assignment has passed on, or the broker did not take it; the offsets stay uncommitted. */
  | { readonly kind: 'refused'; readonly error: string }

/** The call events, and what was parked of them in retry topics. */
export interface EventSource {
  start(handler: EventSourceHandler): Promise<void>
  pause(partition: PartitionRef): void
  resume(partition: PartitionRef): void
  commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult>
  /**
   * Monotonic milliseconds at which the last heartbeat went out that the group answered well, or it was joined; null
   * without a membership: before the first join, and while it is joined anew, because the group asked for it or the client
   * broke.
   */
  lastHeartbeatMs(): number | null
  /** Leaves the group. Commit before. */
  stop(): Promise<void>
}

export interface EventDecoder {
  /** Answers at once where the schema is known; otherwise asks the registry until it answers or `signal` aborts. */
  decode(record: SourceRecord, signal: AbortSignal): DecodedEvent | Promise<DecodedEvent>
}

export interface ParkedDecoder {
  /** As EventDecoder.decode, for records of retry topics. */
  decode(record: SourceRecord, signal: AbortSignal): DecodedParked | Promise<DecodedParked>
}

/** The retry topics, one for each delay. */
export interface Parking {
  /**
   * Resolves, with where it was written, when all in-sync replicas have the record; retries until then. Rejects only
   * after `stop`, for a record that the topic refuses for its size, and once `giveUp` has aborted, from when on nothing is
   * sent. `delayMs`: one of those that there are topics for.
   */
  park(parked: ParkedDelivery, delayMs: number, giveUp?: AbortSignal): Promise<RecordPosition>
  stop(): Promise<void>
}

/** Who is told a whole topic, from its beginning and then on and on. */
interface FollowingSink {
  /** Once, before any change: the end offset of every partition at start. */
  started(ends: ReadonlyMap<number, bigint>): void
  /** Everything below `nextOffset` was handed over, and the log ended at `endOffset`, as of `askedAtMs` (monotonic). */
  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void
  /** What was read of the partition may be outdated: it is read again from its beginning. */
  reset(partition: number, reason: string): void
}

interface Following<Sink> {
  start(sink: Sink): Promise<void>
  stop(): Promise<void>
}

export interface TableSink extends FollowingSink {
  change(position: RecordPosition, change: WebhookChange): void
}

export type TableSource = Following<TableSink>

export interface PauseSink extends FollowingSink {
  /** `lifted`: the key's value is null. Any other value pauses, whether it can be read or not. */
  change(key: string, state: 'paused' | 'lifted', offset: bigint): void
}

export type PauseSource = Following<PauseSink>

export interface SuspensionSink extends FollowingSink {
  /** Null: nothing is held against the webhook any more. */
  change(webhookId: WebhookId, suspension: HeldSuspension | null): void
}

export type SuspensionSource = Following<SuspensionSink>

export interface FactSink extends FollowingSink {
  /** Null: the process has nothing to say any more. */
  change(webhookId: WebhookId, processId: string, fact: WebhookFact | null): void
}

export type FactSource = Following<FactSink>

export interface FactWriter {
  /** As OutcomeSink.write, without an end to its patience. */
  write(facts: readonly WebhookFact[]): Promise<void>
}

/** Where verdicts are written, by one process at a time: whoever opens it shuts out whoever had. */
export interface VerdictLedger {
  open(): Promise<OpenLedger>
}

export interface OpenLedger {
  /** All of them or none; one after the other. After any answer but `written` it is of no use. */
  write(verdicts: readonly Verdict[]): Promise<TransactionEnd>
  close(): Promise<void>
}

export interface HttpSender {
  /** Never rejects: what goes wrong is the result. */
  send(request: HttpRequest, terms: AttemptTerms, signal: AbortSignal): Promise<AttemptResult>
  stop(): Promise<void>
}

/** Repeats an attempt inside the process. Real timers stand behind it, so it is a port. */
export interface QuickTries {
  /**
   * Waits `firstWaitMs`, then calls `attempt` until it says stop, `maxTries` calls were made, or `signal` aborts
   * (also in the middle of a wait). Rejects only if `attempt` does.
   */
  repeat(
    plan: { readonly firstWaitMs: number; readonly maxTries: number },
    attempt: () => Promise<TryVerdict>,
    signal: AbortSignal,
  ): Promise<void>
}

export type TryVerdict = { readonly kind: 'stop' } | { readonly kind: 'again'; readonly waitMs: number }

export interface OutcomeSink {
  /**
   * Resolves when all in-sync replicas have the record; retries until then. Rejects only after `stop`, and once `giveUp`
   * has aborted, from when on nothing is sent. `trace`: told in the record's headers.
   */
  write(outcome: Outcome, giveUp?: AbortSignal, trace?: TraceContext | null): Promise<void>
  stop(): Promise<void>
}

export interface DeadLetter {
  readonly record: SourceRecord
  readonly reason: DeadLetterReason
  readonly detail: string
}

export interface DeadLetterSink {
  /** As OutcomeSink.write, without an end to its patience. */
  write(letter: DeadLetter): Promise<void>
  stop(): Promise<void>
}

export interface Observer {
  observe(observation: Observation): void
}

/** Tells an exporter of spans what is done, if there is one. Never throws, and waits for nobody. */
export interface Tracer {
  /** `parent`: what led to it; null: nothing that is traced. */
  begin(work: TracedWork, parent: TraceContext | null): TracedSpan
}

export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number
  /** Milliseconds that never go back and do not follow the wall clock. */
  monotonicMs(): number
  /** Calls back after at least `delayMs`; the answer cancels. */
  after(delayMs: number, callback: () => void): () => void
  /** Calls back when everything that is ready now, input and output too, has had its turn. */
  nextTurn(callback: () => void): void
}

export interface Random {
  /** 0 ≤ x < 1. */
  next(): number
}
