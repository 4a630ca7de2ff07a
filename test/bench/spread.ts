// What several runs say together.

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Four digits of each; NaN of nothing. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (index: number): number => Number((sorted[index] ?? Number.NaN).toPrecision(4))
  return { median: at(Math.floor((sorted.length - 1) / 2)), min: at(0), max: at(sorted.length - 1) }
}

/** Of a figure that was taken once. */
export function alone(value: number): Spread {
  return spreadOf([value])
}
