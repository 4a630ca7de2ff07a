import { createHash } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { deliveryIdOf, deliveryNamespace } from '../../../src/join/delivery-id.ts'
import { readSchema } from '../../generated/schema-files.ts'

/** UUIDv5 by the book: SHA-1 of namespace and name, with the version and variant bits set. */
function byTheBook(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from('7df02390-93c7-4127-a380-b1774743274e'.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

it('never changes: receivers hold these ids', () => {
  expect(deliveryIdOf('0198f1c4-e8d0-7e51-b0c2-1a2b3c4d5e6f', 'webhook-1')).toBe(
    'd912750c-59bc-57b7-aed1-bedd2e382e18',
  )
})

it.each([
  ['event', 'webhook'],
  ['', ''],
  ['событие', 'вебхук 😀'],
  ['e', ''],
])('is the UUIDv5 of event id, line feed and webhook id: %j, %j', (eventId, webhookId) => {
  expect(deliveryIdOf(eventId, webhookId)).toBe(byTheBook(`${eventId}\n${webhookId}`))
})

it('takes an unpaired surrogate as UTF-8 does', () => {
  expect(deliveryIdOf('\ud800', 'w')).toBe(deliveryIdOf('\ufffd', 'w'))
})

it('uses the namespace that the outcome schema publishes', () => {
  expect(JSON.stringify(readSchema('webhook-outcome'))).toContain(deliveryNamespace)
})
