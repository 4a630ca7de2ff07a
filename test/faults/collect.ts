// The ledger of a run, read back from where it stands: the topics of events, of what was parked, of dead letters and of
// outcomes. What was judged before is not read again.
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { createEventDecoder, createParkedDecoder, ValueDecoder } from '../../src/kafka/codec.ts'
import { findRetryTopics } from '../../src/kafka/retry-topics.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { SourceRecord } from '../../src/ports.ts'
import { quietClient } from '../harness/quiet-client.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { readTopic } from '../harness/whole-topic.ts'
import type { ReadableRecord, WrittenOutcome } from './oracle/ledger.ts'

/** An outcome with whoever wrote it, about which partition's event. */
export type CollectedOutcome = WrittenOutcome &
  Pick<WebhookOutcomeRecord, 'worker_id' | 'source_partition' | 'written_at'>

export interface Collected {
  readonly records: readonly ReadableRecord[]
  readonly outcomes: readonly CollectedOutcome[]
  /** Dead ones, as they stand in their topic. */
  readonly letters: readonly SourceRecord[]
}

export interface Collector {
  /** What stands there now and was not collected before. */
  collect(): Promise<Collected>
}

export function createCollector(settings: Settings): Collector {
  const client = quietClient(settings)
  const positions = new Map<string, ReadonlyMap<number, bigint>>()
  const read = async (topic: string): Promise<readonly SourceRecord[]> => {
    const { records, next } = await readTopic(client, topic, positions.get(topic))
    positions.set(topic, next)
    return records
  }
  return {
    async collect() {
      const { events, outcomes, deadLetters, retries } = settings.topics
      const letters = new Map((await read(deadLetters.name)).map((letter) => [originOf(letter), letter]))
      const retryTopics = [...(await findRetryTopics(client, retries.prefix)).keys()]
      const parked: SourceRecord[] = []
      for (const topic of retryTopics) parked.push(...(await read(topic)))
      const decoders = new Decoders(settings)
      try {
        return {
          records: [
            ...(await decoders.events(await read(events.name), letters)),
            ...(await decoders.parked(parked)),
          ],
          outcomes: await decoders.outcomes(await read(outcomes.name)),
          letters: [...letters.values()],
        }
      } finally {
        decoders.stop()
      }
    },
  }
}

class Decoders {
  readonly #schemas: WriterSchemas
  readonly #never = new AbortController().signal

  constructor({ registry }: Settings) {
    this.#schemas = new WriterSchemas(registry, { observe() {} })
  }

  stop(): void {
    this.#schemas.stop()
  }

  async events(
    records: readonly SourceRecord[],
    letters: ReadonlyMap<string, SourceRecord>,
  ): Promise<readonly ReadableRecord[]> {
    const decoder = createEventDecoder(readSchema('call-event'), this.#schemas)
    const readable: ReadableRecord[] = []
    for (const record of records) {
      const decoded = await decoder.decode(record, this.#never)
      const content =
        decoded.kind === 'event'
          ? { kind: 'event' as const, eventId: decoded.event.event_id }
          : { kind: 'poison' as const, deadLetteredAtMs: letters.get(placeOf(record))?.timestampMs ?? null }
      readable.push({ ...positionOf(record), content })
    }
    return readable
  }

  async parked(records: readonly SourceRecord[]): Promise<readonly ReadableRecord[]> {
    const events = createEventDecoder(readSchema('call-event'), this.#schemas)
    const decoder = createParkedDecoder(readSchema('parked-delivery'), this.#schemas, events)
    const readable: ReadableRecord[] = []
    for (const record of records) {
      const decoded = await decoder.decode(record, this.#never)
      if (decoded.kind !== 'parked')
        throw new Error(`${placeOf(record)} cannot be read: ${JSON.stringify(decoded)}`)
      const { parked, event } = decoded
      const deliveryIds = parked.webhookIds.map((id) => deliveryIdOf(event.event_id, id))
      const content = { kind: 'parked' as const, deliveryIds, parkedTimes: parked.progress.parkedTimes }
      readable.push({ ...positionOf(record), content })
    }
    return readable
  }

  async outcomes(records: readonly SourceRecord[]): Promise<readonly CollectedOutcome[]> {
    const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), this.#schemas)
    const outcomes: CollectedOutcome[] = []
    for (const { value, timestampMs } of records) {
      const decoded = value === null ? null : await decoder.decode(value, this.#never)
      if (decoded?.kind !== 'value') throw new Error('an outcome cannot be read')
      outcomes.push({ ...decoded.value, appendedAtMs: timestampMs })
    }
    return outcomes
  }
}

function positionOf({ position, timestampMs }: SourceRecord): Omit<ReadableRecord, 'content'> {
  const { topic, partition, offset } = position
  return { topic, partition, offset: Number(offset), appendedAtMs: timestampMs }
}

function placeOf({ position: { topic, partition, offset } }: SourceRecord): string {
  return `${topic}/${partition}/${offset}`
}

/** Of a dead letter: where its record stood. */
function originOf({ headers }: SourceRecord): string {
  const of = (name: string): string => String(headers[`dead-letter-${name}`])
  return `${of('topic')}/${of('partition')}/${of('offset')}`
}
