// The table as it lives: when it is ready, and what a second reading drops.
import { describe, expect, it } from '@jest/globals'
import type { CallEvent } from '../../../src/domain/call-event.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { LiveTable } from '../../../src/pipeline/live-table.ts'
import type { TableSource } from '../../../src/ports.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import { FakeTableSource } from '../../fakes/fake-table-source.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { settle, VirtualClock } from '../../fakes/virtual-clock.ts'

function liveTable() {
  const clock = new VirtualClock()
  const observer = new RecordingObserver()
  return { clock, observer, live: new LiveTable(clock, observer), source: new FakeTableSource(clock) }
}

const event: CallEvent = callEvent('e', {})
const idsIn = (live: LiveTable): string[] => [...live.table.lookup(event)]

/** A source that the test plays by hand. */
const byHand: TableSource = { start: () => Promise.resolve(), stop: () => Promise.resolve() }

describe('hydration', () => {
  it('ends when every partition was read to the end seen at start, an empty one too', async () => {
    const { live } = liveTable()
    let ready = false
    const hydrated = live.hydrate(byHand).then(() => {
      ready = true
    })
    live.started(
      new Map([
        [0, 2n],
        [1, 0n],
      ]),
    )
    live.position(0, 2n, 5n, 1)
    await settle()
    expect([live.ready, ready]).toEqual([false, false])
    live.position(1, 0n, 0n, 1)
    await hydrated
    expect([live.ready, ready]).toEqual([true, true])
  })

  it('does not end at the last record where the log ends later, as it does behind a compacted tail', async () => {
    const { live } = liveTable()
    void live.hydrate(byHand)
    live.started(new Map([[0, 9n]]))
    live.change(
      { topic: 't', partition: 0, offset: 3n },
      { kind: 'upsert', webhookId: event.event_id as never, config: webhookConfig('e') },
    )
    live.position(0, 4n, 9n, 1)
    await settle()
    expect(live.ready).toBe(false)
    live.position(0, 9n, 9n, 1)
    expect(live.ready).toBe(true)
  })

  it('holds what the topic holds then', async () => {
    const { clock, live, source, observer } = liveTable()
    source.put(webhookConfig('a'))
    source.put(webhookConfig('b'))
    source.remove('a')
    await clock.run(live.hydrate(source))
    expect(idsIn(live)).toEqual(['b'])
    expect(observer.of('table_ready')).toMatchObject([{ webhooks: 1 }])
  })

  it('tells now and then how far the reading has come, and no more once it is ready', async () => {
    const { clock, live, observer } = liveTable()
    void live.hydrate(byHand)
    live.started(new Map([[0, 9n]]))
    live.position(0, 1n, 9n, 1)
    expect(observer.of('table_reading')).toEqual([])
    await clock.advance(2_000)
    live.position(0, 3n, 9n, 1)
    live.position(0, 4n, 9n, 1)
    await clock.advance(2_000)
    live.position(0, 6n, 9n, 1)
    live.position(0, 9n, 9n, 1)
    await clock.advance(2_000)
    live.position(0, 9n, 9n, 1)
    expect(observer.of('table_reading').map(({ part }) => part)).toEqual([0.333, 0.667])
  })

  it('rejects when the source cannot start', async () => {
    const { live } = liveTable()
    const broken = { ...byHand, start: () => Promise.reject(new Error('no broker')) }
    await expect(live.hydrate(broken)).rejects.toThrow('no broker')
  })
})

describe('a table that lives', () => {
  it('takes changes in and out at once, and tells of what is invalid', async () => {
    const { clock, live, source, observer } = liveTable()
    await clock.run(live.hydrate(source))
    source.put(webhookConfig('a'))
    expect(idsIn(live)).toEqual(['a'])
    source.garble('a')
    expect(live.table.find('a' as never)?.kind).toBe('invalid')
    expect(observer.of('webhook_invalid')).toEqual([
      { kind: 'webhook_invalid', webhookId: 'a', faults: ['not Avro'] },
    ])
    source.remove('a')
    expect(idsIn(live)).toEqual([])
  })

  it('tells once of each version whose receiver may show any certificate, and of how many there are', async () => {
    const clock = new VirtualClock()
    const [observer, source] = [new RecordingObserver(), new FakeTableSource(clock)]
    const live = new LiveTable(clock, observer, {
      rules: { ...defaultWebhookRules, unverifiedTls: 'allowed' },
    })
    const unverified = { protocol: 'https', port: 443, tls_verification: 'off' } as const
    source.put(webhookConfig('a', unverified))
    await clock.run(live.hydrate(source))
    source.put(webhookConfig('b', { ...unverified, protocol: 'http', port: 80 }))
    source.put(webhookConfig('a', { ...unverified, port: 444 }))
    source.put(webhookConfig('a'))
    expect(observer.of('webhook_unverified')).toEqual([
      { kind: 'webhook_unverified', webhookId: 'a', origin: 'https://a.test' },
      { kind: 'webhook_unverified', webhookId: 'a', origin: 'https://a.test:444' },
    ])
    expect(observer.of('table_changed').map((one) => one.unverified)).toEqual([1, 1, 1, 0])
  })

  it('knows since when it is complete', async () => {
    const { clock, live, source } = liveTable()
    expect(live.caughtUpAsOfMs()).toBe(Number.NEGATIVE_INFINITY)
    await clock.run(live.hydrate(source))
    const hydratedAtMs = clock.monotonicMs()
    source.holdBack()
    await clock.advance(5_000)
    expect(live.caughtUpAsOfMs()).toBeLessThanOrEqual(hydratedAtMs)
    source.goOn()
    expect(live.caughtUpAsOfMs()).toBe(clock.monotonicMs())
  })
})

describe('a partition that is read again', () => {
  it('is served only when it was read to its end, without what was deleted meanwhile', async () => {
    const { clock, live, source, observer } = liveTable()
    for (const id of ['a', 'b', 'c']) source.put(webhookConfig(id))
    await clock.run(live.hydrate(source))
    source.holdBack()
    source.remove('a')
    source.put(webhookConfig('b', { path: '/new' }))
    source.compactAndReset('the position left the log')
    expect(live.ready).toBe(false)
    source.goOn()
    expect(live.ready).toBe(true)
    expect(idsIn(live).sort()).toEqual(['b', 'c'])
    expect(live.table.find('b' as never)).toMatchObject({ webhook: { path: '/new' } })
    expect(observer.of('table_reset')).toHaveLength(1)
  })

  it('is not served half-way, also where it was reset twice', () => {
    const { live } = liveTable()
    const upsert = (id: string, offset: bigint): void =>
      live.change(
        { topic: 't', partition: 0, offset },
        { kind: 'upsert', webhookId: id as never, config: webhookConfig(id) },
      )
    void live.hydrate(byHand)
    live.started(new Map([[0, 2n]]))
    upsert('a', 0n)
    upsert('b', 1n)
    live.position(0, 2n, 2n, 1)
    live.reset(0, 'once')
    upsert('a', 0n)
    live.position(0, 1n, 2n, 2)
    expect(live.ready).toBe(false)
    live.reset(0, 'twice')
    upsert('b', 1n)
    live.position(0, 2n, 2n, 3)
    expect(live.ready).toBe(true)
    expect(idsIn(live)).toEqual(['b'])
  })
})
