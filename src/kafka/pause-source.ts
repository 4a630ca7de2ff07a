// The topic of states as pauses. Read without a group, like the table: every worker holds all of it.
// Invariants: what a key means is decided by whether it has a value, so neither a registry that is away nor a value that
// nobody can read keeps a pause from coming into force; values are read for people alone, and nothing waits for that.
import { isUtf8 } from 'node:buffer'
import type avro from 'avsc'
import type { WebhookStateRecord } from '../domain/records.ts'
import type { Observer, PauseSink, PauseSource } from '../ports.ts'
import { ValueDecoder } from './codec.ts'
import type { DecodedValue } from './codec.ts'
import type { ReadRecord, TopicReader } from './topic-reader.ts'
import type { WriterSchemas } from './writer-schemas.ts'

export interface PauseSourceOptions {
  readonly reader: TopicReader
  readonly schema: avro.Schema
  readonly schemas: WriterSchemas
  readonly observer: Observer
}

/** More than any key that names something. */
const maxKeyBytes = 4_096
/** What people write in two texts. */
const maxValueBytes = 65_536
/** Values that wait for their schema; of what comes meanwhile it is told that it came, not by whom. */
const maxUnread = 64
const shownCharacters = 200

export function createPauseSource({ reader, schema, schemas, observer }: PauseSourceOptions): PauseSource {
  const stopping = new AbortController()
  const values = new ValueDecoder<WebhookStateRecord>(schema, schemas, maxValueBytes)
  let unread = 0
  const trouble = (error: string): void => observer.observe({ kind: 'trouble', where: 'pauses', error })

  function tell(key: string, decoded: DecodedValue<WebhookStateRecord> | null): void {
    const said = decoded?.kind === 'value' ? decoded.value : null
    const by = said?.by.slice(0, shownCharacters) ?? null
    const why = said?.why.slice(0, shownCharacters) ?? null
    observer.observe({ kind: 'pause', key: shown(key), state: 'paused', by, why })
    if (decoded?.kind !== 'undecodable') return
    trouble(`${shown(key)}: it pauses, though its value cannot be read: ${decoded.detail}`)
  }

  function read(key: string, value: Buffer): void {
    if (unread >= maxUnread) return tell(key, null)
    const decoded = values.decode(Buffer.from(value), stopping.signal)
    if (!(decoded instanceof Promise)) return tell(key, decoded)
    unread += 1
    void decoded
      .then(
        (late) => tell(key, late),
        () => {},
      )
      .finally(() => {
        unread -= 1
      })
  }

  function handOver(records: readonly ReadRecord[], sink: PauseSink): void {
    for (const { key: bytes, value, offset, undecodableBatch } of records) {
      if (bytes === null || !isUtf8(bytes) || bytes.byteLength > maxKeyBytes) {
        trouble(undecodableBatch ?? `no key that could be read at offset ${offset}`)
        continue
      }
      const key = bytes.toString()
      sink.change(key, value === null ? 'lifted' : 'paused', offset)
      if (value !== null) read(key, value)
      else observer.observe({ kind: 'pause', key: shown(key), state: 'lifted', by: null, why: null })
    }
  }

  return {
    start: (sink) =>
      reader.start({
        started: (ends) => sink.started(ends),
        records: (_partition, records) => handOver(records, sink),
        position: (partition, nextOffset, endOffset, askedAtMs) =>
          sink.position(partition, nextOffset, endOffset, askedAtMs),
        troubled: (error) => trouble(error.message),
        reset: (partition, reason) => sink.reset(partition, reason),
      }),
    stop() {
      stopping.abort()
      return reader.stop()
    },
  }
}

function shown(key: string): string {
  return key.slice(0, shownCharacters)
}
