// Records that are no call events, each wrong in a way of its own.
import { gzipSync } from 'node:zlib'
import avro from 'avsc'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'

export interface Poison {
  readonly kind: string
  readonly value: Buffer | null
}

/** `ids`: of schemas in the registry. `index` makes each of a kind another one. */
export function poisonKinds(
  ids: { readonly event: number; readonly webhook: number },
  index: number,
): readonly Poison[] {
  const type = avro.Type.forSchema(readSchema('call-event'))
  const event = simulateCall(index, 'acme', Date.now()).end
  const body = type.toBuffer(event)
  const framed = (schemaId: number, payload: Buffer): Buffer => {
    const framing = Buffer.alloc(5)
    framing.writeInt32BE(schemaId, 1)
    return Buffer.concat([framing, payload])
  }
  const whole = framed(ids.event, body)
  /** A block count or a length, in Avro's zigzag varints, with hardly a byte behind it. */
  const length = (value: number): Buffer => avro.Type.forSchema('long').toBuffer(value)
  const strings = (text: string): Buffer => avro.Type.forSchema('string').toBuffer(text)
  return [
    ['no value', null],
    ['no bytes', Buffer.alloc(0)],
    ['one byte', Buffer.from([0])],
    ['four bytes', Buffer.from([0, 0, 0, 1])],
    ['another magic byte', Buffer.concat([Buffer.from([1]), whole.subarray(1)])],
    ['the schema id alone', framed(ids.event, Buffer.alloc(0))],
    ['an id that the registry does not know', framed(2_000_000_000, body)],
    ['a negative id', framed(-1, body)],
    ['the id of another record', framed(ids.webhook, body)],
    ['a webhook where an event should be', framed(ids.webhook, strings('x'))],
    ['cut after the framing and a byte', whole.subarray(0, 6)],
    ['cut in the middle', whole.subarray(0, Math.floor(whole.length / 2))],
    ['cut by one byte', whole.subarray(0, whole.length - 1)],
    ['a byte too many', Buffer.concat([whole, Buffer.from([0])])],
    ['two events in one', Buffer.concat([whole, body])],
    ['a string of 2 GB', framed(ids.event, length(2 ** 31))],
    ['a string of negative length', framed(ids.event, length(-5))],
    ['an enum without such a symbol', framed(ids.event, Buffer.concat([strings('e'), length(99)]))],
    ['only zeros', Buffer.alloc(512)],
    ['only ones', Buffer.alloc(512, 0xff)],
    ['random bytes behind the framing', framed(ids.event, randomBytes(index, 300))],
    ['random bytes', randomBytes(index + 7, 300)],
    ['JSON', Buffer.from(JSON.stringify(event))],
    ['XML', Buffer.from('<call id="1"/>')],
    ['gzip in the value', gzipSync(whole)],
    ['an empty event id', framed(ids.event, type.toBuffer({ ...event, event_id: '' }))],
    ['an empty call id', framed(ids.event, type.toBuffer({ ...event, call_id: '' }))],
    ['an empty account id', framed(ids.event, type.toBuffer({ ...event, account_id: '' }))],
    ['500 KB of rubbish', framed(ids.event, randomBytes(index, 500_000))],
  ].map(([kind, value]) => ({ kind: kind as string, value: value as Buffer | null }))
}

/** The same for the same index; the first byte is never zero. */
function randomBytes(index: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = index * 2_654_435_761 + 12_345
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = (state >>> 16) & 0xff
  }
  bytes[0] = (bytes[0] ?? 0) | 1
  return bytes
}
