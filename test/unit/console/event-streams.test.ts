import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { EventStreams } from '../../../src/console/event-streams.ts'
import type { Followed } from '../../../src/console/event-streams.ts'
import { loggedOutcome } from '../../../src/console/outcomes/logged-outcome.ts'
import { settle, VirtualClock } from '../../fakes/virtual-clock.ts'
import { outcomeRecord } from './outcome-samples.ts'

const webhook: Followed = { kind: 'webhook', id: 'w1' }
const call: Followed = { kind: 'call', id: 'c1' }
let clock = new VirtualClock()
let streams = new EventStreams({ clock, perAccount: 2, inAll: 3 })
beforeEach(() => {
  clock = new VirtualClock()
  streams = new EventStreams({ clock, perAccount: 2, inAll: 3 })
})

const store = (changes: Parameters<typeof outcomeRecord>[0] = {}): void =>
  streams.stored([loggedOutcome(outcomeRecord(changes), 0)])
const opened = (account: string, followed: Followed): Readable => {
  const stream = streams.open(account, followed)
  if (stream === null) throw new Error('refused')
  return stream
}
/** Reads all the time, as a connection that takes everything does. */
const told = (stream: Readable): { text(): string } => {
  let text = ''
  stream.on('data', (part: Buffer) => (text += part.toString()))
  return { text: () => text }
}

describe('a stream', () => {
  it('opens at once, and tells of what was stored of its webhook or call alone', async () => {
    const [one, two] = [told(opened('acc1', webhook)), told(opened('acc1', call))]
    const foreign = told(opened('acc2', webhook))
    await settle()
    expect(one.text()).toBe(': open\n\n')
    store({ call_id: 'c2' })
    store({ webhook_id: 'w2' })
    store({ account_id: 'acc3' })
    await settle()
    expect(one.text()).toBe(': open\n\nevent: deliveries\ndata: {"webhook_id":"w1"}\n\n')
    expect(two.text()).toBe(': open\n\nevent: deliveries\ndata: {"call_id":"c1"}\n\n')
    streams.healthChanged('acc2', 'w1')
    await settle()
    expect(foreign.text()).toBe(': open\n\nevent: health\ndata: {"webhook_id":"w1"}\n\n')
  })

  it('tells at most once a second, and forgets nothing', async () => {
    const { text } = told(opened('acc1', webhook))
    for (let index = 0; index < 100; index += 1) store()
    const events = (): number => text().split('event: deliveries').length - 1
    await settle()
    expect(events()).toBe(1)
    await clock.advance(999)
    expect(events()).toBe(1)
    await clock.advance(1)
    expect(events()).toBe(2)
    await clock.advance(60_000)
    expect(events()).toBe(2)
    store()
    await settle()
    expect(events()).toBe(3)
  })

  it('holds one event for a reader that takes nothing, however much happens', async () => {
    const stream = opened('acc1', webhook)
    for (let round = 0; round < 1_000; round += 1) {
      store()
      await clock.advance(1_000)
    }
    expect(stream.readableLength).toBeLessThan(2_000)
    const { text } = told(stream)
    await settle()
    await clock.advance(1_000)
    expect(text()).toMatch(/event: deliveries\ndata: .*\n\n$/)
  })

  it('says something every fifteen seconds, so that nobody on the way takes it for dead', async () => {
    const { text } = told(opened('acc1', webhook))
    await clock.advance(45_000)
    expect(text()).toBe(`: open\n\n${':\n\n'.repeat(3)}`)
  })

  it('is refused beyond the bounds, and makes room when it goes', async () => {
    const [first] = [opened('acc1', webhook), opened('acc1', call)]
    expect(streams.open('acc1', call)).toBeNull()
    const other = opened('acc2', webhook)
    expect(streams.open('acc3', webhook)).toBeNull()
    for (const stream of [first, other]) {
      const closed = once(stream ?? other, 'close')
      stream?.destroy()
      await closed
    }
    expect(streams.open('acc1', call)).not.toBeNull()
    expect(streams.open('acc3', webhook)).not.toBeNull()
  })

  it('ends when the console stops, and leaves no timer behind', async () => {
    const stream = opened('acc1', webhook)
    const { text } = told(stream)
    store()
    store()
    const ended = once(stream, 'end')
    streams.stop()
    await ended
    expect(text()).toContain('event: deliveries')
    expect(clock.pending).toBe(0)
    expect(streams.open('acc1', webhook)).toBeNull()
  })
})
