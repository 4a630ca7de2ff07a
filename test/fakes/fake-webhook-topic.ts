// The topic of webhooks without Kafka: values are JSON, every reader sees every record in order, and a test can put
// records of others in between, lose acknowledgements, and let the brokers go away.
import type { WebhookId } from '../../src/domain/ids.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { WebhookDecoder } from '../../src/kafka/codec.ts'
import { WriteGivenUp } from '../../src/kafka/write-faults.ts'
import type { OutgoingRecord } from '../../src/kafka/record-writer.ts'
import type { TopicReader, TopicReaderSink } from '../../src/kafka/topic-reader.ts'

export const jsonDecoder: WebhookDecoder = {
  decode(key, value) {
    const webhookId = Buffer.from(key).toString() as WebhookId
    if (value === null) return { kind: 'tombstone', webhookId }
    try {
      const config = JSON.parse(Buffer.from(value).toString()) as WebhookConfigRecord
      return { kind: 'upsert', webhookId, config }
    } catch {
      return { kind: 'undecodable', webhookId, detail: 'no JSON' }
    }
  },
}

export const encodeJson = (webhook: WebhookConfigRecord): Buffer => Buffer.from(JSON.stringify(webhook))

export class FakeWebhookTopic {
  readonly records: OutgoingRecord[] = []
  readonly #readers = new Set<() => void>()
  #reachable = true

  /** As another service would. */
  put(webhook: WebhookConfigRecord): bigint {
    return this.append({ key: Buffer.from(webhook.webhook_id), value: encodeJson(webhook) })
  }

  putRaw(key: string, value: Buffer | null): bigint {
    return this.append({ key: Buffer.from(key), value })
  }

  append(record: OutgoingRecord): bigint {
    this.records.push(record)
    this.#tell()
    return BigInt(this.records.length - 1)
  }

  /** What the newest record of a key holds. */
  newest(key: string): WebhookConfigRecord | null {
    const last = this.records.findLast((record) => String(record.key) === key)
    const value = last?.value ?? null
    return value === null ? null : (JSON.parse(value.toString()) as WebhookConfigRecord)
  }

  leave(): void {
    this.#reachable = false
  }

  comeBack(): void {
    this.#reachable = true
    this.#tell()
  }

  reader(nowMs: () => number): TopicReader & { reset(): void } {
    let next = 0
    let over = false
    let sink: TopicReaderSink | null = null
    let reading = Promise.resolve()
    const readOn = async (): Promise<void> => {
      if (over || !this.#reachable || sink === null) return
      const from = next
      const records = this.records.slice(from).map(({ key, value, headers = {} }, index) => ({
        offset: BigInt(from + index),
        timestampMs: 0,
        key,
        value,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [name, Buffer.from(text as string)]),
        ),
      }))
      const askedAtMs = nowMs()
      next = from + records.length
      if (records.length > 0) await sink.records(0, records)
      sink.position(0, BigInt(next), BigInt(this.records.length), askedAtMs)
    }
    const read = (): void => {
      reading = reading.then(readOn)
    }
    return {
      start: async (given) => {
        sink = given
        given.started(new Map([[0, BigInt(this.records.length)]]))
        this.#readers.add(read)
        read()
      },
      stop: async () => {
        over = true
        this.#readers.delete(read)
        await reading
      },
      reset: () => {
        next = 0
        sink?.reset(0, 'test')
        read()
      },
    }
  }

  /** Asks again, as a reader does all the time. */
  poll(): void {
    this.#tell()
  }

  writer(how: WriterBehaviour = {}) {
    return {
      append: async (record: OutgoingRecord, giveUp: AbortSignal): Promise<bigint> => {
        how.before?.()
        const fate = how.fate?.() ?? 'acknowledged'
        switch (fate) {
          case 'acknowledged': {
            const offset = this.append(record)
            how.after?.()
            return offset
          }
          case 'twice':
            this.append(record)
            how.between?.()
            return this.append(record)
          case 'never_sent':
            throw new WriteGivenUp('never')
          case 'unanswered_written':
            this.append(record)
            throw new WriteGivenUp('perhaps')
          case 'unanswered_lost':
            throw new WriteGivenUp('perhaps')
          case 'hangs':
            await new Promise((resolve) => giveUp.addEventListener('abort', resolve, { once: true }))
            throw new WriteGivenUp('perhaps')
        }
      },
    }
  }

  #tell(): void {
    for (const read of this.#readers) read()
  }
}

export interface WriterBehaviour {
  /** Runs when a record is about to be written: what is appended here stands before it. */
  before?(): void
  /** Before the acknowledgement arrives: what is appended here stands behind it. */
  after?(): void
  /** Between the two of `twice`. */
  between?(): void
  fate?(): 'acknowledged' | 'twice' | 'never_sent' | 'unanswered_written' | 'unanswered_lost' | 'hangs'
}
