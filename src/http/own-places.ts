// Where this process and what it works with are: the interfaces of the machine, and the addresses of the services whose
// names stand in the settings, found by the same questions as a receiver's.
// Invariants: what was known of a name holds until more is known; only the first search is waited for, so that a silent
// name server holds up nobody twice.
import { networkInterfaces } from 'node:os'
import type { IpAddress } from '../guard/ip-address.ts'
import { readIpAddress } from '../guard/ip-address.ts'
import type { OwnPlaces, OwnService } from '../guard/judge-spot.ts'
import { plainHost } from '../guard/place.ts'
import type { Clock } from '../ports.ts'
import type { NameResolver } from './name-resolver.ts'

export interface ServiceAddress {
  /** A name or an address, IPv6 with or without brackets. */
  readonly host: string
  readonly port: number
  readonly publicAddresses: OwnService['publicAddresses']
}

/** As long as an answer of a name server holds at most. */
const holdMs = 30_000

export class OwnPlacesFinder {
  readonly #resolver: Pick<NameResolver, 'resolve'>
  readonly #clock: Clock
  readonly #services: ServiceAddress[]
  readonly #addressesByHost = new Map<string, readonly IpAddress[]>()
  #known: OwnPlaces | null = null
  #search: Promise<OwnPlaces> | null = null
  #foundAtMs = 0

  constructor(services: readonly ServiceAddress[], resolver: Pick<NameResolver, 'resolve'>, clock: Clock) {
    this.#services = [...services]
    this.#resolver = resolver
    this.#clock = clock
  }

  /** One more, from now on. */
  add(service: ServiceAddress): void {
    this.#services.push(service)
    this.#known = null
    this.#search = null
  }

  /** At once, but for the first time and after `add`. */
  find(): OwnPlaces | Promise<OwnPlaces> {
    const isOld = this.#clock.monotonicMs() - this.#foundAtMs >= holdMs
    if (this.#known !== null && !isOld) return this.#known
    const search = (this.#search ??= this.#look())
    return this.#known ?? search
  }

  async #look(): Promise<OwnPlaces> {
    const services = [...this.#services]
    const hosts = new Set(services.map(({ host }) => host))
    await Promise.all([...hosts].map((host) => this.#lookUp(host)))
    const found: OwnPlaces = {
      interfaces: ownInterfaces(),
      services: services.map(({ host, port, publicAddresses }) => ({
        name: readIpAddress(bare(host)) === null ? plainHost(host) : null,
        port,
        addresses: this.#addressesByHost.get(host) ?? [],
        publicAddresses,
      })),
    }
    // Not what was asked for before one more was added.
    if (services.length === this.#services.length) {
      this.#known = found
      this.#search = null
      this.#foundAtMs = this.#clock.monotonicMs()
    }
    return found
  }

  async #lookUp(host: string): Promise<void> {
    const resolution = await this.#resolver.resolve(bare(host))
    if (resolution.kind === 'failed') return
    const addresses = resolution.addresses.map(({ address }) => readIpAddress(address))
    this.#addressesByHost.set(
      host,
      addresses.filter((address) => address !== null),
    )
  }
}

function ownInterfaces(): readonly IpAddress[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  return all.map(({ address }) => readIpAddress(address)).filter((address) => address !== null)
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
