import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { v5 } from 'uuid'
import { deliveryIdOf, deliveryNamespace } from '../../../src/join/delivery-id.ts'
import { readSchema } from '../../generated/schema-files.ts'

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
  expect(deliveryIdOf(eventId, webhookId)).toBe(v5(`${eventId}\n${webhookId}`, deliveryNamespace))
})

it('is what the library says of any two ids', () => {
  const anyId = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(anyId, anyId, (eventId, webhookId) => {
      const name = `${eventId}\n${webhookId}`.toWellFormed()
      expect(deliveryIdOf(eventId, webhookId)).toBe(v5(name, deliveryNamespace))
    }),
  )
})

it('takes an unpaired surrogate as UTF-8 does', () => {
  expect(deliveryIdOf('\ud800', 'w')).toBe(deliveryIdOf('\ufffd', 'w'))
})

it('uses the namespace that the outcome schema publishes', () => {
  expect(JSON.stringify(readSchema('webhook-outcome'))).toContain(deliveryNamespace)
})
