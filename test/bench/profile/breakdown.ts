// How a worker's CPU time is shared among what it is used for, by category and by function.
import { categories, categoryOf } from './category.ts'
import type { Category } from './category.ts'
import type { Stack } from './cpu-profile.ts'
import { placeOf } from './origin.ts'

export interface Part {
  readonly name: string
  /** Of the busy time. */
  readonly share: number
  /** Microseconds of CPU for each delivery. */
  readonly perDeliveryUs: number
}

export interface Breakdown {
  readonly perDeliveryUs: number
  /** The largest first, all of them. */
  readonly categories: readonly Part[]
  /** The time in functions themselves, without what they call: the largest first. */
  readonly functions: readonly Part[]
}

const mostFunctions = 40

/** `perDeliveryUs`: what the process used in all for each delivery. */
export function breakdownOf(stacks: readonly Stack[], perDeliveryUs: number): Breakdown {
  const byCategory = new Map<Category, number>(categories.map((category) => [category, 0]))
  const byFunction = new Map<string, number>()
  for (const stack of stacks) {
    add(byCategory, categoryOf(stack), stack.microseconds)
    const frame = stack.frames.at(-1)
    if (frame)
      add(byFunction, `${frame.functionName || '(anonymous)'} ${placeOf(frame)}`.trim(), stack.microseconds)
  }
  const total = stacks.reduce((sum, { microseconds }) => sum + microseconds, 0)
  const partsOf = (times: ReadonlyMap<string, number>): readonly Part[] =>
    [...times]
      .map(([name, time]) => ({ name, share: time / total, perDeliveryUs: (time / total) * perDeliveryUs }))
      .sort((one, other) => other.share - one.share)
  return {
    perDeliveryUs,
    categories: partsOf(byCategory),
    functions: partsOf(byFunction).slice(0, mostFunctions),
  }
}

function add<Key>(times: Map<Key, number>, key: Key, time: number): void {
  times.set(key, (times.get(key) ?? 0) + time)
}

export function breakdownText({ perDeliveryUs, categories: parts, functions }: Breakdown): string {
  const table = (heading: string, rows: readonly Part[]): string =>
    [
      `| ${heading} | share | µs per delivery |`,
      '| --- | ---: | ---: |',
      ...rows.map(
        ({ name, share, perDeliveryUs: us }) =>
          `| ${name.replaceAll('|', '\\|')} | ${(share * 100).toFixed(1)} % | ${us.toFixed(2)} |`,
      ),
    ].join('\n')
  return [
    `CPU per delivery: ${perDeliveryUs.toFixed(1)} µs`,
    table('used for', parts),
    table('in the function itself', functions),
    '',
  ].join('\n\n')
}
