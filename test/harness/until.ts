// Waits for a fact, not for a time: asks again until it holds, and says what is missing when it never does.
import { setTimeout as delay } from 'node:timers/promises'

const askEveryMs = 20

/** @throws after `timeoutMs`, naming what was waited for and how far it came. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000,
  soFar: () => string = () => '',
): Promise<void> {
  const startedAtMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - startedAtMs > timeoutMs) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what} ${soFar()}`.trim())
    }
    await delay(askEveryMs)
  }
}
