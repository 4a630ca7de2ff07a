import { describe, expect, it } from '@jest/globals'
import { LivePauses } from '../../../src/pipeline/live-pauses.ts'
import { FakePauseSource } from '../../fakes/fake-pause-source.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

async function begin(...paused: readonly string[]) {
  const clock = new VirtualClock()
  const observer = new RecordingObserver()
  const source = new FakePauseSource(clock)
  for (const key of paused) source.pause(key)
  const pauses = new LivePauses(clock, observer)
  let looks = 0
  pauses.onLifted(() => {
    looks += 1
  })
  await clock.run(pauses.hydrate(source))
  return { clock, observer, source, pauses, looks: () => looks }
}

it('are ready when their topic was read to its end, and say how many there are', async () => {
  const { pauses, observer } = await begin('all', 'account:a', 'account:b')
  expect(pauses.ready).toBe(true)
  expect(observer.of('pauses')).toMatchObject([{ inForce: { all: 1, account: 2, webhook: 0, origin: 0 } }])
})

it('have what waits looked at when one is lifted, and only then', async () => {
  const { source, looks, observer } = await begin('all')
  source.pause('account:a')
  expect(looks()).toBe(0)
  source.lift('account:a')
  source.lift('account:a')
  expect(looks()).toBe(1)
  expect(observer.of('pauses')).toHaveLength(3)
})

it('say which there are, and how far behind their topic they are', async () => {
  const { clock, source, pauses } = await begin('webhook:w', 'all')
  expect(pauses.standing()).toEqual({ inForce: ['all', 'webhook:w'], lag: { records: 0, ageMs: 0 } })
  const asOfMs = pauses.caughtUpAsOfMs()
  source.holdBack()
  pauses.position(0, 2n, 5n, clock.monotonicMs())
  await clock.advance(4_000)
  expect(pauses.standing().lag).toEqual({ records: 3, ageMs: clock.monotonicMs() - asOfMs })
})

it('tell of a key that names nothing, and go on', async () => {
  const { source, pauses, observer } = await begin()
  source.pause('everything')
  source.pause('all')
  expect(observer.of('trouble')).toMatchObject([
    { where: 'pauses', error: expect.stringContaining('everything') },
  ])
  expect([...pauses.table.keys]).toEqual(['all'])
})

describe('a topic whose history was lost', () => {
  it('is read again: what is not there any more was lifted, what is there stays', async () => {
    const { source, pauses, looks } = await begin('account:gone', 'account:there')
    source.resetTo('account:there', 'account:new')
    expect([...pauses.table.keys]).toEqual(['account:there', 'account:new'])
    expect(looks()).toBe(1)
  })

  it('lifts nothing on the way, though an old lifting is met before the pause that followed it', async () => {
    const { pauses } = await begin('all')
    pauses.reset(0, 'out of range')
    pauses.change('all', 'paused', 0n)
    pauses.change('all', 'lifted', 1n)
    expect(pauses.table.isInForce('all')).toBe(true)
    pauses.change('all', 'paused', 0n)
    pauses.position(0, 3n, 3n, 0)
    expect(pauses.table.isInForce('all')).toBe(true)
  })
})

describe('what waits for a pause', () => {
  it('goes on when that is over, and is looked at once more after another one was', async () => {
    const { clock, source, pauses } = await begin('account:a', 'account:b')
    const asKnown = () => ({ key: 'account:a', asOf: pauses.settledLift() })
    const before = asKnown()
    expect(pauses.mayGoOn(before)).toBe(false)
    source.lift('account:b')
    await clock.advance(2_999)
    expect(pauses.mayGoOn(before)).toBe(false)
    const parkedMeanwhile = asKnown()
    await clock.advance(1)
    expect(pauses.mayGoOn(before)).toBe(true)
    expect(pauses.mayGoOn(parkedMeanwhile)).toBe(true)
    expect(pauses.mayGoOn(asKnown())).toBe(false)
    source.lift('account:a')
    expect(pauses.mayGoOn(asKnown())).toBe(true)
  })
})
