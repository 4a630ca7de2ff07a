// Quick tries in virtual time: the same port as p-retry's, waiting on the given clock.
import type { Clock, QuickTries } from '../../src/ports.ts'

export function fakeQuickTries(clock: Clock): QuickTries {
  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = clock.after(ms, done)
      signal.addEventListener('abort', done)
    })
  return {
    async repeat({ firstWaitMs, maxTries }, attempt, signal) {
      let waitMs = firstWaitMs
      for (let tries = 0; tries < maxTries && !signal.aborted; tries += 1) {
        await wait(waitMs, signal)
        if (signal.aborted) return
        const verdict = await attempt()
        if (verdict.kind === 'stop') return
        waitMs = verdict.waitMs
      }
    },
  }
}
