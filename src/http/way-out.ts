// The way to receivers that a sender has, made from its options, past the guard.
import type { Place } from '../guard/place.ts'
import { readPlace } from '../guard/place.ts'
import type { Clock } from '../ports.ts'
import { AddressGuard } from './address-guard.ts'
import { createDial } from './dial.ts'
import type { Dial } from './dial.ts'
import type { NameResolver } from './name-resolver.ts'
import { OwnPlacesFinder } from './own-places.ts'
import type { ServiceAddress } from './own-places.ts'

export interface WayOutOptions {
  /** Addresses, networks and host names to which requests may go though they are not public; default none. */
  readonly allowedAddresses?: readonly string[]
  /** Those to which none may go, whatever allows it; default none. */
  readonly deniedAddresses?: readonly string[]
  /** What this process uses and offers: no receiver, unless it is allowed by name; default nothing. */
  readonly ownServices?: readonly ServiceAddress[]
}

export interface WayOut {
  readonly dial: Dial
  /** One more of what this process uses or offers, from now on. */
  keepFrom(service: ServiceAddress): void
}

export function createWayOut(options: WayOutOptions, resolver: NameResolver, clock: Clock): WayOut {
  const { allowedAddresses = [], deniedAddresses = [], ownServices = [] } = options
  const own = new OwnPlacesFinder(ownServices, resolver, clock)
  const lists = {
    allowed: allowedAddresses.map(readable),
    denied: deniedAddresses.map(readable),
  }
  const dial = createDial({ resolver, guard: new AddressGuard(lists, () => own.find()) })
  return { dial, keepFrom: (service) => own.add(service) }
}

/** Settings have refused what cannot be read; to leave it out here would open what was to be closed. */
function readable(entry: string): Place {
  const place = readPlace(entry)
  if (place === null) throw new Error(`"${entry}" is no address, network or host name`)
  return place
}
