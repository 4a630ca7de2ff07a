// The deliveries of one record: begun as the budget has room, done when all are over.
import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { Delivery } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { CallEventRecord } from '../../../src/domain/records.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { deliverAll } from '../../../src/pipeline/delivering.ts'
import type { Batch } from '../../../src/pipeline/delivering.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'
import { settle } from '../../fakes/virtual-clock.ts'

const names = ['a', 'b', 'c', 'd']

async function begin(options: WorldOptions = {}) {
  const world = new PipelineWorld(options)
  const { clock, tableSource, sender, outcomes, retries } = world
  for (const name of names) tableSource.put(webhookConfig(name))
  const process = await world.started()
  const lost = new AbortController()
  const cut = new AbortController()
  const results: string[] = []
  const deliveryTo = (
    name: string,
    fields: Partial<Delivery> = {},
    event: Partial<CallEventRecord> = {},
  ): Delivery => ({
    deliveryId: deliveryIdOf('e', name),
    replay: 0,
    event: callEvent('e', { occurred_at: clock.nowMs(), ...event }),
    eventBytes: Buffer.from('e'),
    webhookId: name as WebhookId,
    source: { topic: 'call-events', partition: 0, offset: 0n },
    eventTimeMs: clock.nowMs(),
    expiresAtMs: clock.nowMs() + 86_400_000,
    progress: untouched,
    trace: null,
    ...fields,
  })
  const { delivering } = process.parked.event
  const deliver = (
    deliveries: readonly Delivery[],
    from: Batch['from'] = 'event',
    bytes = 10,
  ): Promise<void> | null => {
    const signals = { halting: cut.signal, cut: cut.signal, lost: lost.signal }
    const done = (result: string): void => void results.push(result)
    return deliverAll({ deliveries, bytes, from }, { signals, done }, delivering)
  }
  const sentTo = (): string[] => sender.ledger.map(({ request }) => request.origin.slice(7, -5))
  const told = { clock, sender, outcomes, retries, process, lost, cut, results }
  return { ...told, deliveryTo, deliver, sentTo }
}

describe('the deliveries of a record', () => {
  it('begin together and are done, once, when the last one is over', async () => {
    const { clock, sender, results, deliveryTo, deliver, sentTo } = await begin()
    sender.script('http://b.test/hook', { status: 200, afterMs: 500 })
    await deliver(names.map((name) => deliveryTo(name)))
    expect(sentTo()).toEqual(names)
    await clock.advance(499)
    expect(results).toEqual([])
    await clock.advance(1)
    expect(results).toEqual(['finished'])
    await clock.advance(60_000)
    expect(results).toEqual(['finished'])
  })

  it('begin one after the other as the budget has room, and hold it until they are over', async () => {
    const { clock, process, results, deliveryTo, deliver, sentTo } = await begin({
      budget: { maxDeliveries: 2 },
    })
    const taking = deliver(names.map((name) => deliveryTo(name)))
    await settle()
    expect([sentTo(), process.budget.deliveries]).toEqual([['a', 'b'], 2])
    await clock.advance(10)
    await taking
    expect(sentTo()).toEqual(names)
    await clock.advance(10)
    expect([results, process.budget.deliveries, process.budget.bytes]).toEqual([['finished'], 0, 0])
  })

  it('hold their places until what was written of them is acknowledged', async () => {
    const { clock, outcomes, process, results, deliveryTo, deliver } = await begin()
    outcomes.hold()
    await deliver([deliveryTo('a'), deliveryTo('b')])
    await clock.advance(100)
    expect([results, process.budget.deliveries]).toEqual([[], 2])
    outcomes.release()
    await settle()
    expect([results, process.budget.deliveries]).toEqual([['finished'], 0])
  })

  it('are left where one of them is, whichever ends last', async () => {
    const { clock, sender, outcomes, results, deliveryTo, deliver, lost, cut, process } = await begin()
    sender.script('http://a.test/hook', { hang: true })
    await deliver([deliveryTo('a'), deliveryTo('b')])
    await clock.advance(100)
    expect(outcomes.endings).toHaveLength(1)
    lost.abort()
    cut.abort()
    await settle()
    expect([results, process.budget.deliveries]).toEqual([['left'], 0])
  })

  it('that were parked before count as repeats: they hold no more than their part', async () => {
    const { deliveryTo, deliver, process, sentTo, clock } = await begin({ budget: { maxDeliveries: 4 } })
    void deliver(
      names.map((name) => deliveryTo(name)),
      'retry_topic',
    )
    await settle()
    expect([sentTo(), process.budget.deliveries]).toEqual([['a', 'b'], 2])
    await clock.advance(100)
    expect(sentTo()).toEqual(names)
  })

  it('of an account that has its share are parked, without an attempt', async () => {
    const { clock, retries, results, deliveryTo, deliver, sentTo, process } = await begin({
      budget: { maxDeliveries: 8 },
    })
    const others = Array.from({ length: 5 }, (_, index) => ({
      bytes: 1,
      accountId: `other ${index}`,
      kind: 'start' as const,
    }))
    for (const other of others) void process.budget.acquire(other, clock.monotonicMs())
    await deliver([...names, 'a'].slice(0, 3).map((name) => deliveryTo(name)))
    // Three quarters are held with the first of them, and it is a quarter that this account holds then.
    expect(sentTo()).toEqual(['a', 'b'])
    await settle()
    expect(retries.writes.map(({ parked }) => parked.webhookIds)).toEqual([['c']])
    await clock.advance(100)
    expect(results).toEqual(['finished'])
  })
})

