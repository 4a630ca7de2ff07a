// p-retry behind its port. The waits are drawn by the caller: the package randomises within [1, 2) of a base,
// which is not full jitter, so it is given none and only counts, loops and listens to the signal.
import { setTimeout as delay } from 'node:timers/promises'
import pRetry from 'p-retry'
import type { QuickTries } from '../ports.ts'

/** Thrown into p-retry to ask for another round; never leaves this file. */
class Again extends Error {}

export const realQuickTries: QuickTries = {
  async repeat({ firstWaitMs, maxTries }, attempt, signal) {
    if (maxTries < 1 || signal.aborted) return
    let waitMs = firstWaitMs
    const broken: unknown[] = []
    const round = async (): Promise<void> => {
      await delay(waitMs, undefined, { signal })
      const verdict = await attempt().catch((error: unknown) => {
        broken.push(error)
        throw error
      })
      if (verdict.kind === 'stop') return
      waitMs = verdict.waitMs
      throw new Again()
    }
    try {
      await pRetry(round, {
        retries: maxTries - 1,
        minTimeout: 0,
        maxTimeout: 0,
        signal,
        shouldRetry: ({ error }) => error instanceof Again,
      })
    } catch (error) {
      // Once the signal has aborted the package rejects with the signal's reason, whatever the attempt did.
      if (broken.length > 0) throw broken[0]
      if (!(error instanceof Again) && !signal.aborted) throw error
    }
  },
}
