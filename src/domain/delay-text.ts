// A delay as people write it and as the name of its retry topic ends: `500ms`, `5s`, `30m`, `8h`.
// Invariant: one delay has one text, so that one delay never has two topics.

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** Whole milliseconds from 0 on; 0 is `0s`. */
export function delayText(delayMs: number): string {
  const [unit, ms] = units.find(([, each]) => delayMs >= each && delayMs % each === 0) ?? units[2]
  return `${delayMs / ms}${unit}`
}

/** Milliseconds; null where the text is no delay, or not the one text of its delay (`60s`). */
export function readDelay(text: string): number | null {
  const [, count = '', unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const ms = units.find(([each]) => each === unit)?.[1]
  if (ms === undefined) return null
  const delayMs = Number(count) * ms
  return delayText(delayMs) === text ? delayMs : null
}