describe('the order of a call', () => {
  const end = { event_type: 'call_end', event_id: 'end' } as const

  it('holds the end back until the start was tried, whatever came of that', async () => {
    const { clock, sender, deliveryTo, deliver } = await begin()
    sender.script('http://a.test/hook', { status: 500, afterMs: 300 })
    await deliver([deliveryTo('a')])
    await deliver([deliveryTo('a', {}, end)])
    await clock.advance(299)
    expect(sender.ledger).toHaveLength(1)
    await clock.advance(1)
    expect(sender.ledger).toHaveLength(2)
  })

  it('holds no end back at another receiver, nor of another call', async () => {
    const { sender, deliveryTo, deliver } = await begin()
    sender.script('http://a.test/hook', { hang: true })
    await deliver([deliveryTo('a')])
    await deliver([deliveryTo('b', {}, end), deliveryTo('a', {}, { ...end, call_id: 'another' })])
    expect(sender.ledger).toHaveLength(3)
  })

  it('holds no end back that was tried or put off before, and by no start that was', async () => {
    const { sender, deliveryTo, deliver } = await begin()
    sender.script('http://a.test/hook', { hang: true })
    sender.script('http://b.test/hook', { hang: true })
    await deliver([deliveryTo('a'), deliveryTo('b', { progress: { ...untouched, deferrals: 1 } })])
    await deliver([
      deliveryTo('a', { progress: { ...untouched, attempts: 1 } }, end),
      deliveryTo('b', {}, end),
    ])
    expect(sender.ledger).toHaveLength(4)
  })

  it('lets the end go when the start is parked without a try, or ends without one', async () => {
    const { clock, sender, deliveryTo, deliver, cut } = await begin()
    sender.script('http://a.test/hook', { hang: true })
    await deliver([deliveryTo('a'), deliveryTo('b', { expiresAtMs: 0 })])
    await deliver([deliveryTo('b', {}, end)])
    await settle()
    expect(sender.ledger).toHaveLength(2)
    await deliver([deliveryTo('a', {}, end)])
    cut.abort()
    await clock.advance(0)
    expect(sender.ledger).toHaveLength(2)
  })

  it('is not kept where that is turned off', async () => {
    const { sender, deliveryTo, deliver } = await begin({ ordering: 'none' })
    sender.script('http://a.test/hook', { hang: true })
    await deliver([deliveryTo('a')])
    await deliver([deliveryTo('a', {}, end)])
    expect(sender.ledger).toHaveLength(2)
  })
})
