// Clocks: the real one and the one that a test moves.
import { describe, expect, it } from '@jest/globals'
import type { Clock } from '../../src/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'

interface Subject {
  readonly clock: Clock
  run<Result>(work: Promise<Result>): Promise<Result>
}

const realSubject = (): Subject => ({ clock: systemClock, run: (work) => work })

function fakeSubject(): Subject {
  const clock = new VirtualClock()
  return { clock, run: (work) => clock.run(work) }
}

/** Node's timers keep whole milliseconds, and may fire within the last one. */
const timerGraceMs = 1

describe.each([
  ['the system', realSubject],
  ['a test', fakeSubject],
])('a clock moved by %s', (_name, subjectOf) => {
  it('calls back after the delay, and both of its times have moved on', async () => {
    const { clock, run } = subjectOf()
    const [monotonicMs, epochMs] = [clock.monotonicMs(), clock.nowMs()]
    await run(
      new Promise<void>((resolve) => {
        clock.after(40, resolve)
      }),
    )
    expect(clock.monotonicMs() - monotonicMs).toBeGreaterThanOrEqual(40 - timerGraceMs)
    expect(clock.nowMs()).toBeGreaterThan(epochMs)
  })

  it('calls back in the order in which callbacks fall due', async () => {
    const { clock, run } = subjectOf()
    const order: number[] = []
    await run(
      new Promise<void>((resolve) => {
        clock.after(60, resolve)
        clock.after(30, () => order.push(2))
        clock.after(1, () => order.push(1))
      }),
    )
    expect(order).toEqual([1, 2])
  })

  it('does not call back what was cancelled', async () => {
    const { clock, run } = subjectOf()
    let called = false
    const cancel = clock.after(5, () => {
      called = true
    })
    cancel()
    await run(
      new Promise<void>((resolve) => {
        clock.after(30, resolve)
      }),
    )
    expect(called).toBe(false)
  })

  it('calls back in the next turn, behind what is ready now', async () => {
    const { clock, run } = subjectOf()
    const order: string[] = []
    await run(
      new Promise<void>((resolve) => {
        clock.nextTurn(() => {
          order.push('next turn')
          resolve()
        })
        void Promise.resolve().then(() => order.push('ready'))
        order.push('now')
      }),
    )
    expect(order).toEqual(['now', 'ready', 'next turn'])
  })

  it('does not call back within the call, however short the delay', () => {
    const { clock } = subjectOf()
    let called = false
    const cancel = clock.after(0, () => {
      called = true
    })
    expect(called).toBe(false)
    cancel()
  })
})
