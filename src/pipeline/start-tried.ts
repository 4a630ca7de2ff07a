// How long the end of a call waits for its start: as long as that takes, but not while its partition is given up. Its own
// attempt would begin late in the time that there is to settle, and hang as long at the same receiver.
import type { Clock } from '../ports.ts'

/** Once the partition is given up. */
const withinMs = 1_000

/** Answers whether the start was tried; if not, whoever has the partition next has the end. */
export async function startTried(
  untilStartTried: Promise<void>,
  halting: AbortSignal,
  clock: Clock,
): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  let cancel = (): void => {}
  const onHalt = (): void => {
    cancel = clock.after(withinMs, () => late.resolve(false))
  }
  if (halting.aborted) onHalt()
  else halting.addEventListener('abort', onHalt, { once: true })
  const isTried = await Promise.race([untilStartTried.then(() => true), late.promise])
  halting.removeEventListener('abort', onHalt)
  cancel()
  return isTried
}
