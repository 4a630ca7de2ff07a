// Bytes ↔ values, in the registry's framing (a zero byte, the schema's id in four bytes, Avro). The writer's
// schema is resolved against the reader's, so producers may evolve; ids are minted here.
// Invariant: what cannot be decoded is a value with a reason; only a stopped process makes decoding reject.
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import avro from 'avsc'
import type { DeadLetterReason } from '../domain/dead-letter-reason.ts'
import type { CallEvent } from '../domain/call-event.ts'
import { eventTypes } from '../domain/call-event.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { CallEventRecord, ParkedDeliveryRecord, WebhookConfigRecord } from '../domain/records.ts'
import { traceContextIn } from '../domain/trace-context.ts'
import type { DecodedEvent } from '../domain/decoded.ts'
import type { WebhookChange } from '../domain/webhook-change.ts'
import type { EventDecoder, ParkedDecoder, SourceRecord } from '../ports.ts'
import { lengthCheckOf } from './avro-lengths.ts'
import { headroomBytes, parkedDeliveryOf, parkedFault } from './parked-record.ts'
import type { WriterSchemas } from './writer-schemas.ts'

/** Zero byte and schema id. */
const framingBytes = 5

/**
 * Of a webhook: more than the largest that is valid can take. Records are small on the way (a batch is packed), and a
 * list of empty entries takes a hundred times its bytes once it is read.
 */
export const maxWebhookBytes = 2_097_152

/** Of an event or a parked one, where nobody says less: what a packed batch may hold at most. */
const maxPackedBytes = 67_108_864

/** Of an event's ids: five times what its schema asks for. Outcomes and parked deliveries repeat them. */
const maxIdLength = 1_000

/** Bytes of a key that name a webhook as they stand; no valid id has more. */
const maxKeyBytes = 600

export type DecodedValue<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'undecodable'; readonly reason: DeadLetterReason; readonly detail: string }

/** Decodes values of one record type, whatever version their writers used. */
export class ValueDecoder<Value> {
  readonly #reader: avro.Type
  readonly #schemas: WriterSchemas
  readonly #maxBytes: number
  readonly #parsers = new Map<number, (bytes: Buffer) => Value>()

  /** `maxBytes`: what is longer is not looked at. */
  constructor(readerSchema: avro.Schema, schemas: WriterSchemas, maxBytes: number = maxPackedBytes) {
    this.#reader = avro.Type.forSchema(readerSchema)
    this.#schemas = schemas
    this.#maxBytes = maxBytes
  }

  /** At once if the writer's schema is known; otherwise as soon as the registry answers. */
  decode(bytes: Uint8Array, signal: AbortSignal): DecodedValue<Value> | Promise<DecodedValue<Value>> {
    if (bytes.byteLength > this.#maxBytes) {
      const detail = `${bytes.byteLength} bytes; at most ${this.#maxBytes} are read`
      return { kind: 'undecodable', reason: 'too_large', detail }
    }
    if (bytes.byteLength < framingBytes || bytes[0] !== 0) {
      const detail = `${bytes.byteLength} bytes that do not begin with a zero byte and a schema id`
      return { kind: 'undecodable', reason: 'not_framed', detail }
    }
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const schemaId = buffer.readInt32BE(1)
    const known = this.#schemas.known(schemaId)
    if (known !== undefined) return this.#resolve(buffer, schemaId, known)
    return this.#schemas.find(schemaId, signal).then((found) => this.#resolve(buffer, schemaId, found))
  }

  #resolve(
    buffer: Buffer,
    schemaId: number,
    writer: Awaited<ReturnType<WriterSchemas['find']>>,
  ): DecodedValue<Value> {
    if (writer.kind !== 'avro') {
      const detail = writer.kind === 'undecodable' ? `: ${writer.detail}` : ''
      return { kind: 'undecodable', reason: writer.kind, detail: `schema id ${schemaId}${detail}` }
    }
    try {
      const parse = this.#parsers.get(schemaId) ?? this.#parserOf(writer.type)
      this.#parsers.set(schemaId, parse)
      return { kind: 'value', value: parse(buffer.subarray(framingBytes)) }
    } catch (error) {
      const text = Object(error) as { readonly message?: unknown }
      const detail = typeof text.message === 'string' ? text.message.slice(0, 256) : 'not Avro'
      return { kind: 'undecodable', reason: 'undecodable', detail: `schema id ${schemaId}: ${detail}` }
    }
  }

  /** Throws, then or at once, what says why bytes or the schema cannot be read. */
  #parserOf(writer: avro.Type): (bytes: Buffer) => Value {
    // The same schema, as nearly always, is read without looking each field up: half of the time.
    const resolver = this.#reader.equals(writer) ? undefined : this.#reader.createResolver(writer)
    const checkLengths = lengthCheckOf(writer)
    return (bytes) => {
      checkLengths(bytes)
      // Trailing bytes are refused: they mean that this is not what the schema says it is.
      return this.#reader.fromBuffer(bytes, resolver) as Value
    }
  }
}

