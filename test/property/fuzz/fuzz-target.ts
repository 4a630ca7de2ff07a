// What is fuzzed, and how one target is run: hostile inputs, none of which may throw, break an invariant, or take long.
// Invariant: a case is slow only if it is slow each of three times by the computing time of this thread alone. The first
// time may be that of a collection of garbage or of code not compiled yet, and other programs' time never counts; what
// is asked is what the input costs, and an input that costs too much does so whenever it comes.
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { computingMs } from '../../harness/computing-time.ts'

export interface FuzzTarget<Input = unknown> {
  readonly name: string
  readonly inputs: fc.Arbitrary<Input>
  /** Throws where an invariant is broken; says what became of the input otherwise. */
  readonly judge: (input: Input) => string
}

export interface FuzzReport {
  readonly target: string
  readonly cases: number
  readonly seed: number
  /** How many inputs became what: a generator that only makes rubbish shows here. */
  readonly became: Readonly<Record<string, number>>
  /** The longest computing time of a case, of the times that it was measured the shortest. */
  readonly slowestMs: number
}

export interface FuzzPlan {
  readonly cases: number
  readonly seed: number
}

/** What one input may cost. */
const limitMs = 100
const measurements = 3

/** Erases the type of inputs, so that targets can stand in one list. */
export function fuzzTarget<Input>(target: FuzzTarget<Input>): FuzzTarget {
  return target as unknown as FuzzTarget
}

/** @throws with the seed, the path and the smallest input, where one breaks an invariant or is slow. */
export function fuzz({ name, inputs, judge }: FuzzTarget, { cases, seed }: FuzzPlan): FuzzReport {
  const became: Record<string, number> = {}
  let slowestMs = 0
  const property = fc.property(inputs, (input) => {
    let leastMs = Number.POSITIVE_INFINITY
    for (let time = 0; time < measurements; time += 1) {
      let what = ''
      const tookMs = computingMs(() => (what = judge(input)))
      leastMs = Math.min(leastMs, tookMs)
      if (time === 0) became[what] = (became[what] ?? 0) + 1
      if (leastMs <= limitMs) break
    }
    slowestMs = Math.max(slowestMs, leastMs)
    if (leastMs > limitMs) throw new Error(`a case takes ${Math.round(leastMs)} ms, ${limitMs} are allowed`)
  })
  fc.assert(property, { seed, numRuns: cases, includeErrorInReport: true })
  return { target: name, cases, seed, became, slowestMs: Math.round(slowestMs) }
}

/** For invariants. */
export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what}: ${shown(actual)} is not ${shown(expected)}`)
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}
