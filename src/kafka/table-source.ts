// The config topic as changes for the table. Read without a group: every worker holds all of it.
// Invariants: changes of a partition arrive in offset order under the key they were published with, and a
// position is told only when all below it was handed over, also where a schema had to be waited for.
import type { Observer, TableSink, TableSource } from '../ports.ts'
import type { WebhookDecoder } from './codec.ts'
import { faultOf } from './topic-fetch.ts'
import type { ReadRecord, TopicReader } from './topic-reader.ts'

export interface TableSourceOptions {
  readonly topic: string
  readonly reader: TopicReader
  readonly decoder: WebhookDecoder
  readonly observer: Observer
}

export function createTableSource({ topic, reader, decoder, observer }: TableSourceOptions): TableSource {
  const stopping = new AbortController()
  /** As of the last position that was told. */
  let askedMs = Number.NEGATIVE_INFINITY

  async function handOver(partition: number, records: readonly ReadRecord[], sink: TableSink): Promise<void> {
    for (const { key, value, offset, undecodableBatch } of records) {
      if (key === null) {
        observer.observe({
          kind: 'trouble',
          where: 'table-source',
          error: undecodableBatch ?? `no key at ${partition}/${offset}`,
        })
        continue
      }
      const decoded = decoder.decode(key, value, stopping.signal)
      sink.change({ topic, partition, offset }, decoded instanceof Promise ? await decoded : decoded)
    }
  }

  return {
    start: (sink) =>
      reader.start({
        started: (ends) => sink.started(ends),
        records(partition, records) {
          // A schema may have to be waited for: until then it is known that there is more.
          const [first, last] = [records[0], records.at(-1)]
          if (first !== undefined && last !== undefined)
            sink.position(partition, first.offset, last.offset + 1n, askedMs)
          return handOver(partition, records, sink)
        },
        position(partition, nextOffset, endOffset, askedAtMs) {
          askedMs = Math.max(askedMs, askedAtMs)
          sink.position(partition, nextOffset, endOffset, askedAtMs)
        },
        troubled(error) {
          observer.observe({ kind: 'trouble', where: 'table-source', error: error.message })
          const fault = faultOf(error)
          if (fault.kind === 'out_of_range') observer.observe({ ...fault, topic })
          observer.observe({ kind: 'client_rebuilt', where: 'table-source' })
        },
        reset: (partition, reason) => sink.reset(partition, reason),
      }),
    stop() {
      stopping.abort()
      return reader.stop()
    },
  }
}
