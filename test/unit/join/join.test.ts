import { expect, it } from '@jest/globals'
import type { WebhookId } from '../../../src/domain/ids.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { join, type Join } from '../../../src/join/join.ts'
import { aCallEvent } from '../domain/samples.ts'

const event = aCallEvent()
const source = { topic: 'call-events', partition: 3, offset: 2n ** 60n }
const time = { eventTimeMs: 1_000, expiresAtMs: 2_000, distrustedByMs: null }
const joined = (ids: readonly string[], limit: number): Join =>
  join({ event, source, time }, ids as WebhookId[], limit)

it('makes one delivery per webhook, in the order of the table', () => {
  expect(joined(['b', 'a'], 2)).toEqual({
    kind: 'deliveries',
    deliveries: ['b', 'a'].map((webhookId) => ({
      deliveryId: deliveryIdOf(event.event_id, webhookId),
      replay: 0,
      event,
      webhookId,
      source,
      eventTimeMs: 1_000,
      expiresAtMs: 2_000,
    })),
  })
})

it('says that nothing matches, or that too much does', () => {
  expect(joined([], 1)).toEqual({ kind: 'no_match' })
  expect(joined(['a', 'b', 'c'], 2)).toEqual({ kind: 'too_many', matches: 3 })
})

it('takes a view of a table that may change meanwhile', () => {
  const table = new Map([['a' as WebhookId, 1]])
  const result = join({ event, source, time }, table.keys(), 10)
  table.clear()
  expect(result).toMatchObject({ kind: 'deliveries', deliveries: [{ webhookId: 'a' }] })
})
