// The committed rules with every duration made shorter by one factor, so that what takes an hour in production is seen in
// minutes. Only durations: windows, offsets, steps and `for`. The limits that values are compared with stay as they are.
import { readFileSync } from 'node:fs'
import { rulesFile } from '../generated/prometheus/committed-expressions.ts'

/** Twenty: `5m` becomes 15 s, `1h` three minutes; the shortest window, two minutes, still holds six scrapes. */
export const factor = 20

const secondsIn = { s: 1, m: 60, h: 3_600 } as const

export function scaledRules(): string {
  return readFileSync(rulesFile, 'utf8')
    .split('\n')
    .map((line) => (isProse(line) ? line : line.replaceAll(/(?<![\w.-])(\d+)([smh])\b/g, shorter)))
    .join('\n')
}

function isProse(line: string): boolean {
  return /^\s*(#|summary:|description:)/.test(line)
}

function shorter(_whole: string, count: string, unit: string): string {
  return `${(Number(count) * secondsIn[unit as keyof typeof secondsIn] * 1_000) / factor}ms`
}
