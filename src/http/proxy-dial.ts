// Dialling through an egress proxy: the same checks as without one, then a tunnel to an address that passed them.
// Invariant: the proxy is asked for an address and never for a name, or it would resolve that once more, perhaps to
// something else. A name with several addresses is tried at the first one, as the resolver orders them.
import { isIP } from 'node:net'
import type { Place } from '../guard/place.ts'
import { isAt, plainHost } from '../guard/place.ts'
import { readIpAddress } from '../guard/ip-address.ts'
import { AddressDenied } from './address-guard.ts'
import type { Target } from './address-guard.ts'
import type { Dial, DialOptions } from './dial.ts'
import { lookupBy, unresolved } from './lookup.ts'
import type { Proxy } from './proxy-tunnel.ts'
import { tunnelThrough } from './proxy-tunnel.ts'
import { unlessLate } from './unless-late.ts'

export interface ProxyRoute {
  readonly proxy: Proxy
  /** What is reached without it. */
  readonly direct: readonly Place[]
}

/** `dialDirect`: for what needs no proxy. */
export function createProxyDial(
  { proxy, direct }: ProxyRoute,
  { resolver, guard }: Pick<DialOptions, 'resolver' | 'guard'>,
  dialDirect: Dial,
): Dial {
  const lookup = lookupBy(resolver, () => null)

  async function addressOf({ host, port }: Target, signal: AbortSignal): Promise<string> {
    const isName = isIP(host) === 0
    const admits = await unlessLate(guard.judgeOf({ host, port }, isName ? 'name' : 'address'), signal)
    if (!isName) {
      if (!admits(host)) throw new AddressDenied()
      return host
    }
    const resolution = await unlessLate(resolver.resolve(host), signal)
    if (resolution.kind === 'failed') throw unresolved(host, resolution)
    const [first] = resolution.addresses
    if (first === undefined || !resolution.addresses.every(({ address }) => admits(address))) {
      throw new AddressDenied()
    }
    return first.address
  }

  return async (target, signal) => {
    if (direct.some((place) => isAt(place, spotOf(target)))) return dialDirect(target, signal)
    const address = await addressOf(target, signal)
    return tunnelThrough(proxy, { address, port: target.port }, lookup, signal)
  }
}

function spotOf({ host, port }: Target) {
  const address = readIpAddress(host)
  return { host: address === null ? plainHost(host) : null, address, port }
}