/** `maxBytes`: of an event; what is longer could not be parked either, since it came packed. */
export function createEventDecoder(
  readerSchema: avro.Schema,
  schemas: WriterSchemas,
  maxBytes: number = maxPackedBytes,
): EventDecoder {
  const values = new ValueDecoder<CallEventRecord>(readerSchema, schemas, maxBytes)
  return {
    decode({ value, undecodableBatch }: SourceRecord, signal) {
      if (undecodableBatch !== undefined)
        return { kind: 'undecodable', reason: 'undecodable_batch', detail: undecodableBatch }
      if (value === null)
        return { kind: 'undecodable', reason: 'empty_value', detail: 'the record has no value' }
      const decoded = values.decode(value, signal)
      return decoded instanceof Promise ? decoded.then(eventOf) : eventOf(decoded)
    },
  }
}

/** Both schemas are resolved by id: that of what a worker parked, and that of the event within. `maxBytes`: of that. */
export function createParkedDecoder(
  readerSchema: avro.Schema,
  schemas: WriterSchemas,
  events: EventDecoder,
  maxBytes: number = maxPackedBytes,
): ParkedDecoder {
  const values = new ValueDecoder<ParkedDeliveryRecord>(readerSchema, schemas, maxBytes + headroomBytes)
  return {
    async decode(record, signal) {
      if (record.undecodableBatch !== undefined)
        return { kind: 'undecodable', reason: 'undecodable_batch', detail: record.undecodableBatch }
      if (record.value === null)
        return { kind: 'undecodable', reason: 'empty_value', detail: 'the record has no value' }
      const decoded = await values.decode(record.value, signal)
      if (decoded.kind === 'undecodable') return decoded
      if (decoded.value.webhook_ids.length === 0)
        return { kind: 'undecodable', reason: 'missing_id', detail: 'webhook_ids is empty' }
      const fault = parkedFault(decoded.value)
      if (fault !== null) return { kind: 'undecodable', reason: 'undecodable', detail: fault }
      const event = await events.decode({ ...record, value: decoded.value.event }, signal)
      if (event.kind !== 'event') return event
      const parked = parkedDeliveryOf(decoded.value, event.event, traceContextIn(record.headers))
      return { kind: 'parked', parked, event: event.event }
    },
  }
}

function eventOf(decoded: DecodedValue<CallEventRecord>): DecodedEvent {
  if (decoded.kind === 'undecodable') return decoded
  const record = decoded.value
  for (const name of ['event_id', 'call_id', 'account_id'] as const) {
    const { length } = record[name]
    if (length === 0) return { kind: 'undecodable', reason: 'missing_id', detail: `${name} is empty` }
    if (length <= maxIdLength) continue
    const detail = `${name} has ${length} characters; at most ${maxIdLength} are read`
    return { kind: 'undecodable', reason: 'id_too_long', detail }
  }
  return isKnown(record) ? { kind: 'event', event: record } : { kind: 'unknown_type' }
}

/** Where ids of events are minted: non-empty by the check before. */
function isKnown(record: CallEventRecord): record is CallEvent {
  return eventTypes.some((type) => type === record.event_type)
}

/** A byte order mark is part of the key like any other character: without it the key is another webhook's. */
const keyText = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * A longer key gives an id that is no webhook's own: its beginning and its digest. Every event that such a webhook
 * matches is answered with an outcome that names it twice, and the topic of outcomes would refuse a name of half a
 * megabyte for ever.
 */
function webhookIdOf(key: Uint8Array): WebhookId {
  if (key.byteLength <= maxKeyBytes) return keyText.decode(key) as WebhookId
  const digest = createHash('sha256').update(key).digest('hex')
  return `${keyText.decode(key.subarray(0, 64))}… (${key.byteLength} bytes, sha256 ${digest})` as WebhookId
}

export interface WebhookDecoder {
  decode(
    key: Uint8Array,
    value: Uint8Array | null,
    signal: AbortSignal,
  ): WebhookChange | Promise<WebhookChange>
}

export function createWebhookDecoder(readerSchema: avro.Schema, schemas: WriterSchemas): WebhookDecoder {
  const values = new ValueDecoder<WebhookConfigRecord>(readerSchema, schemas, maxWebhookBytes)
  return {
    decode(key, value, signal) {
      const webhookId = webhookIdOf(key)
      if (value === null) return { kind: 'tombstone', webhookId }
      // Two such keys may read alike, so neither may name a webhook.
      if (!isUtf8(key)) return { kind: 'undecodable', webhookId, detail: 'the key is not UTF-8' }
      const decoded = values.decode(Buffer.from(value), signal)
      const change = (result: DecodedValue<WebhookConfigRecord>): WebhookChange =>
        result.kind === 'value'
          ? { kind: 'upsert', webhookId, config: result.value }
          : { kind: 'undecodable', webhookId, detail: `${result.reason}: ${result.detail}` }
      return decoded instanceof Promise ? decoded.then(change) : change(decoded)
    },
  }
}
