// Isolation on a clock: whoever waits is looked after, and nobody else costs anything.
import { describe, expect, it } from '@jest/globals'
import type { Admission, Asked } from '../../../src/isolation/admission.ts'
import { LiveIsolation } from '../../../src/pipeline/live-isolation.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { answered, endedAs, isolationBounds, webhookOf } from '../isolation/isolation-rig.ts'

const w = webhookOf('w')
const how = { urgency: 'start', patience: 'may_wait', isOffered: true } as const

function begin() {
  const clock = new VirtualClock()
  const observer = new RecordingObserver()
  const isolation = new LiveIsolation(clock, { next: () => 0.5 }, observer, isolationBounds)
  isolation.setShare(1)
  const ask = (fields: Partial<Asked> = {}): Admission | Promise<Admission> =>
    isolation.ask({ ...how, webhook: w, ...fields })
  const permit = () => {
    const admission = ask()
    if (admission instanceof Promise || admission.kind !== 'go') throw new Error('not let in')
    return admission.permit
  }
  return { clock, observer, isolation, ask, permit }
}

describe('live isolation', () => {
  it('answers whoever waits within a second and a wake, by itself', async () => {
    const { clock, ask, permit } = begin()
    permit()
    permit()
    const answer = Promise.resolve(ask())
    await clock.advance(999)
    expect(clock.pending).toBe(1)
    await clock.advance(11)
    expect(await answer).toMatchObject({ kind: 'defer', deferral: { kind: 'full', reason: 'lane_full' } })
  })

  it('sets no timer while nobody waits', async () => {
    const { clock, isolation, ask, permit } = begin()
    const [first, second] = [permit(), permit()]
    expect(clock.pending).toBe(0)
    const answer = Promise.resolve(ask())
    isolation.ended(first, answered())
    const third = await answer
    if (third.kind === 'go') isolation.cancelled(third.permit)
    isolation.ended(second, answered())
    await clock.advance(20)
    expect(clock.pending).toBe(0)
    await clock.advance(60_000)
    expect(clock.pending).toBe(0)
  })

  it('lets those in for whom only time has to pass, one after the other', async () => {
    const { clock, isolation, ask } = begin()
    await clock.advance(10_000)
    const paced = webhookOf('paced', { ratePerSecond: 20 })
    const begunAtMs: number[] = []
    for (let count = 0; count < 4; count += 1) {
      void Promise.resolve(ask({ webhook: paced })).then((admission) => {
        if (admission.kind !== 'go') return
        begunAtMs.push(clock.monotonicMs())
        isolation.ended(admission.permit, answered())
      })
    }
    await clock.advance(200)
    const [first = 0, ...others] = begunAtMs
    expect(others.map((atMs) => atMs - first)).toEqual([30, 80, 130])
  })

  it('tells of breakers that open and close, and of lanes when it is asked', async () => {
    const { clock, observer, isolation, permit } = begin()
    for (const each of [permit(), permit()]) isolation.ended(each, endedAs('hung'))
    isolation.ended(permit(), endedAs('hung'))
    expect(observer.of('breaker')).toEqual([{ kind: 'breaker', of: 'webhook', name: 'w', change: 'opened' }])
    expect(isolation.standing()).toEqual({ closed: 0, open: 1, halfOpen: 0, oldAttempts: 0, waiting: 0 })
    expect(isolation.hasSpareRoom(w.webhookId)).toBe(false)
    await clock.advance(5_000)
    isolation.ended(permit(), answered())
    expect(observer.of('breaker').at(-1)).toMatchObject({ change: 'closed' })
  })
})
