// A wait that ends early when what it is for is called off.
import type { Clock } from '../ports.ts'

/** Resolves after `ms`, or at once when `signal` aborts. */
export function waitUnless(signal: AbortSignal, ms: number, clock: Clock): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', over)
      resolve()
    })
    const over = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', over, { once: true })
  })
}
