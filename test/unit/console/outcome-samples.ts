// Outcomes as records, and a topic of them in memory that is read as the real one is.
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../../../src/domain/records.ts'
import type { DecodedValue } from '../../../src/kafka/codec.ts'
import { outcomeRecordOf } from '../../../src/kafka/outcome-record.ts'
import type { ReadRecord, TopicReader, TopicReaderSink } from '../../../src/kafka/topic-reader.ts'
import { anOutcome } from '../telemetry/an-outcome.ts'

export const writtenAtMs = 1_700_000_000_000

/** The final outcome of a delivery of webhook `w1`, unless told otherwise. */
export function outcomeRecord(changes: Partial<WebhookOutcomeRecord> = {}): WebhookOutcomeRecord {
  const { delivery_id = 'd1', replay = 0, final = true, attempt = 1 } = changes
  const outcome_id = `${delivery_id}/${replay}/${final ? 'final' : `a${attempt}`}`
  const record = outcomeRecordOf(anOutcome({ writtenAtMs } satisfies Partial<Outcome>), 'worker')
  return { ...record, outcome_id, ...changes }
}

/** As the codec of the fake topic: what is no JSON is no outcome. */
export function decodeJson(value: Uint8Array): DecodedValue<WebhookOutcomeRecord> {
  try {
    return { kind: 'value', value: JSON.parse(Buffer.from(value).toString()) as WebhookOutcomeRecord }
  } catch {
    return { kind: 'undecodable', reason: 'undecodable', detail: 'no JSON' }
  }
}

export class FakeTopic {
  readonly #partitions: { start: bigint; records: ReadRecord[] }[] = []
  readonly #live = new Set<LiveReader>()
  /** What each reader was asked to begin at, and the offsets that it handed over, as `partition/offset`. */
  readonly openings: { from: ReadonlyMap<number, bigint>; handed: string[] }[] = []
  /** The next readers cannot start. */
  away = false

  constructor(partitions = 1) {
    for (let index = 0; index < partitions; index += 1) this.#partitions.push({ start: 0n, records: [] })
  }

  append(partition: number, ...values: (WebhookOutcomeRecord | Buffer | null)[]): this {
    const { start, records } = this.#at(partition)
    for (const value of values) {
      const bytes = value === null || Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
      const offset = start + BigInt(records.length)
      records.push({ offset, timestampMs: writtenAtMs, key: null, value: bytes, headers: {} })
    }
    return this
  }

  /** As retention does: the first records are gone. */
  forget(partition: number, count: number): void {
    const at = this.#at(partition)
    at.start += BigInt(at.records.splice(0, count).length)
  }

  end(partition: number): bigint {
    const { start, records } = this.#at(partition)
    return start + BigInt(records.length)
  }

  /** Every reader learns that its place has left the log. */
  loseReaders(): void {
    for (const { sink } of this.#live) sink.reset(0, 'the position left the log')
  }

  /** Hands every live reader what it does not have yet. */
  async deliver(): Promise<void> {
    for (const live of this.#live) await this.#deliverTo(live)
  }

  readonly openReader = (from: ReadonlyMap<number, bigint>): TopicReader => {
    const opening = { from, handed: [] as string[] }
    this.openings.push(opening)
    let live: LiveReader | undefined
    return {
      start: async (sink) => {
        if (this.away) throw new Error('no broker answers')
        const ends = new Map(this.#partitions.map((_, partition) => [partition, this.end(partition)]))
        const next = new Map(
          this.#partitions.map(({ start }, partition) => {
            const asked = from.get(partition) ?? start
            return [partition, asked >= start && asked <= this.end(partition) ? asked : start]
          }),
        )
        sink.started(ends)
        live = { sink, next, handed: opening.handed }
        this.#live.add(live)
        void this.#deliverTo(live)
      },
      stop: async () => {
        if (live !== undefined) this.#live.delete(live)
      },
    }
  }

  #at(partition: number) {
    const at = this.#partitions[partition]
    if (at === undefined) throw new Error(`no partition ${partition}`)
    return at
  }

  async #deliverTo({ sink, next, handed }: LiveReader): Promise<void> {
    for (const [partition, { records }] of this.#partitions.entries()) {
      const from = next.get(partition) ?? 0n
      const wanted = records.filter(({ offset }) => offset >= from)
      handed.push(...wanted.map(({ offset }) => `${partition}/${offset}`))
      try {
        if (wanted.length > 0) await sink.records(partition, wanted)
      } catch (error) {
        sink.troubled(error as Error)
        continue
      }
      next.set(partition, this.end(partition))
      sink.position(partition, this.end(partition), this.end(partition), 0)
    }
  }
}

interface LiveReader {
  readonly sink: TopicReaderSink
  readonly next: Map<number, bigint>
  readonly handed: string[]
}
