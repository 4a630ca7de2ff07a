// The name of one run of a replay: when it began and four letters of chance, so that two that begin together differ.
// Invariant: the moment can be read from it, so that its traces are looked for from there on.

const pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-z]{4}$/

/** `chance`: 0 ≤ x < 1. */
export function runIdOf(startedAtMs: number, chance: number): string {
  const moment = new Date(startedAtMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${moment}Z-${Math.floor(chance * 36 ** 4)
    .toString(36)
    .padStart(4, '0')}`
}

/** Epoch milliseconds, to the second; null where the text is no name of a run. */
export function startOfRun(runId: string): number | null {
  const [, ...digits] = pattern.exec(runId) ?? []
  if (digits.length === 0) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map(Number)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  return Number.isNaN(ms) ? null : ms
}
