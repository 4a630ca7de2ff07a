// What an operator may name in a list of what is reached without the egress proxy, in the ways of NO_PROXY.
// Invariant: a plain name stands for itself and all names below it, as curl and Go have it, and not as in a list of allowed
// addresses, where that would let in more than was named.
import type { Place } from './place.ts'
import { readPlace } from './place.ts'

/** `example.com` with what is below it, `.example.com` or `*.example.com` without itself, addresses, networks; null: none of these. */
export function readDirectPlaces(text: string): readonly Place[] | null {
  const place = readPlace(text.startsWith('.') ? `*${text}` : text)
  if (place === null) return null
  return place.kind === 'name' ? [place, { ...place, kind: 'names_below' }] : [place]
}
