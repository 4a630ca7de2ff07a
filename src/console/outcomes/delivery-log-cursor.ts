// A place in a list of the delivery log, as text for clients.
// Invariant: a place is made of what a row never changes and of what follows from its id, so it holds while rows come and
// go, and over a file that was built anew.

/** Behind it in the list come older rows, and of one millisecond those with a smaller mark. */
export interface LogPlace {
  readonly atMs: number
  readonly mark: number
}

export function cursorOf({ atMs, mark }: LogPlace): string {
  return Buffer.from(`${atMs}/${mark}`).toString('base64url')
}

/** Null: no page has named such a place. */
export function placeOf(cursor: string): LogPlace | null {
  const [, at, mark] = /^(-?\d{1,16})\/(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || mark === undefined) return null
  const place = { atMs: Number(at), mark: Number(mark) }
  return cursorOf(place) === cursor ? place : null
}
