// Columns of numbers by slot grow by being copied into longer ones.

type Column = Int32Array | Uint32Array | Uint8Array | BigInt64Array

/** A copy of `length` numbers; those that it did not have are `fill`, or 0. */
export function lengthened<Numbers extends Column>(
  column: Numbers,
  length: number,
  fill?: Numbers[number],
): Numbers {
  const longer = new (column.constructor as new (length: number) => Numbers)(length)
  if (fill !== undefined) (longer.fill as (value: typeof fill) => void)(fill)
  ;(longer.set as (from: Numbers) => void)(column)
  return longer
}
