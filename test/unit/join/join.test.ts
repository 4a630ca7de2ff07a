import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { join, resume, type HorizonOf, type Join } from '../../../src/join/join.ts'
import type { ParkedDelivery } from '../../../src/domain/parked-delivery.ts'
import { aCallEvent } from '../domain/samples.ts'

const event = aCallEvent()
const source = { topic: 'call-events', partition: 3, offset: 2n ** 60n }
const time = { eventTimeMs: 1_000, expiresAtMs: 2_000, distrustedByMs: null }
const eventBytes = Buffer.from('as it was read')
const allOperators = (): null => null
const joined = (ids: readonly string[], limit: number): Join =>
  join({ event, eventBytes, source, time, trace: null }, ids as WebhookId[], allOperators, {
    limit,
    chunkSize: 50,
  })

it('makes one delivery per webhook, in the order of the table', () => {
  expect(joined(['b', 'a'], 2)).toEqual({
    kind: 'deliveries',
    deliveries: ['b', 'a'].map((webhookId) => ({
      deliveryId: deliveryIdOf(event.event_id, webhookId),
      replay: 0,
      event,
      eventBytes,
      webhookId,
      source,
      eventTimeMs: 1_000,
      expiresAtMs: 2_000,
      progress: untouched,
      trace: null,
    })),
  })
})

it('says that nothing matches, or that too much does', () => {
  expect(joined([], 1)).toEqual({ kind: 'no_match' })
  expect(joined(['a', 'b', 'c'], 2)).toEqual({ kind: 'too_many', matches: 3 })
})

it('takes a view of a table that may change meanwhile', () => {
  const table = new Map([['a' as WebhookId, 1]])
  const result = join({ event, eventBytes, source, time, trace: null }, table.keys(), allOperators, {
    limit: 10,
    chunkSize: 10,
  })
  table.clear()
  expect(result).toMatchObject({ kind: 'deliveries', deliveries: [{ webhookId: 'a' }] })
})

const named = (...names: readonly string[]): WebhookId[] => names as WebhookId[]
const numbered = (count: number): WebhookId[] =>
  named(...Array.from({ length: count }, (_, index) => `w${index}`))
const chunked = (count: number, chunkSize: number): readonly ParkedDelivery[] => {
  const bounds = { limit: 100_000, chunkSize }
  const result = join({ event, eventBytes, source, time, trace: null }, numbered(count), allOperators, bounds)
  return result.kind === 'chunks' ? result.chunks : []
}

describe('a fan-out that is larger than a chunk', () => {
  it.each([
    [51, 50, [50, 1]],
    [100, 50, [50, 50]],
    [101, 50, [50, 50, 1]],
    [3, 1, [1, 1, 1]],
  ])(
    'of %d webhooks in chunks of %d is split into %j, each webhook once and in order',
    (count, size, lengths) => {
      const chunks = chunked(count, size)
      expect(chunks.map(({ webhookIds }) => webhookIds.length)).toEqual(lengths)
      expect(chunks.flatMap(({ webhookIds }) => webhookIds)).toEqual(numbered(count))
    },
  )

  it('is none as long as one chunk holds it', () => {
    const bounds = { limit: 100, chunkSize: 50 }
    expect(
      join({ event, eventBytes, source, time, trace: null }, numbered(50), allOperators, bounds).kind,
    ).toBe('deliveries')
  })

  it('is refused where it is larger than it may be at all, however large a chunk is', () => {
    const bounds = { limit: 60, chunkSize: 50 }
    expect(
      join({ event, eventBytes, source, time, trace: null }, numbered(61), allOperators, bounds),
    ).toEqual({
      kind: 'too_many',
      matches: 61,
    })
  })

  it('carries all that its deliveries need, with the operator’s horizon', () => {
    const bounds = { limit: 100, chunkSize: 1 }
    const result = join({ event, eventBytes, source, time, trace: null }, named('a', 'b'), () => 10, bounds)
    expect(result).toEqual({
      kind: 'chunks',
      chunks: ['a', 'b'].map((webhookId) => ({
        eventBytes,
        callId: event.call_id,
        webhookIds: [webhookId],
        replay: 0,
        progress: { ...untouched, parkedTimes: 1 },
        eventTimeMs: 1_000,
        expiresAtMs: 2_000,
        source,
        trace: null,
      })),
    })
  })
})

describe('a webhook’s own horizon', () => {
  const horizons: HorizonOf = (webhookId) => ({ brief: 400, patient: 9_000 })[webhookId as string] ?? null
  const expiries = (deliveries: readonly { expiresAtMs: number }[]): number[] =>
    deliveries.map(({ expiresAtMs }) => expiresAtMs)
  const ids = named('brief', 'patient', 'other')
  const parkedOf = (fields: Partial<ParkedDelivery>): ParkedDelivery => ({
    ...chunked(2, 1)[0]!,
    webhookIds: ids,
    ...fields,
  })

  it('is counted from the event, and never passes the operator’s', () => {
    const result = join({ event, eventBytes, source, time, trace: null }, ids, horizons, {
      limit: 10,
      chunkSize: 10,
    })
    expect(result.kind === 'deliveries' ? expiries(result.deliveries) : []).toEqual([1_400, 2_000, 2_000])
  })

  it('holds for the deliveries of a chunk as for those of an event', () => {
    expect(expiries(resume(parkedOf({}), event, horizons))).toEqual([1_400, 2_000, 2_000])
  })

  it('was counted from the asking for a replay, and is not counted from the event again', () => {
    expect(expiries(resume(parkedOf({ replay: 1 }), event, horizons))).toEqual([2_000, 2_000, 2_000])
  })

  it.each(['attempts', 'deferrals'])(
    'is fixed once there were %s: what it is later changes nothing',
    (counted) => {
      const progress = { ...untouched, parkedTimes: 1, [counted]: 1 }
      expect(expiries(resume(parkedOf({ progress }), event, horizons))).toEqual([2_000, 2_000, 2_000])
    },
  )
})

describe('a parked delivery', () => {
  it('goes on as what it was', () => {
    const progress = { ...untouched, attempts: 3, parkedTimes: 4, backoffStep: 3, notBeforeMs: 1_500 }
    const parked = { ...chunked(2, 1)[0]!, webhookIds: named('a', 'b'), replay: 2, progress }
    expect(resume(parked, event, allOperators)).toEqual(
      ['a', 'b'].map((webhookId) => ({
        deliveryId: deliveryIdOf(event.event_id, webhookId),
        replay: 2,
        event,
        eventBytes,
        webhookId,
        source,
        eventTimeMs: 1_000,
        expiresAtMs: 2_000,
        progress,
        trace: null,
      })),
    )
  })

  it('of a chunk has the ids that it would have had without one', () => {
    const bounds = { limit: 100, chunkSize: 100 }
    const whole = join({ event, eventBytes, source, time, trace: null }, numbered(7), allOperators, bounds)
    const idsOfWhole = whole.kind === 'deliveries' ? whole.deliveries.map(({ deliveryId }) => deliveryId) : []
    const resumed = chunked(7, 3).flatMap((chunk) => resume(chunk, event, allOperators))
    expect(resumed.map(({ deliveryId }) => deliveryId)).toEqual(idsOfWhole)
  })
})
