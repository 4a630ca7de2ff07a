// Which addresses belong to the public internet: those that a stranger's webhook may lead to.
// Invariant: deny by default. Of IPv6 only global unicast (2000::/3) can be public, and nothing that has an IPv4 address
// inside, be that a public one: where it would lead is decided by a gateway that nobody here knows. The ranges are those of
// IANA's registries of special-purpose addresses that are not globally reachable, and what clouds keep for themselves.
import { embeddedIpv4 } from './embedded-ipv4.ts'
import type { IpAddress } from './ip-address.ts'
import type { IpNetwork } from './ip-network.ts'
import { isWithin, readIpNetwork } from './ip-network.ts'

const notPublic: readonly IpNetwork[] = [
  // "This network"; 0.0.0.0 is this machine.
  '0.0.0.0/8',
  // Private.
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // Shared by carriers (CGNAT); Alibaba's metadata.
  '100.64.0.0/10',
  // Loopback.
  '127.0.0.0/8',
  // Link-local; the metadata of most clouds.
  '169.254.0.0/16',
  // Azure's platform and its metadata, at an address that looks public.
  '168.63.129.16',
  // Protocol assignments; Oracle's metadata.
  '192.0.0.0/24',
  // Documentation.
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // 6to4 relays.
  '192.88.99.0/24',
  // Benchmarks.
  '198.18.0.0/15',
  // Multicast, and what is reserved up to broadcast.
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within global unicast: protocol assignments (Teredo, benchmarks, ORCHID), documentation, 6to4.
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '2002::/16',
].map(networkOf)

/** All else is loopback, link-local, site-local, unique local, multicast, discard, segment routing, or not given out. */
const globalUnicast = networkOf('2000::/3')

export function isPublic(address: IpAddress): boolean {
  if (address.family === 6 && !isWithin(address, globalUnicast)) return false
  return embeddedIpv4(address).length === 0 && !notPublic.some((network) => isWithin(address, network))
}

const loopback: readonly IpNetwork[] = ['127.0.0.0/8', '::1', '0.0.0.0', '::'].map(networkOf)

/** It leads to this very machine: loopback, and the unspecified addresses, which systems take for it. */
export function isLoopback(address: IpAddress): boolean {
  return loopback.some((network) => isWithin(address, network))
}

function networkOf(text: string): IpNetwork {
  const network = readIpNetwork(text)
  if (network === null) throw new Error(`${text} is no network`)
  return network
}
