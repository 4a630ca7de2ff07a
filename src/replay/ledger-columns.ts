// What is known of each delivery, a number in each of ten columns: 32 bytes a row, and nothing for the garbage collector
// to mark.

export interface LedgerColumns {
  /** The highest replay that was asked for or has shown itself. */
  readonly newest: Uint16Array
  /** The highest that ended. */
  readonly endedReplay: Uint16Array
  readonly flags: Uint8Array
  readonly result: Uint8Array
  readonly reason: Uint8Array
  /** Epoch milliseconds of that end's outcome. */
  readonly writtenAt: Float64Array
  readonly webhook: Uint32Array
  readonly topic: Uint8Array
  readonly partition: Uint32Array
  readonly offset: Float64Array
}

/** `before`: whose rows it begins with. */
export function columnsFor(rows: number, before?: LedgerColumns): LedgerColumns {
  const columns = {
    newest: new Uint16Array(rows),
    endedReplay: new Uint16Array(rows),
    flags: new Uint8Array(rows),
    result: new Uint8Array(rows),
    reason: new Uint8Array(rows),
    writtenAt: new Float64Array(rows),
    webhook: new Uint32Array(rows),
    topic: new Uint8Array(rows),
    partition: new Uint32Array(rows),
    offset: new Float64Array(rows),
  }
  if (before === undefined) return columns
  for (const name of Object.keys(columns) as (keyof LedgerColumns)[]) columns[name].set(before[name])
  return columns
}
