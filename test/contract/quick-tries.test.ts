// Quick tries: the package on real timers and the fake in virtual time keep the same promises.
import { describe, expect, it } from '@jest/globals'
import type { QuickTries, TryVerdict } from '../../src/ports.ts'
import { realQuickTries } from '../../src/runtime/quick-tries.ts'
import { fakeQuickTries } from '../fakes/fake-quick-tries.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'

interface Subject {
  readonly tries: QuickTries
  nowMs(): number
  run<Result>(work: Promise<Result>): Promise<Result>
}

function realSubject(): Subject {
  return { tries: realQuickTries, nowMs: () => performance.now(), run: (work) => work }
}

function fakeSubject(): Subject {
  const clock = new VirtualClock()
  return { tries: fakeQuickTries(clock), nowMs: () => clock.monotonicMs(), run: (work) => clock.run(work) }
}

const again = (waitMs: number): TryVerdict => ({ kind: 'again', waitMs })
const stop: TryVerdict = { kind: 'stop' }
const never = new AbortController().signal
/** Node's timers keep whole milliseconds, and may fire within the last one. */
const timerGraceMs = 1

describe.each([
  ['p-retry', realSubject],
  ['the fake', fakeSubject],
])('quick tries by %s', (_name, subjectOf) => {
  it('wait before each try as long as they were told', async () => {
    const { tries, nowMs, run } = subjectOf()
    const atMs = [nowMs()]
    await run(
      tries.repeat(
        { firstWaitMs: 30, maxTries: 5 },
        async () => {
          await Promise.resolve()
          atMs.push(nowMs())
          return atMs.length === 2 ? again(60) : stop
        },
        never,
      ),
    )
    const waits = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0))
    expect(waits).toHaveLength(2)
    expect(waits[0]).toBeGreaterThanOrEqual(30 - timerGraceMs)
    expect(waits[1]).toBeGreaterThanOrEqual(60 - timerGraceMs)
  })

  it.each([0, 1, 3])('make at most %i tries', async (maxTries) => {
    const { tries, run } = subjectOf()
    let made = 0
    const attempt = (): Promise<TryVerdict> => {
      made += 1
      return Promise.resolve(again(0))
    }
    await run(tries.repeat({ firstWaitMs: 0, maxTries }, attempt, never))
    expect(made).toBe(maxTries)
  })

  it('end at once when they are cut in the middle of a wait', async () => {
    const { tries, run } = subjectOf()
    const abort = new AbortController()
    const repeated = tries.repeat(
      { firstWaitMs: 3_600_000, maxTries: 1 },
      () => Promise.resolve(stop),
      abort.signal,
    )
    abort.abort()
    await run(repeated)
  })

  it('do not begin when they were cut before', async () => {
    const { tries, run } = subjectOf()
    let made = 0
    const attempt = (): Promise<TryVerdict> => {
      made += 1
      return Promise.resolve(stop)
    }
    await run(tries.repeat({ firstWaitMs: 0, maxTries: 1 }, attempt, AbortSignal.abort()))
    expect(made).toBe(0)
  })

  it('that are cut during a try end with it, not before it', async () => {
    const { tries, run } = subjectOf()
    const abort = new AbortController()
    const begun = Promise.withResolvers<void>()
    const trying = Promise.withResolvers<TryVerdict>()
    const attempt = (): Promise<TryVerdict> => {
      begun.resolve()
      return trying.promise
    }
    let over = false
    const repeated = tries.repeat({ firstWaitMs: 0, maxTries: 3 }, attempt, abort.signal).then(() => {
      over = true
    })
    await run(begun.promise)
    abort.abort()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    expect(over).toBe(false)
    trying.resolve(again(0))
    await run(repeated)
  })

  it.each([
    ['an error', new Error('broken')],
    ['a type error', new TypeError('broken')],
  ])('reject with %s of the try, and try no more', async (_kind, error) => {
    const { tries, run } = subjectOf()
    let made = 0
    const attempt = (): Promise<TryVerdict> => {
      made += 1
      return Promise.reject(error)
    }
    await expect(run(tries.repeat({ firstWaitMs: 0, maxTries: 3 }, attempt, never))).rejects.toBe(error)
    expect(made).toBe(1)
  })

  it('reject with the error of a try that was cut, too', async () => {
    const { tries, run } = subjectOf()
    const abort = new AbortController()
    const error = new Error('broken')
    const attempt = (): Promise<TryVerdict> => {
      abort.abort()
      return Promise.reject(error)
    }
    await expect(run(tries.repeat({ firstWaitMs: 0, maxTries: 3 }, attempt, abort.signal))).rejects.toBe(
      error,
    )
  })
})
