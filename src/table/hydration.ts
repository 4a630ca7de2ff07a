// When the table may be used: once every partition was read up to the end that it had at start.
// Readiness is a fact about positions. "The last record was seen" is not one: a compacted tail or a
// transaction marker holds none, and would never be seen.

export type HydrationState =
  | { readonly kind: 'waiting_for_ends' }
  /** Partition → the end offset that its position still has to reach. */
  | { readonly kind: 'reading'; readonly remaining: ReadonlyMap<number, bigint> }
  | { readonly kind: 'ready' }

export const hydrationAtStart: HydrationState = { kind: 'waiting_for_ends' }

/** `ends`: the end offset of every partition, as they were at start. An empty partition's end is its start. */
export function endsKnown(ends: ReadonlyMap<number, bigint>): HydrationState {
  return ends.size === 0 ? { kind: 'ready' } : { kind: 'reading', remaining: new Map(ends) }
}

/** Everything of `partition` below `position` was read. */
export function positionReached(state: HydrationState, partition: number, position: bigint): HydrationState {
  if (state.kind !== 'reading') return state
  const end = state.remaining.get(partition)
  if (end === undefined || position < end) return state
  const remaining = new Map(state.remaining)
  remaining.delete(partition)
  return remaining.size === 0 ? { kind: 'ready' } : { kind: 'reading', remaining }
}

/** The partition is read again from its beginning: nothing is used until it has reached `end` once more. */
export function readAgain(state: HydrationState, partition: number, end: bigint): HydrationState {
  switch (state.kind) {
    case 'waiting_for_ends':
      return state
    case 'ready':
      return { kind: 'reading', remaining: new Map([[partition, end]]) }
    case 'reading':
      return { kind: 'reading', remaining: new Map([...state.remaining, [partition, end]]) }
  }
}
