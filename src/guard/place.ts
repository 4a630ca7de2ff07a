// What an operator may name in a list of addresses: an address, a network, a host name, or all names below one; each but
// a network also with a port. Invariant: a name is compared as HTTP clients write it (ASCII, lower case, no dot at its
// end), and never by what it resolves to.
import type { IpAddress } from './ip-address.ts'
import type { IpNetwork } from './ip-network.ts'
import { isWithin, readIpNetwork } from './ip-network.ts'

export type Place = (
  | { readonly kind: 'network'; readonly network: IpNetwork }
  | { readonly kind: 'name'; readonly name: string }
  /** The names below this one, at whatever depth, and not itself. */
  | { readonly kind: 'names_below'; readonly name: string }
) & {
  /** Null: any. */
  readonly port: number | null
}

/** Where a connection would lead. */
export interface Spot {
  /** The name in the webhook's address, as `plainHost` has it; null where that is an IP address. */
  readonly host: string | null
  /** Null: not known yet. */
  readonly address: IpAddress | null
  readonly port: number
}

/** Null for what is none of these. */
export function readPlace(text: string): Place | null {
  const network = readIpNetwork(text)
  if (network !== null) return { kind: 'network', network, port: null }
  const [, bracketed, plain = '', portText] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const port = portText === undefined ? null : Number(portText)
  if (port !== null && (port < 1 || port > 65_535)) return null
  const address = readIpNetwork(bracketed ?? plain)
  if (address !== null) {
    const isMeant = address.freeBits === 0 && (bracketed === undefined) === (address.family === 4)
    return isMeant ? { kind: 'network', network: address, port } : null
  }
  const below = plain.startsWith('*.')
  const name = readName(below ? plain.slice(2) : plain)
  return name === null ? null : { kind: below ? 'names_below' : 'name', name, port }
}

/** As names are compared. */
export function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

export function isAt(place: Place, { host, address, port }: Spot): boolean {
  if (place.port !== null && place.port !== port) return false
  switch (place.kind) {
    case 'network':
      return address !== null && isWithin(address, place.network)
    case 'name':
      return host === place.name
    case 'names_below':
      return host !== null && host.endsWith(`.${place.name}`)
  }
}

/** It names one address or one host, and not a range of them. */
export function isExact(place: Place): boolean {
  return place.kind === 'name' || (place.kind === 'network' && place.network.freeBits === 0)
}

const domainName = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/

function readName(text: string): string | null {
  // Before anything is made of it: of what stands there a name must not become another one.
  if (!/^[\p{L}\p{M}\p{N}._-]{1,253}$/u.test(text)) return null
  const host = URL.parse(`http://${text}`)?.hostname
  const name = host === undefined ? '' : plainHost(host)
  // What ends in a number is an IPv4 address, or a mistyped one.
  return domainName.test(name) && !/(^|\.)\d+$/.test(name) ? name : null
}
