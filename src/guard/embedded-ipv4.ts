// IPv4 addresses inside of IPv6 addresses: what a gateway or the system itself would take out of them and go to.
// Invariant: every form that is recognised by its bits is here. A translator with a prefix of an operator's own (RFC 6052)
// cannot be recognised: such a prefix belongs into the list of denied addresses.
import type { IpAddress } from './ip-address.ts'
import type { IpNetwork } from './ip-network.ts'
import { isWithin, readIpNetwork } from './ip-network.ts'

interface Wrapping {
  readonly network: IpNetwork
  /** The IPv4 addresses in one of its members. */
  ipv4In(bits: bigint): readonly bigint[]
}

const ipv4Mask = 0xffff_ffffn
const last = (bits: bigint): readonly bigint[] => [bits & ipv4Mask]

const wrappings: readonly Wrapping[] = [
  // IPv4-compatible (RFC 4291, deprecated).
  wrapping('::/96', last),
  // IPv4-mapped: to most systems simply the IPv4 address.
  wrapping('::ffff:0:0/96', last),
  // IPv4-translated (RFC 2765).
  wrapping('::ffff:0:0:0/96', last),
  // NAT64 (RFC 6052, RFC 8215); of the second range only its use with 96 bits of prefix is read, the others look like 0.0.0.0.
  wrapping('64:ff9b::/96', last),
  wrapping('64:ff9b:1::/48', last),
  // 6to4 (RFC 3056).
  wrapping('2002::/16', (bits) => [(bits >> 80n) & ipv4Mask]),
  // Teredo (RFC 4380): its server, and its client with all bits turned round.
  wrapping('2001::/32', (bits) => [(bits >> 64n) & ipv4Mask, ~bits & ipv4Mask]),
]

/** ISATAP (RFC 5214): an interface identifier within any network, for private and for public IPv4 addresses. */
const isatapIdentifiers: readonly bigint[] = [0x0000_5efen, 0x0200_5efen]

/** Empty for an IPv4 address, and for an IPv6 address that is nothing else. */
export function embeddedIpv4(address: IpAddress): readonly IpAddress[] {
  const { family, bits } = address
  // Neither the unspecified address nor loopback is a compatible one, though they have its form.
  if (family === 4 || bits <= 1n) return []
  const found = wrappings.flatMap(({ network, ipv4In }) => (isWithin(address, network) ? ipv4In(bits) : []))
  if (isatapIdentifiers.includes((bits >> 32n) & ipv4Mask)) found.push(bits & ipv4Mask)
  return found.map((ipv4) => ({ family: 4, bits: ipv4 }))
}

function wrapping(text: string, ipv4In: Wrapping['ipv4In']): Wrapping {
  const network = readIpNetwork(text)
  if (network === null) throw new Error(`${text} is no network`)
  return { network, ipv4In }
}
