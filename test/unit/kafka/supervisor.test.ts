// A client that crashes, falls silent, or cannot be built.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Supervisor } from '../../../src/kafka/supervisor.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

function supervised(builds: (() => Promise<void>)[] = [], tearDown = async (): Promise<void> => {}) {
  const told: string[] = []
  const given: Error[] = []
  const observed: string[] = []
  const supervisor = new Supervisor({
    build: async () => {
      told.push('build')
      await builds.shift()?.()
    },
    tearDown: () => {
      told.push('tear down')
      return tearDown()
    },
    gaveUp: (error) => void given.push(error),
    giveUpMs: 120_000,
    silenceMs: 60_000,
    observer: { observe: ({ kind }) => void observed.push(kind) },
    monotonicMs: () => Date.now(),
  })
  return { supervisor, told, given, observed }
}

const crash = new Error('the client crashed')

describe('the supervisor', () => {
  it('builds anew after a crash, once, and takes the old client down first', async () => {
    const { supervisor, told, observed } = supervised()
    await supervisor.start()
    supervisor.crashed(crash)
    supervisor.crashed(crash)
    await jest.advanceTimersByTimeAsync(500)
    expect(told).toEqual(['build', 'tear down', 'build'])
    expect(observed).toEqual(['trouble', 'client_rebuilt'])
    supervisor.stop()
  })

  it('notices a crash that came before the first build had ended', async () => {
    const { supervisor, told } = supervised([async () => supervisor.crashed(crash)])
    await supervisor.start()
    await jest.advanceTimersByTimeAsync(500)
    expect(told).toEqual(['build', 'tear down', 'build'])
    supervisor.stop()
  })

  it('notices a crash that came while it was building anew', async () => {
    const { supervisor, told } = supervised([async () => {}, async () => supervisor.crashed(crash)])
    await supervisor.start()
    supervisor.crashed(crash)
    await jest.advanceTimersByTimeAsync(500 + 1_000)
    expect(told.filter((step) => step === 'build')).toHaveLength(3)
    supervisor.stop()
  })

  it('replaces a client that is silent for a minute, and leaves one that is not', async () => {
    const { supervisor, told } = supervised()
    await supervisor.start()
    await jest.advanceTimersByTimeAsync(50_000)
    supervisor.progressed()
    await jest.advanceTimersByTimeAsync(50_000)
    expect(told).toEqual(['build'])
    await jest.advanceTimersByTimeAsync(12_000)
    expect(told).toEqual(['build', 'tear down', 'build'])
    supervisor.stop()
  })

  it('goes on when the old client hangs while it is taken down', async () => {
    const { supervisor, told } = supervised([], () => new Promise(() => {}))
    await supervisor.start()
    supervisor.crashed(crash)
    await jest.advanceTimersByTimeAsync(5_500)
    expect(told.filter((step) => step === 'build')).toHaveLength(2)
    supervisor.stop()
  })

  it('waits longer each time that a build fails, and gives up in the end, with the last error', async () => {
    const refuse = (): Promise<void> => Promise.reject(new Error('no broker answers'))
    const { supervisor, told, given } = supervised([
      async () => {},
      ...Array.from({ length: 99 }, () => refuse),
    ])
    await supervisor.start()
    supervisor.crashed(crash)
    await jest.advanceTimersByTimeAsync(500 + 1_000 + 2_000)
    expect(told.filter((step) => step === 'build')).toHaveLength(4)
    await jest.advanceTimersByTimeAsync(140_000)
    expect(given).toHaveLength(1)
    expect(given[0]?.message).toMatch(
      /rebuilt in vain: .* s without progress; the last error: no broker answers/,
    )
    const builds = told.length
    await jest.advanceTimersByTimeAsync(600_000)
    expect(told).toHaveLength(builds)
  })

  it('tries again at least every five seconds, so that brokers that are back after minutes are found soon', async () => {
    const refuse = (): Promise<void> => Promise.reject(new Error('no broker answers'))
    const { supervisor, told } = supervised([async () => {}, ...Array.from({ length: 99 }, () => refuse)])
    await supervisor.start()
    supervisor.crashed(crash)
    await jest.advanceTimersByTimeAsync(60_000)
    const before = told.length
    await jest.advanceTimersByTimeAsync(5_000)
    expect(told.slice(before)).toEqual(['tear down', 'build'])
    supervisor.stop()
  })

  it('gives up on a client that crashes as often as it is rebuilt, though it makes progress each time', async () => {
    const { supervisor, given } = supervised()
    await supervisor.start()
    for (let crashes = 0; crashes < 40 && given.length === 0; crashes += 1) {
      await jest.advanceTimersByTimeAsync(1)
      supervisor.progressed()
      supervisor.crashed(crash)
      await jest.advanceTimersByTimeAsync(10_000)
    }
    expect(given).toHaveLength(1)
  })

  it('builds nothing after it was stopped, and leaves no timer', async () => {
    const { supervisor, told } = supervised()
    await supervisor.start()
    supervisor.crashed(crash)
    supervisor.stop()
    await jest.advanceTimersByTimeAsync(600_000)
    expect(told).toEqual(['build'])
    expect(jest.getTimerCount()).toBe(0)
  })
})
