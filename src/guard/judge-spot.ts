// Whether a webhook may lead somewhere: the decision, over data alone.
// Invariants: an address is judged together with every IPv4 address inside of it, and all must pass; what the operator
// denies stays denied; this process's own addresses and services are in no range that somebody allowed, only where
// they are named.
import { embeddedIpv4 } from './embedded-ipv4.ts'
import type { IpAddress } from './ip-address.ts'
import { isSameAddress, readIpAddress } from './ip-address.ts'
import type { Place, Spot } from './place.ts'
import { isAt, isExact } from './place.ts'
import { isLoopback, isPublic } from './public-address.ts'

export interface GuardLists {
  /** Places that may be reached though they are not public. */
  readonly allowed: readonly Place[]
  /** Places that may not be reached, whatever allows them. */
  readonly denied: readonly Place[]
}

/** A service that this process uses or offers. */
export interface OwnService {
  /** As `plainHost` has it; null where it is known by its address. */
  readonly name: string | null
  readonly port: number
  readonly addresses: readonly IpAddress[]
  /** `shared`: its public addresses may be others' too, as those of a content network are, and count for nothing. */
  readonly publicAddresses: 'its_own' | 'shared'
}

export interface OwnPlaces {
  /** Of this machine's interfaces; loopback need not be among them. */
  readonly interfaces: readonly IpAddress[]
  readonly services: readonly OwnService[]
}

export type Verdict = 'allowed' | 'denied'

/** Of a name, before anybody is asked for its addresses: `denied` is final, `allowed` says nothing of those. */
export function judgeHost(host: string, port: number, { denied }: GuardLists): Verdict {
  return denied.some((place) => isAt(place, { host, address: null, port })) ? 'denied' : 'allowed'
}

/** `addressText`: as a name server or the system wrote it. What is no address is denied. */
export function judgeSpot(
  { host, addressText, port }: Omit<Spot, 'address'> & { readonly addressText: string },
  lists: GuardLists,
  own: OwnPlaces,
): Verdict {
  const address = readIpAddress(addressText)
  if (address === null) return 'denied'
  const faces = [address, ...embeddedIpv4(address)]
  return faces.every((face) => mayReach({ host, address: face, port }, lists, own)) ? 'allowed' : 'denied'
}

interface KnownSpot extends Spot {
  readonly address: IpAddress
}

function mayReach(spot: KnownSpot, { allowed, denied }: GuardLists, own: OwnPlaces): boolean {
  if (denied.some((place) => isAt(place, spot))) return false
  const allowing = allowed.filter((place) => isAt(place, spot))
  if (isOwn(spot, own)) return allowing.some((place) => isExact(place) && isNarrow(place, spot))
  return allowing.length > 0 || isPublic(spot.address)
}

/** On loopback, where everything of this machine is, one service is named by its port alone. */
function isNarrow(place: Place, { address }: KnownSpot): boolean {
  return place.port !== null || !isLoopback(address)
}

function isOwn({ host, address, port }: KnownSpot, { interfaces, services }: OwnPlaces): boolean {
  if (interfaces.some((one) => isSameAddress(one, address) && !isLoopback(one))) return true
  return services.some(
    (service) =>
      (service.name !== null && service.name === host && service.port === port) ||
      isOfService(address, port, service),
  )
}

function isOfService(
  address: IpAddress,
  port: number,
  { port: servicePort, addresses, publicAddresses }: OwnService,
): boolean {
  // All of loopback is one machine: a service may listen on all of it, whichever address its clients were told.
  if (isLoopback(address)) return port === servicePort && addresses.some(isLoopback)
  if (!addresses.some((one) => isSameAddress(one, address))) return false
  // A private address is a machine of ours, with more on it than the one port; a public one is in everybody's reach.
  return !isPublic(address) || (publicAddresses === 'its_own' && port === servicePort)
}
