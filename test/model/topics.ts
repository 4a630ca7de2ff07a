// The topic of events and the retry topics as the brokers hold them, with what the group has committed.
// Invariants: one partition number stands for that partition of every topic; what was appended never changes. Offsets are
// missing, as compaction and the markers of transactions leave them, but never at the end.
import type { CallEvent } from '../../src/domain/call-event.ts'
import { expectationHeaders } from '../../src/domain/parked-delivery.ts'
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import { retryTopicOf } from '../../src/domain/retry-topic.ts'
import type { CommittedProgress, PartitionRef, SourceRecord } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'

export const eventTopic = 'call-events'
const retryPrefix = 'webhook-retries'

/** What a record's bytes stand for. */
export type Content =
  | { readonly kind: 'event'; readonly event: CallEvent }
  | { readonly kind: 'parked'; readonly parked: ParkedDelivery }
  | { readonly kind: 'unknown_type' }
  | { readonly kind: 'garbage' }

export interface TopicLog extends PartitionRef {
  readonly key: string
  /** Null: call events. */
  readonly delayMs: number | null
  /** By their offsets; null: there is none. */
  readonly records: (SourceRecord | null)[]
  committed: CommittedProgress | null
}

export class Topics {
  readonly logs: readonly TopicLog[]
  readonly #clock: VirtualClock
  readonly #byKey = new Map<string, TopicLog>()
  readonly #contents: Content[] = []
  readonly #listeners = new Set<(log: TopicLog) => void>()

  constructor(clock: VirtualClock, partitions: number, delaysMs: readonly number[]) {
    this.#clock = clock
    const topics: readonly (readonly [string, number | null])[] = [
      [eventTopic, null],
      ...[0, ...delaysMs].map((delayMs) => [retryTopicOf(retryPrefix, delayMs), delayMs] as const),
    ]
    for (const [topic, delayMs] of topics) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const key = keyOf({ topic, partition })
        this.#byKey.set(key, { topic, partition, key, delayMs, records: [], committed: null })
      }
    }
    this.logs = [...this.#byKey.values()]
  }

  log(ref: PartitionRef): TopicLog {
    const log = this.#byKey.get(keyOf(ref))
    if (log === undefined) throw new RangeError(`there is no ${keyOf(ref)}`)
    return log
  }

  /** `bytes`: how long its value is. `timestampMs`: epoch; what the producer says. */
  appendEvent(partition: number, content: Content, bytes: number, timestampMs: number): RecordPosition {
    const log = this.log({ topic: eventTopic, partition })
    return this.#append(log, { content, bytes, timestampMs, headers: {} })
  }

  appendParked(parked: ParkedDelivery, delayMs: number): RecordPosition {
    const log = this.log({ topic: retryTopicOf(retryPrefix, delayMs), partition: parked.source.partition })
    const bytes = parked.eventBytes.byteLength
    const headers = expectationHeaders(parked)
    return this.#append(log, {
      content: { kind: 'parked', parked },
      bytes,
      timestampMs: this.#clock.nowMs(),
      headers,
    })
  }

  contentOf(value: Uint8Array | null): Content {
    return this.#contents[Number(Buffer.from(value ?? []).toString())] ?? { kind: 'garbage' }
  }

  /** The answer ends it. */
  onAppend(listener: (log: TopicLog) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #append(
    log: TopicLog,
    about: { content: Content; bytes: number; timestampMs: number; headers: SourceRecord['headers'] },
  ): RecordPosition {
    const { topic, partition, records } = log
    for (let missing = missingBefore(this.#contents.length); missing > 0; missing -= 1) records.push(null)
    const value = Buffer.from(String(this.#contents.length).padEnd(about.bytes))
    this.#contents.push(about.content)
    const position = { topic, partition, offset: BigInt(records.length) }
    const { timestampMs, headers } = about
    records.push({ position, timestampMs, key: null, value, headers })
    for (const listener of this.#listeners) listener(log)
    return position
  }
}

/** One in twelve has offsets missing before it: one, or as many as a short transaction. */
function missingBefore(index: number): number {
  return index % 12 === 5 ? 1 + (index % 5) : 0
}

export function keyOf({ topic, partition }: PartitionRef): string {
  return `${topic}/${partition}`
}

export function placeOf({ topic, partition, offset }: RecordPosition): string {
  return `${topic}/${partition}/${offset}`
}
