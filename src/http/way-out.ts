// The ways to receivers that a sender has, made from its options: guarded, directly or through an egress proxy.
import { readDirectPlaces } from '../guard/direct-places.ts'
import type { Place } from '../guard/place.ts'
import { readPlace } from '../guard/place.ts'
import type { Clock } from '../ports.ts'
import { AddressGuard } from './address-guard.ts'
import { createDial } from './dial.ts'
import type { Dial } from './dial.ts'
import type { NameResolver } from './name-resolver.ts'
import { OwnPlacesFinder } from './own-places.ts'
import type { ServiceAddress } from './own-places.ts'
import { createProxyDial } from './proxy-dial.ts'
import { readProxyUrl } from './proxy-tunnel.ts'

export interface WayOutOptions {
  /** Addresses, networks and host names to which requests may go though they are not public; default none. */
  readonly allowedAddresses?: readonly string[]
  /** Those to which none may go, whatever allows it; default none. */
  readonly deniedAddresses?: readonly string[]
  /** What this process uses and offers: no receiver, unless it is allowed by name; default nothing. */
  readonly ownServices?: readonly ServiceAddress[]
  /** `http://user:password@host:port`; the default, an empty text: no proxy. */
  readonly proxyUrl?: string
  /** What is reached without the proxy, as in NO_PROXY; default nothing. */
  readonly noProxy?: readonly string[]
}

export interface WayOut {
  readonly dial: Dial
  /** One more of what this process uses or offers, from now on. */
  keepFrom(service: ServiceAddress): void
}

export function createWayOut(options: WayOutOptions, resolver: NameResolver, clock: Clock): WayOut {
  const {
    allowedAddresses = [],
    deniedAddresses = [],
    ownServices = [],
    proxyUrl = '',
    noProxy = [],
  } = options
  const proxy = proxyUrl === '' ? null : readProxyUrl(proxyUrl)
  const own = new OwnPlacesFinder(
    proxy === null
      ? ownServices
      : [...ownServices, { host: proxy.host, port: proxy.port, publicAddresses: 'its_own' }],
    resolver,
    clock,
  )
  const lists = {
    allowed: allowedAddresses.map((entry) => readable(entry, readPlace)),
    denied: deniedAddresses.map((entry) => readable(entry, readPlace)),
  }
  const guarded = { resolver, guard: new AddressGuard(lists, () => own.find()) }
  const direct = createDial(guarded)
  const dial =
    proxy === null
      ? direct
      : createProxyDial(
          { proxy, direct: noProxy.flatMap((entry) => readable(entry, readDirectPlaces)) },
          guarded,
          direct,
        )
  return { dial, keepFrom: (service) => own.add(service) }
}

/** Settings have refused what cannot be read; to leave it out here would open what was to be closed. */
function readable<Value extends Place | readonly Place[]>(
  entry: string,
  read: (text: string) => Value | null,
): Value {
  const value = read(entry)
  if (value === null) throw new Error(`"${entry}" is no address, network or host name`)
  return value
}
