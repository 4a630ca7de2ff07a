// The delays that retry topics exist for. Both who backs off and who defers choose among them.

/** The largest of the delays that is no longer than the wait; the smallest where even that one is longer. */
export function largestDelayWithin(delaysMs: readonly number[], waitMs: number): number {
  let chosen = delaysMs[0] ?? 0
  for (const delayMs of delaysMs) if (delayMs <= waitMs) chosen = delayMs
  return chosen
}
