// How every delivery of a window stands, folded from outcomes as their readers do, with what was asked for again.
// Invariants: what was delivered once, under whatever replay, is never chosen; nor is one of which a newer replay was asked
// for or has shown itself than the one that ended. Some 56 bytes for each delivery, however many outcomes it has.
import { outcomeReasons } from '../domain/outcome.ts'
import type { OutcomeReason } from '../domain/outcome.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { columnsFor } from './ledger-columns.ts'
import { isOfSelection, replayableResults } from './replay-selection.ts'
import type { ReplayableResult, ReplaySelection } from './replay-selection.ts'
import { UuidIndex } from './uuid-index.ts'

export interface FailedDelivery {
  readonly deliveryId: string
  readonly webhookId: string
  readonly result: ReplayableResult
  readonly reason: OutcomeReason
  /** Of the replay that ended so. */
  readonly replay: number
  /** Of the event. */
  readonly source: RecordPosition
}

export type Standing =
  | { readonly kind: 'failed'; readonly failed: FailedDelivery }
  /** Delivered, not in the window, of another reason: nothing to do with it. */
  | { readonly kind: 'not_chosen' }
  /** It would be chosen, but a newer replay of it has not ended yet. */
  | { readonly kind: 'under_way' }
  /** This very run has asked for it. */
  | { readonly kind: 'asked' }

const reasons = Object.keys(outcomeReasons) as readonly OutcomeReason[]
/** A delivery that a reader of this version cannot place: never chosen. */
const otherEnd = 255
const delivered = 1
const askedByRun = 2
const mostReplays = 65_535

export class DeliveryLedger {
  readonly #selection: ReplaySelection
  readonly #runId: string
  readonly #index = new UuidIndex()
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()
  #columns = columnsFor(this.#index.capacity)
  #wholeEvents = 0
  #outcomes = 0

  /** `runId`: what it has asked for is not chosen again, however it ended. */
  constructor(selection: ReplaySelection, runId: string) {
    this.#selection = selection
    this.#runId = runId
  }

  /** Deliveries that are known; rows are numbered below it. */
  get size(): number {
    return this.#index.size
  }

  /** Outcomes that were looked at. */
  get outcomes(): number {
    return this.#outcomes
  }

  /** Final outcomes in the window about an event as a whole (`fanout_limit`), which has no webhook to send it to. */
  get wholeEvents(): number {
    return this.#wholeEvents
  }

  /** In the order of the topic. */
  outcome(record: WebhookOutcomeRecord): void {
    this.#outcomes += 1
    if (!isOfSelection(record, this.#selection)) return
    const { webhook_id, written_at } = record
    const { sinceMs, untilMs } = this.#selection
    if (webhook_id === null) {
      if (record.final && written_at >= sinceMs && written_at < untilMs) this.#wholeEvents += 1
      return
    }
    const row = this.#rowOf(record.delivery_id)
    if (row === null) return
    const columns = this.#columns
    const replay = Math.min(record.replay, mostReplays)
    columns.newest[row] = Math.max(columns.newest[row] ?? 0, replay)
    if (record.result === 'delivered') columns.flags[row] = (columns.flags[row] ?? 0) | delivered
    if (!record.final) return
    // Of one replay the last record counts; an older replay's repeat says nothing new.
    if (replay < (columns.endedReplay[row] ?? 0)) return
    const result = replayableResults.findIndex((each) => each === record.result)
    const reason = reasons.findIndex((each) => each === record.reason)
    columns.endedReplay[row] = replay
    columns.result[row] = result < 0 ? otherEnd : result
    columns.reason[row] = reason < 0 ? otherEnd : reason
    columns.writtenAt[row] = written_at
    columns.webhook[row] = this.#numberOf(webhook_id)
    columns.topic[row] = this.#numberOf(record.source_topic)
    columns.partition[row] = record.source_partition
    columns.offset[row] = record.source_offset
  }

  /** Of deliveries that no outcome has told of it keeps nothing: none of them could be chosen. */
  asked({ runId, replay, deliveryIds }: ReplayMark): void {
    for (const deliveryId of deliveryIds) {
      const row = this.#index.find(deliveryId)
      if (row === null) continue
      const { newest, flags } = this.#columns
      newest[row] = Math.max(newest[row] ?? 0, Math.min(replay, mostReplays))
      if (runId === this.#runId) flags[row] = (flags[row] ?? 0) | askedByRun
    }
  }

  standing(row: number): Standing {
    const columns = this.#columns
    const flags = columns.flags[row] ?? 0
    const result = replayableResults[columns.result[row] ?? otherEnd]
    const reason = reasons[columns.reason[row] ?? otherEnd]
    if ((flags & askedByRun) !== 0) return { kind: 'asked' }
    if ((flags & delivered) !== 0 || result === undefined || reason === undefined) return notChosen
    const { sinceMs, untilMs, results, reasons: wanted } = this.#selection
    const writtenAt = columns.writtenAt[row] ?? 0
    const replay = columns.endedReplay[row] ?? 0
    if (writtenAt < sinceMs || writtenAt >= untilMs || !results.includes(result)) return notChosen
    if (wanted !== null && !wanted.includes(reason)) return notChosen
    if ((columns.newest[row] ?? 0) > replay || replay === mostReplays) return { kind: 'under_way' }
    const source = {
      topic: this.#texts[columns.topic[row] ?? 0] ?? '',
      partition: columns.partition[row] ?? 0,
      offset: BigInt(columns.offset[row] ?? 0),
    }
    const webhookId = this.#texts[columns.webhook[row] ?? 0] ?? ''
    return {
      kind: 'failed',
      failed: { deliveryId: this.#index.uuidOf(row), webhookId, result, reason, replay, source },
    }
  }

  /** In the order in which the events stand in their topic: a call's start before its end. */
  inSourceOrder(rows: Uint32Array): Uint32Array {
    const { topic, partition, offset } = this.#columns
    const by = (column: { readonly [row: number]: number }, one: number, other: number): number =>
      (column[one] ?? 0) - (column[other] ?? 0)
    return rows.toSorted(
      (one, other) => by(topic, one, other) || by(offset, one, other) || by(partition, one, other),
    )
  }

  #rowOf(deliveryId: string): number | null {
    const { size, capacity } = this.#index
    const row = this.#index.add(deliveryId)
    if (row === null) return null
    if (this.#index.capacity > capacity) this.#columns = columnsFor(this.#index.capacity, this.#columns)
    // No end was seen of a delivery that is new.
    if (row === size) this.#columns.result[row] = otherEnd
    return row
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#texts.push(text) - 1
    this.#numbers.set(text, number)
    return number
  }
}

const notChosen = { kind: 'not_chosen' } as const
